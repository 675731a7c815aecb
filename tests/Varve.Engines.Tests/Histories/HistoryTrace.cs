using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// Writes down what happens in a life, for a person who follows a failure: to the end of the file that VARVE_TRACE names.
/// </summary>
internal sealed class HistoryTrace(Story story)
{
    private static readonly string? s_file = Environment.GetEnvironmentVariable("VARVE_TRACE");

    private IReadOnlySet<string> _state = new HashSet<string>();

    /// <summary>An event, before it happens.</summary>
    public static void Happens(Instant clock, HistoryEvent one) => Say($"\n==== {InstantText.Format(clock)} {one}");

    /// <summary>Rows that come or go.</summary>
    public static void Rows(string verb, params IEnumerable<ModelRow> rows)
    {
        foreach (var row in rows)
            Say($"{verb} {BucketCheck.Text(row)} n={Close.Show(row.Row.Values[^1])}");
    }

    /// <summary>What a run is going to do.</summary>
    public async Task PlanAsync(Instant asOf)
    {
        if (s_file is null)
            return;
        var plan = await story.PlanAsync(InstantText.Format(asOf));
        foreach (var step in plan.Steps)
            Say($"plan {step.Key}: {step.Reason}");
        foreach (var wait in plan.Waits)
            Say($"waits {wait.Relation} {wait.Range}: {wait.Reason}");
        foreach (var note in plan.Notes)
            Say($"{note.Code} {note.Message}");
    }

    /// <summary>
    /// What the newest run noted, and what is no longer and what is new in the tiers and in what the catalog knows of them.
    /// </summary>
    public async Task StateAsync()
    {
        if (s_file is null)
            return;
        foreach (
            var step in await story.Db.QueryAsync(
                "SELECT kind, relation, note FROM varve.steps WHERE note IS NOT NULL AND run = (SELECT max(run) FROM varve.runs)"
            )
        )
            Say($"noted {Line(step)}");
        HashSet<string> state = [];
        foreach (
            var relation in (await story.Db.ShapesAsync("m"))
                .Select(s => s.Name)
                .Where(n => n.EndsWith("_states", StringComparison.Ordinal))
        )
            state.UnionWith((await TierRows.ReadAsync(story, relation)).Select(row => $"{relation} {row.Text}"));
        foreach (var table in new[] { "coverage", "dirty" })
            state.UnionWith(
                (await story.Db.QueryAsync($"SELECT from_us, to_us, * FROM varve.{table}")).Select(row =>
                    $"{table} {Line(row.Skip(2))} {At(row[0])} {At(row[1])}"
                )
            );
        foreach (var line in _state.Except(state).Order(StringComparer.Ordinal))
            Say($"- {line}");
        foreach (var line in state.Except(_state).Order(StringComparer.Ordinal))
            Say($"+ {line}");
        _state = state;
    }

    private static void Say(string text)
    {
        if (s_file is not null)
            File.AppendAllText(s_file, text + "\n");
    }

    private static string Line(IEnumerable<object?> values) =>
        string.Join(' ', values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)));

    // The ends of time are further off than an instant can be.
    private static string At(object? micros) =>
        Convert.ToInt64(micros, CultureInfo.InvariantCulture) / 1000 is > -62_000_000_000_000 and < 250_000_000_000_000 and var at
            ? InstantText.Format(Instant.FromUnixTimeMilliseconds(at))
            : "..";
}
