using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Whether the source is still the table that the tiers were built from: a few buckets at both ends tell, all of them only
/// where these do not. Where the engine names each part of a table for good, the names tell first.
/// </summary>
internal sealed class SourceLook(Dialect dialect, IStatements statements, PolicyLayout blueprint)
{
    private const int Sampled = 8;

    /// <param name="ledger">What the catalog knows.</param>
    /// <param name="comparable">Covered buckets of the first tier of which the source should still have every row.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where it is the same table, or where nothing is left to tell it by.</returns>
    public async Task<SourceDoubt?> LookAsync(Ledger ledger, RangeSet comparable, CancellationToken cancellationToken)
    {
        if (SeenPart.MadeAnew(blueprint, ledger) is { Count: > 0 } anew)
            return new(new(anew.Min(r => r.From), anew.Max(r => r.To)), 0, 0, 0) { PartsAnew = anew.Count };
        if (comparable.IsEmpty)
            return null;
        var tier = blueprint.Tiers[0];
        var ends = (await statements.QueryAsync(RowsSql.Ends(dialect, blueprint.Time.Starts, tier.States, comparable), cancellationToken))[
            0
        ];
        if (ends.LongOrNull(0) is not { } first || ends.LongOrNull(1) is not { } last)
            return null;
        var sample = comparable.Intersect(
            RangeSet.Of(Oldest(tier.Grid, Micros.ToInstant(first)), Newest(tier.Grid, Micros.ToInstant(last)))
        );
        if (await CountAsync(tier, ledger, sample, cancellationToken) is { IsTheSame: true })
            return null;
        return await CountAsync(tier, ledger, comparable, cancellationToken) is { IsAnother: true } doubt ? doubt : null;
    }

    private static TimeRange Oldest(Grid grid, Instant from)
    {
        var to = from;
        for (var i = 0; i < Sampled; i++)
            to = grid.BucketOf(to).To;
        return new(grid.Floor(from), to);
    }

    private static TimeRange Newest(Grid grid, Instant last)
    {
        var (from, to) = (grid.Floor(last), grid.BucketOf(last).To);
        for (var i = 1; i < Sampled; i++)
            from = grid.Floor(from - Duration.Epsilon);
        return new(from, to);
    }

    /// <summary>Buckets of which the source has no row at all were removed by somebody else, which is no sign of another table.</summary>
    private async Task<SourceDoubt> CountAsync(TierLayout tier, Ledger ledger, RangeSet ranges, CancellationToken cancellationToken)
    {
        var known = blueprint.Without(ledger.Of(tier.Id).UnknownIn(blueprint.StateNames, ranges));
        var stored = (
            await statements.QueryAsync(RowsSql.SeriesEach(dialect, blueprint.Time.Starts, tier.States, ranges), cancellationToken)
        ).ToDictionary(r => r.Long(0), r => r.Long(1));
        var differing = (
            await statements.QueryAsync(new CompareSql(known, tier, dialect).Buckets(RelationId.Source, ranges), cancellationToken)
        ).ToDictionary(r => r.Long(0), r => (Series: r.Long(6), Found: r.Long(4)));
        var there = stored.Where(s => !differing.TryGetValue(s.Key, out var d) || d.Series < s.Value || d.Found > 0).ToList();
        if (there.Count == 0)
            return new(ranges[0], 0, 0, 0);
        var hull = new TimeRange(Micros.ToInstant(there.Min(s => s.Key)), tier.Grid.BucketOf(Micros.ToInstant(there.Max(s => s.Key))).To);
        return new(hull, there.Count, there.Sum(s => s.Value), there.Sum(s => s.Value - differing.GetValueOrDefault(s.Key).Series));
    }
}
