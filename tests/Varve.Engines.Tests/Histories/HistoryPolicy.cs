using NodaTime;
using Varve.Engines.Tests.Truth;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>A policy of a history with what may change of it; keeps are what the static check asks for and a bit more.</summary>
public sealed record HistoryPolicy
{
    public required string Zone { get; init; }

    public required Instant Start { get; init; }

    /// <summary>Widths, finest first, of all tiers that it ever may have.</summary>
    public required IReadOnlyList<string> Widths { get; init; }

    /// <summary>The one of <see cref="Widths"/> that comes later; -1 for none.</summary>
    public required int Added { get; init; }

    /// <summary>Hours of a unit of the events.</summary>
    public required int Unit { get; init; }

    public required int LateHours { get; init; }

    public required int RecheckHours { get; init; }

    public required bool IsArchived { get; init; }

    public required HistoryRevision First { get; init; }

    public Duration Late => Duration.FromHours(LateHours);

    public Duration Recheck => Duration.FromHours(RecheckHours);

    /// <summary>All that the test may look at.</summary>
    public TimeRange Span => new(Start - Duration.FromDays(120), Start + Duration.FromDays(500));

    public string Yaml(HistoryRevision revision)
    {
        var keeps = Keeps(revision);
        var tiers = revision.Tiers.Select(i => $"  - {{ every: {Widths[i]}, keep: {Text(keeps[i + 1])} }}");
        return $$"""
            table: m.cpu
            time: ts
            series: [host]
            measures: { v: [{{revision.Functions}}], n: [count, sum, last] }
            zone: {{Zone}}
            late: {{LateHours}}h
            recheck: {{RecheckHours}}h
            late_after_expiry: {{revision.LateRows.ToString().ToLowerInvariant()}}
            {{(IsArchived ? "archive: cold" : "")}}
            keep: {{Text(keeps[0])}}
            tiers:
            {{string.Join('\n', tiers)}}
            """;
    }

    /// <summary>Hours by relation, source first; null for ever. Those of tiers that a revision has not say nothing.</summary>
    public IReadOnlyList<int?> Keeps(HistoryRevision revision)
    {
        var need = new int[Widths.Count + 1];
        foreach (var tiers in Added < 0 ? [revision.Tiers] : new[] { revision.Tiers, revision.Toggle(Added).Tiers })
            foreach (var i in tiers)
            {
                var input = tiers.Where(f => f < i).LastOrDefault(f => Grid(f).HasAllOf(Grid(i), Span), -1);
                need[input + 1] = Math.Max(
                    need[input + 1],
                    (int)Math.Ceiling(Width.Parse(Widths[i]).Longest.TotalHours) + LateHours + RecheckHours
                );
            }

        var keeps = new int?[need.Length];
        for (var i = 0; i < need.Length; i++)
            keeps[i] = i > revision.LastFinite ? null : Math.Max(need[i], i == 0 ? 0 : keeps[i - 1] ?? 0) + revision.Extra[i];
        return keeps;
    }

    public override string ToString() =>
        $"{Yaml(First)}\nstart {InstantText.Format(Start)}, unit {Unit}h, widths {string.Join(", ", Widths)}{(Added < 0 ? "" : $", later {Widths[Added]}")}";

    private TrueGrid Grid(int tier) => new(Width.Parse(Widths[tier]), DateTimeZoneProviders.Tzdb[Zone], NodaConstants.UnixEpoch);

    private static string Text(int? hours) => hours is { } h ? $"{h}h" : "forever";
}
