using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What a forecast takes for granted, in words.</summary>
internal static class ForecastNotes
{
    private const double Alike = 1.03;

    public static IEnumerable<string> Of(Forecast forecast, TableState state, Plan plan, MeasuredLoad load, bool returnsSpace)
    {
        yield return Rate(state, load);
        if (plan.Steps.Count > 0)
            yield return "now is before the next run, everything later after one";
        if (plan.Brake is not null)
            yield return "the next run waits for a person's word, which is taken as given";
        foreach (var wait in plan.Waits.Where(w => w.NeedsPerson))
            yield return $"{wait.Relation} {PlanText.Range(wait.Range)} waits for a person: {wait.Reason}";
        foreach (var hold in state.Ledger.Holds)
            yield return $"held, and counted until {(hold.Until is { } until ? PlanText.At(until) : "the end")}: {hold.Relation?.Text ?? "source and tiers"}, {PlanText.Range(hold.Range)}";
        if (state.Timeless + state.Frozen.Rows > 0)
            yield return $"{PlanText.Count(state.Timeless + state.Frozen.Rows, "row")} of the source have no time that counts, or came after their range had expired";
        if (state.Future.Rows > 0)
            yield return $"{PlanText.Count(state.Future.Rows, "row")} of the source are later than this instant: they are taken as a part of what comes";
        foreach (var line in Sizes(forecast, returnsSpace))
            yield return line;
    }

    private static string Rate(TableState state, MeasuredLoad load) =>
        (state.First, state.Last, load.Rows) switch
        {
            (null, _, _) or (_, null, _) => "the source has no rows: there is nothing to measure, and nothing comes",
            ({ } first, { } last, _) when first == last =>
                $"all rows of the source are of {PlanText.At(first)}: that is no rate, and nothing comes",
            (_, { } last, 0) =>
                $"no row came in {PlanText.Range(load.Window)}, the newest is of {PlanText.At(last)}: nothing comes (--as-of looks from an earlier instant)",
            _ =>
                $"assumed: rows keep coming as in {PlanText.Range(load.Window)}, of as many series; none late, none removed by others, no run missed",
        };

    private static IEnumerable<string> Sizes(Forecast forecast, bool returnsSpace)
    {
        var retired = forecast.Relations.Where(r => r.IsRetired).Select(r => r.Relation).ToList();
        if (retired.Count > 0)
            yield return $"{string.Join(", ", retired)} {(retired.Count == 1 ? "is" : "are")} retired: no longer built, not expired, there until policy retire --drop";
        if (forecast.Relations.Any(r => r.Rate.BytesBasis == ForecastBytes.Types && r.Points.Any(p => p.Rows > 0)))
            yield return "bytes by types are a guess, more than rows take where the engine compresses them";
        if (!returnsSpace && forecast.Peak is { Bytes: > 0 } peak)
            yield return $"the file does not shrink when rows go: their blocks are used again. It has to hold the most of all sizes, {PlanText.Bytes(peak.Bytes)} {(peak.Bytes <= forecast.Total[0].Bytes * Alike ? "about as now" : $"at {Day(peak.At)}")}";
    }

    private static string Day(Instant at) =>
        PlanText.At(Instant.FromUnixTimeTicks(at.ToUnixTimeTicks() / NodaConstants.TicksPerDay * NodaConstants.TicksPerDay));
}
