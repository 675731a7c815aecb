using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Proves that rows of a relation are covered by every tier that is built from it. A bucket with more or other rows is
/// built again and compared again; one with fewer rows was cut by somebody else and stays as it was built; what still
/// differs, what cannot be told apart, and values that changed in bulk are left out and wait for a person.
/// </summary>
internal sealed class ExpiryProof(StepContext context, RelationId relation)
{
    private readonly List<string> _notes = [];

    // Told together: a day that somebody took away is twenty-four hours of a tier.
    private readonly Dictionary<RelationId, RangeSet> _cut = [];
    private RangeSet _came = RangeSet.Empty;

    /// <summary>Rows of the relation whose states were computed again.</summary>
    public long RowsCompared { get; private set; }

    /// <summary>Rows of buckets that were built again.</summary>
    public long RowsRebuilt { get; private set; }

    /// <summary>What had other values or other rows than when it was built.</summary>
    public ChangedValues Changed { get; } = new(context, relation);

    /// <summary>What a person should know; null for nothing.</summary>
    public string? Note =>
        _notes.Count + _cut.Count == 0
            ? null
            : string.Join("; ", _cut.Select(c => $"somebody else removed rows of {c.Value}: {c.Key} keeps what it had").Concat(_notes));

    /// <summary>What of some ranges is proven.</summary>
    public async Task<RangeSet> ProveAsync(RangeSet ranges, CancellationToken cancellationToken)
    {
        ranges = await ProveRestAsync(ranges, cancellationToken);
        foreach (var tier in context.Blueprint.Tiers)
        {
            ranges = ranges.Except(await OvergrownAsync(tier, ranges, cancellationToken));
            ranges = await CompareAsync(tier, ranges, cancellationToken);
        }

        return ranges;
    }

    /// <summary>
    /// A bucket is whole when the first of its rows goes, or never: where a part of it stays in the relation, that part is
    /// compared with what it was built from itself, as far as that is still there.
    /// </summary>
    private async Task<RangeSet> ProveRestAsync(RangeSet ranges, CancellationToken cancellationToken)
    {
        if (relation == RelationId.Source)
            return ranges;
        var cut = context
            .Blueprint.ReadersOf(relation)
            .Aggregate(
                RangeSet.Empty,
                (all, reader) =>
                    all.Union(
                        reader
                            .Touched(ranges)
                            .Intersect(context.Draft.Of(reader.Tier.Id).Covered)
                            .Except(context.Draft.Of(reader.Tier.Id).CutRanges)
                    )
            );
        var rest = cut.Except(ranges);
        foreach (
            var finer in context
                .Blueprint.BuildersOf(relation)
                .Append(relation)
                .Where(r => r != RelationId.Source)
                .Select(context.Blueprint.Tier)
        )
        {
            foreach (var input in new[] { finer.Input, RelationId.Source }.Distinct())
            {
                var open = rest.Except(context.Draft.Of(input).Frozen);
                if (open.IsEmpty)
                    continue;
                var proof = new ExpiryProof(context, input);
                var unproven = open.Except(await proof.CompareAsync(finer, open, cancellationToken));
                _notes.AddRange(proof._notes);
                foreach (var (cutTier, buckets) in proof._cut)
                    TellCut(cutTier, buckets);
                Changed.Add(proof.Changed);
                RowsCompared += proof.RowsCompared;
                RowsRebuilt += proof.RowsRebuilt;
                foreach (var reader in context.Blueprint.ReadersOf(relation))
                    ranges = ranges.Except(reader.Touched(unproven));
            }
        }

        return ranges;
    }

    /// <summary>Cut buckets with more rows than were left: rows came that cannot be told from those that are counted.</summary>
    private async Task<RangeSet> OvergrownAsync(TierLayout tier, RangeSet ranges, CancellationToken cancellationToken)
    {
        var overgrown = RangeSet.Empty;
        foreach (
            var cut in context
                .Draft.Of(tier.Id)
                .Cut.Where(c =>
                    ranges.Overlaps(c.Bucket)
                    && context.Blueprint.CountedIn(tier, c) == relation
                    && !context.Draft.Of(relation).Accepted.Covers(c.Bucket)
                )
        )
        {
            var left = await TierBuilder.LeftAsync(context, relation, cut.Bucket, cancellationToken);
            if (left <= cut.RowsLeft)
                continue;
            overgrown = overgrown.Add(cut.Bucket);
            Halt(
                cut.Bucket,
                FormattableString.Invariant(
                    $"{left - cut.RowsLeft} rows came to {cut.Bucket} of {tier.Id} after it was cut; to let them go with the rest, {Accept(cut.Bucket)}"
                )
            );
        }

        return overgrown;
    }

    private async Task<RangeSet> CompareAsync(TierLayout tier, RangeSet ranges, CancellationToken cancellationToken)
    {
        var open = Comparable(tier, ranges);
        if (open.IsEmpty)
            return ranges;
        RowsCompared += await CountAsync(open, cancellationToken);
        List<(CompareSql Compare, IReadOnlyList<Mismatch> Again)> parts = [];
        foreach (var (buckets, unknown) in context.Draft.States.Thin(tier, relation, open))
        {
            var compare = new CompareSql(context.Blueprint.Without(unknown), tier, context.Dialect);
            if (await AgreesAsync(compare, buckets, cancellationToken))
                continue;
            List<Mismatch> again = [];
            var mismatches = await MismatchesAsync(tier, compare, buckets, cancellationToken);
            ranges = await LookCloserAsync(tier, mismatches, ranges, cancellationToken);
            var taken = relation == RelationId.Source ? context.Draft.TakenByOthers(tier) : RangeSet.Empty;
            foreach (var mismatch in mismatches)
            {
                if (!mismatch.Fewer && !taken.Overlaps(mismatch.Bucket))
                    again.Add(mismatch);
                else
                    ranges = await CutAsync(tier, mismatch, ranges, cancellationToken);
            }

            if (again.Count > 0)
                parts.Add((compare, again));
        }

        return parts.Count == 0 ? ranges : await FollowAsync(tier, open, parts, ranges, cancellationToken);
    }

    /// <summary>Builds again what differs, but for what a person has to look at first.</summary>
    private async Task<RangeSet> FollowAsync(
        TierLayout tier,
        RangeSet open,
        IReadOnlyList<(CompareSql Compare, IReadOnlyList<Mismatch> Again)> parts,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var waiting = await Changed.HeldAsync(tier, open, parts, cancellationToken);
        foreach (var (range, reason) in waiting)
            Halt(range, reason);
        var held = RangeSet.Of(waiting.Select(w => w.Range));
        ranges = ranges.Except(held);
        foreach (var (compare, again) in parts)
        {
            List<Mismatch> followed = [.. again.Where(m => !held.Covers(m.Bucket))];
            if (followed.Count > 0)
                ranges = await RebuildAsync(tier, compare, followed, ranges, cancellationToken);
        }

        return ranges;
    }

    /// <summary>
    /// Where a longer bucket has only the sum of rows that went and rows that came, the first tier tells them apart, also in
    /// what does not expire yet: it is asked before such a bucket is built again.
    /// </summary>
    private async Task<RangeSet> LookCloserAsync(
        TierLayout tier,
        IReadOnlyList<Mismatch> mismatches,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var first = context.Blueprint.Tiers[0];
        if (relation != RelationId.Source || tier == first || mismatches.Count == 0)
            return ranges;
        foreach (
            var (buckets, unknown) in context.Draft.States.Thin(
                first,
                relation,
                Comparable(first, RangeSet.Of(mismatches.Select(m => m.Bucket)))
            )
        )
        {
            foreach (
                var mismatch in await MismatchesAsync(
                    first,
                    new CompareSql(context.Blueprint.Without(unknown), first, context.Dialect),
                    buckets,
                    cancellationToken
                )
            )
            {
                if (mismatch.Fewer)
                    ranges = await CutAsync(first, mismatch, ranges, cancellationToken);
                else
                    _came = _came.Add(mismatch.Bucket);
            }
        }

        return ranges;
    }

    /// <summary>
    /// Covered buckets that are neither cut, lost nor expired themselves: the others were proven before. Of a tier only those that it gives
    /// as a
    /// whole: a tier that was added later never had the rest.
    /// </summary>
    private RangeSet Comparable(TierLayout tier, RangeSet ranges)
    {
        var sets = context.Draft.Of(tier.Id);
        var open = tier.BucketsTouching(ranges)
            .Intersect(tier.TakenFrom(relation))
            .Intersect(sets.Covered)
            .Except(sets.CutRanges)
            .Except(sets.Lost)
            .Except(sets.Frozen)
            .Except(context.Draft.Of(relation).Accepted);
        return relation == RelationId.Source ? open : open.Intersect(tier.WholeBuckets(context.Draft.Available(relation)));
    }

    private async Task<bool> AgreesAsync(CompareSql compare, RangeSet open, CancellationToken cancellationToken)
    {
        if (context.Blueprint.Policy.Proof != Proof.Totals || relation != RelationId.Source)
            return false;
        return (await context.Statements.QueryAsync(compare.Totals(open), cancellationToken)).Count == 0;
    }

    private async Task<IReadOnlyList<Mismatch>> MismatchesAsync(
        TierLayout tier,
        CompareSql compare,
        RangeSet open,
        CancellationToken cancellationToken
    ) => Mismatches.Read(tier, await context.Statements.QueryAsync(compare.Buckets(relation, open), cancellationToken));

    private async Task<RangeSet> CutAsync(TierLayout tier, Mismatch mismatch, RangeSet ranges, CancellationToken cancellationToken)
    {
        var left = await TierBuilder.LeftAsync(context, relation, mismatch.Bucket, cancellationToken);
        context.Draft.Of(tier.Id).Cut.Add(new(mismatch.Bucket, left, ByOthers: true) { Input = relation });
        TellCut(tier.Id, RangeSet.Of(mismatch.Bucket));
        if (!mismatch.More && !_came.Overlaps(mismatch.Bucket))
            return ranges;
        Halt(
            mismatch.Bucket,
            FormattableString.Invariant(
                $"rows of {mismatch.Bucket} were removed by somebody else and others came; to let them go, {Accept(mismatch.Bucket)}"
            )
        );
        return ranges.Remove(mismatch.Bucket);
    }

    private async Task<RangeSet> RebuildAsync(
        TierLayout tier,
        CompareSql compare,
        IReadOnlyList<Mismatch> changed,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var again = RangeSet.Of(changed.Select(m => m.Bucket));
        var (_, written) = await TierBuilder.BuildAsync(context, tier, relation, again, cancellationToken);
        context.Draft.RollUp(tier, relation, again, "the proof found it changed");
        RowsRebuilt += written;
        _came = _came.Union(again);
        _notes.Add(Changed.Follow(tier, again, changed));
        ranges = ranges.Except(again.Intersect(context.Draft.Of(relation).Halted));
        foreach (var mismatch in await MismatchesAsync(tier, compare, again, cancellationToken))
        {
            Halt(
                mismatch.Bucket,
                FormattableString.Invariant(
                    $"{tier.Id} does not agree with {relation} in {mismatch.Bucket} even right after it was built; to let its rows go all the same, {Accept(mismatch.Bucket)}"
                )
            );
            ranges = ranges.Remove(mismatch.Bucket);
        }

        return ranges;
    }

    private void TellCut(RelationId tier, RangeSet buckets) => _cut[tier] = _cut.GetValueOrDefault(tier, RangeSet.Empty).Union(buckets);

    private string Accept(TimeRange bucket) => WayOut.Accept(context.Blueprint.Policy.Name, bucket);

    private void Halt(TimeRange bucket, string reason)
    {
        TierBuilder.Halt(context, relation, RangeSet.Of(bucket), reason);
        _notes.Add(reason);
    }

    private Task<long> CountAsync(RangeSet ranges, CancellationToken cancellationToken) =>
        context.NumberAsync(
            RowsSql.Count(context.Dialect, context.Blueprint.TimeOf(relation), context.Sql.Table(relation), ranges),
            cancellationToken
        );
}
