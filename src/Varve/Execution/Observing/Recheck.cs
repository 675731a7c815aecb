using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Finds covered buckets of the first tier that no longer agree with the source.</summary>
internal sealed class Recheck(Dialect dialect, IStatements statements, PolicyLayout blueprint)
{
    public async Task<(
        IReadOnlyList<BucketChange> Changes,
        IReadOnlyDictionary<RelationId, IReadOnlyList<BucketChange>> Around,
        Instant? Survivor,
        long? Arrival
    )> LookAsync(Ledger ledger, ObservationRequest watch, CancellationToken cancellationToken)
    {
        if (blueprint.Tiers.Count == 0)
            return ([], new Dictionary<RelationId, IReadOnlyList<BucketChange>>(), null, null);
        var (ranges, certain, arrival) = blueprint.Arrival is { } column
            ? await ArrivedAsync(column, ledger, watch, cancellationToken)
            : (watch.Recheck, RangeSet.Empty, null);
        var first = blueprint.Tiers[0];
        var changes = await TotalsAsync(new(first.Id, ranges, OnlyRows: false), ledger, cancellationToken);
        foreach (var bucket in certain.SelectMany(first.Grid.Buckets).Where(b => !changes.Exists(c => c.Bucket == b)))
            changes.Add(new(bucket, 0, 0));
        var again = blueprint.BuiltAgain(ledger, RangeSet.Of(changes.Select(c => c.Bucket))).Intersect(watch.Comparable).Except(ranges);
        foreach (var asked in watch.Asked.Append(new(first.Id, again, OnlyRows: true)))
        {
            var found =
                asked.Input == RelationId.Source
                    ? await TotalsAsync(asked, ledger, cancellationToken)
                    : await StatesAsync(asked, ledger, cancellationToken);
            changes.AddRange(found.Select(c => c with { Asked = asked }));
        }

        return (
            changes,
            await AroundAsync(changes, ledger, watch, cancellationToken),
            await SurvivorAsync(changes, ledger, cancellationToken),
            arrival
        );
    }

    /// <summary>A longer bucket around a changed one of the first tier need not hold what changed: it is compared itself.</summary>
    private async Task<IReadOnlyDictionary<RelationId, IReadOnlyList<BucketChange>>> AroundAsync(
        List<BucketChange> changes,
        Ledger ledger,
        ObservationRequest watch,
        CancellationToken cancellationToken
    )
    {
        var around = new Dictionary<RelationId, IReadOnlyList<BucketChange>>();
        if (changes.Count == 0)
            return around;
        var frozen = ledger.Of(RelationId.Source).Frozen;
        var asked = changes
            .Select(c => c.Asked)
            .OfType<ComparisonRequest>()
            .Where(a => a.Input == RelationId.Source)
            .Select(a => blueprint.Tier(a.Tier));
        foreach (
            var tier in blueprint
                .BuiltFrom(RelationId.Source)
                .Union(asked)
                .Union(blueprint.BehindNew(ledger))
                .Where(t => t != blueprint.Tiers[0])
        )
        {
            var known = ledger.Of(tier.Id);
            var open = tier.BucketsTouching(RangeSet.Of(changes.Select(c => c.Bucket)))
                .Intersect(known.Covered)
                .Except(known.CutRanges)
                .Except(known.Frozen)
                .Intersect(tier.WholeBuckets(frozen.Complement()));
            around[tier.Id] = await TotalsAsync(new(tier.Id, open, OnlyRows: false), ledger, cancellationToken);
        }

        // Of what they have lost and got together, the first tier has the parts, also where it is not watched.
        var first = blueprint.Tiers[0];
        var parts = first.BucketsTouching(RangeSet.Of(around.Values.SelectMany(c => c).Select(c => c.Bucket))).Intersect(watch.Comparable);
        around[first.Id] = await TotalsAsync(new(first.Id, parts, OnlyRows: false), ledger, cancellationToken);
        return around;
    }

    private async Task<List<BucketChange>> TotalsAsync(ComparisonRequest asked, Ledger ledger, CancellationToken cancellationToken)
    {
        if (asked.Ranges.IsEmpty)
            return [];
        var tier = blueprint.Tier(asked.Tier);
        var compare = asked.OnlyRows
            ? new CompareSql(blueprint with { Measures = [] }, tier, dialect)
            : Compare(tier, ledger, asked.Ranges);
        var rows = await statements.QueryAsync(compare.BucketTotals(asked.Ranges), cancellationToken);
        return [.. rows.Select(row => new BucketChange(tier.Grid.BucketOf(Micros.ToInstant(row.Long(0))), row.Long(2), row.Long(1)))];
    }

    private async Task<List<BucketChange>> StatesAsync(ComparisonRequest asked, Ledger ledger, CancellationToken cancellationToken)
    {
        var tier = blueprint.Tier(asked.Tier);
        var unknown = ledger
            .Of(asked.Tier)
            .UnknownIn(blueprint.StateNames, asked.Ranges)
            .Union(blueprint.StateNames.Except(CompareSql.Watched(blueprint), StringComparer.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var rows = await statements.QueryAsync(
            new CompareSql(blueprint.Without(unknown), tier, dialect).Buckets(asked.Input, asked.Ranges),
            cancellationToken
        );
        return [.. Mismatches.Read(tier, rows).Select(m => new BucketChange(m.Bucket, m.Stored, m.Found))];
    }

    /// <summary>What the tier knows is compared; a state that a changed policy has just asked for is not there yet.</summary>
    private CompareSql Compare(TierLayout tier, Ledger ledger, RangeSet ranges) =>
        new(blueprint.Without(ledger.Of(tier.Id).UnknownIn(blueprint.StateNames, ranges)), tier, dialect);

    private async Task<Instant?> SurvivorAsync(List<BucketChange> changes, Ledger ledger, CancellationToken cancellationToken)
    {
        if (!changes.Exists(c => c.Asked is null && c.Found < c.Stored))
            return null;
        var known = ledger.Of(blueprint.Tiers[0].Id);
        var settled = known
            .Dirty.Union(known.CutRanges)
            .Union(known.Frozen)
            .Union(blueprint.Tiers[0].BucketsTouching(ledger.Of(RelationId.Source).Frozen));
        var ranges = known.Covered.Except(settled);
        var rows = await statements.QueryAsync(Compare(blueprint.Tiers[0], ledger, ranges).OldestAgreeing(ranges), cancellationToken);
        return rows is [var oldest] ? Micros.ToInstant(oldest.Long(0)) : null;
    }

    /// <summary>
    /// Buckets with rows stamped since the newest stamp that was read, less <c>late</c>: compared like any other, and built
    /// again in any case where a stamp is newer. A stamp later than the planning instant says nothing about when its row came:
    /// such a row is compared in every run until then, and no other waits for it.
    /// </summary>
    private async Task<(RangeSet Ranges, RangeSet Certain, long? Arrival)> ArrivedAsync(
        TimeColumn column,
        Ledger ledger,
        ObservationRequest watch,
        CancellationToken cancellationToken
    )
    {
        var tier = blueprint.Tiers[0];
        var (hull, now) = (watch.Recheck, Micros.From(watch.AsOf));
        var come = RangeSet.Of(TimeRange.Before(Micros.ToInstant(now + 1)));
        var newest = (await statements.QueryAsync(RowsSql.Ends(dialect, column, blueprint.Source, come), cancellationToken))[0]
            .LongOrNull(1);

        // Nothing was read yet, or only a stamp that has not come is known: nobody knows how far, so all of it is compared once.
        if (ledger.ArrivalSeen is not { } seen || seen > now)
            return (hull, RangeSet.Empty, newest ?? (hull.IsEmpty ? null : now));
        if (hull.IsEmpty)
            return (RangeSet.Empty, RangeSet.Empty, newest ?? seen);
        var since = Micros.ToInstant(seen) - blueprint.Policy.Late.Longest;
        List<TimeRange> buckets = [];
        List<TimeRange> certain = [];
        foreach (
            var row in await statements.QueryAsync(RowsSql.Arrived(dialect, blueprint, column, since, watch.AsOf, hull), cancellationToken)
        )
        {
            var bucket = tier.Grid.BucketOf(Micros.ToInstant(row.Long(0)));
            if (!hull.Covers(bucket))
                continue;
            buckets.Add(bucket);
            if (row.LongOrNull(1) > seen)
                certain.Add(bucket);
        }

        return (RangeSet.Of(buckets), RangeSet.Of(certain), Math.Max(seen, newest ?? seen));
    }
}
