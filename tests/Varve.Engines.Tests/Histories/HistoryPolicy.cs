using NodaTime;
using Varve.Engines.Tests.Truth;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>A policy of a history, with a tier that may be added later; keeps are what the static check asks for and a bit more.</summary>
public sealed record HistoryPolicy
{
    public required string Zone { get; init; }

    public required Instant Start { get; init; }

    /// <summary>Widths, finest first, of all tiers.</summary>
    public required IReadOnlyList<string> Widths { get; init; }

    /// <summary>The one of <see cref="Widths"/> that comes later; -1 for none.</summary>
    public required int Added { get; init; }

    /// <summary>Hours of a unit of the events.</summary>
    public required int Unit { get; init; }

    public required int LateHours { get; init; }

    public required int RecheckHours { get; init; }

    /// <summary>Hours that each relation is kept longer than it must: source first.</summary>
    public required IReadOnlyList<int> Extra { get; init; }

    /// <summary>The last relation that does not stay for ever; 0 is the source.</summary>
    public required int LastFinite { get; init; }

    public required string Functions { get; init; }

    public required LateAfterExpiry LateRows { get; init; }

    public Duration Late => Duration.FromHours(LateHours);

    public Duration Recheck => Duration.FromHours(RecheckHours);

    /// <summary>All that the test may look at.</summary>
    public TimeRange Span => new(Start - Duration.FromDays(120), Start + Duration.FromDays(500));

    public string Yaml(bool grown)
    {
        var keeps = Keeps();
        var tiers = Widths.Select((w, i) => (w, i)).Where(t => grown || t.i != Added)
            .Select(t => $"  - {{ every: {t.w}, keep: {Text(keeps[t.i + 1])} }}");
        return $$"""
            table: m.cpu
            time: ts
            series: [host]
            measures: { v: [{{Functions}}], n: [count, sum, last] }
            zone: {{Zone}}
            late: {{LateHours}}h
            recheck: {{RecheckHours}}h
            late_after_expiry: {{LateRows.ToString().ToLowerInvariant()}}
            keep: {{Text(keeps[0])}}
            tiers:
            {{string.Join('\n', tiers)}}
            """;
    }

    /// <summary>Hours by relation, source first; null for ever.</summary>
    public IReadOnlyList<int?> Keeps()
    {
        var grids = Widths.Select(w => new TrueGrid(Width.Parse(w), DateTimeZoneProviders.Tzdb[Zone], NodaConstants.UnixEpoch)).ToList();
        var need = new int[Widths.Count + 1];
        foreach (var grown in new[] { true, false })
            for (var i = 0; i < grids.Count; i++)
            {
                if (!grown && i == Added) continue;
                var input = Enumerable.Range(0, i).Where(f => grown || f != Added).LastOrDefault(f => grids[f].HasAllOf(grids[i], Span), -1);
                need[input + 1] = Math.Max(need[input + 1], (int)Math.Ceiling(Width.Parse(Widths[i]).Longest.TotalHours) + LateHours + RecheckHours);
            }

        var keeps = new int?[need.Length];
        for (var i = 0; i < need.Length; i++)
            keeps[i] = i > LastFinite ? null : Math.Max(need[i], i == 0 ? 0 : keeps[i - 1] ?? 0) + Extra[i];
        return keeps;
    }

    public override string ToString() => $"{Yaml(grown: false)}\nstart {InstantText.Format(Start)}, unit {Unit}h{(Added < 0 ? "" : $", later {Widths[Added]}")}";

    private static string Text(int? hours) => hours is { } h ? $"{h}h" : "forever";
}
