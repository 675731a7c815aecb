using NodaTime;
using Varve.Execution;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>
/// Takes erased rows out of tiers. Where whole series were named, their own rows go from every bucket of the range,
/// however old; everywhere else the buckets that held such rows are built again from an input that is whole, and those
/// that cannot be are reported.
/// </summary>
internal sealed class TierEraser(StepContext context, EraseSql sql, TimeRange range, IReadOnlyList<string> columns)
{
    private static readonly Duration s_tick = Duration.FromMilliseconds(0.001);

    private readonly RangeSet _asked = RangeSet.Of(range);
    private readonly Dictionary<RelationId, RangeSet> _kept = [];
    private RangeSet _touched = RangeSet.Empty;

    /// <summary>Where the rows of the source lie, before they go.</summary>
    public async Task LookAsync(RangeSet? ranges, CancellationToken cancellationToken)
    {
        if (context.Blueprint.Tiers.Count == 0)
            return;
        var extent = (await context.Statements.QueryAsync(sql.Extent(ranges), cancellationToken))[0];
        if (extent.LongOrNull(0) is not { } first || extent.LongOrNull(1) is not { } last)
            return;
        var finest = context.Blueprint.Tiers[0];
        var hull = new TimeRange(Micros.ToInstant(first), Micros.ToInstant(last) + s_tick);
        var starts = await context.Statements.QueryAsync(sql.Buckets(finest, finest.Grid.Cover(hull).Intersect(range)), cancellationToken);
        _touched = RangeSet.Of(starts.Select(r => finest.Grid.BucketOf(Micros.ToInstant(r.Long(0)))));
    }

    public async Task<ErasedTier> EraseAsync(TierLayout tier, CancellationToken cancellationToken)
    {
        var whole = IsSeries(tier) ? tier.WholeBuckets(_asked) : RangeSet.Empty;
        var removed = whole.IsEmpty ? 0 : await context.Statements.ExecuteAsync(sql.Delete(tier.States, whole), cancellationToken);
        var open = (await HeldAsync(tier, cancellationToken)).Except(whole);
        if (open.IsEmpty)
            return new(tier.Id, removed, RangeSet.Empty, RangeSet.Empty);
        var rebuilt = context.Blueprint.Retired.Contains(tier) ? RangeSet.Empty : await RebuildAsync(tier, open, cancellationToken);
        if (context.Blueprint.Retired.Contains(tier))
            context.Draft.Of(tier.Id).Dirty = context.Draft.Of(tier.Id).Dirty.Union(open);
        return new(tier.Id, removed, rebuilt, open.Except(rebuilt));
    }

    /// <summary>The buckets that hold such rows; of what has expired of the source nobody knows, so all of it may.</summary>
    private async Task<RangeSet> HeldAsync(TierLayout tier, CancellationToken cancellationToken)
    {
        var sets = context.Draft.Of(tier.Id);
        var covered = sets.Covered.Except(sets.Frozen).Except(sets.Lost);
        if (IsSeries(tier))
        {
            var edges = tier.BucketsTouching(_asked).Except(tier.WholeBuckets(_asked)).Intersect(covered);
            return edges.IsEmpty || await context.NumberAsync(sql.Count(tier.States, edges), cancellationToken) == 0
                ? RangeSet.Empty
                : edges;
        }

        var gone = context.Draft.Of(RelationId.Source).Frozen.Intersect(_asked);
        return tier.BucketsTouching(_touched).Union(tier.BucketsTouching(gone)).Intersect(covered);
    }

    // Whether the columns name whole series of a tier.
    private bool IsSeries(TierLayout tier) =>
        !columns.Except(tier.Aside ?? context.Blueprint.Series.Select(s => s.Name), StringComparer.Ordinal).Any();

    private async Task<RangeSet> RebuildAsync(TierLayout tier, RangeSet open, CancellationToken cancellationToken)
    {
        var due = open.Except(context.Draft.Of(tier.Id).CutRanges);
        var rebuilt = RangeSet.Empty;
        foreach (var (input, nested) in context.Draft.Inputs(tier, due))
        {
            if (due.IsEmpty)
                break;
            // Of a named series an input has lost all but its own edges: what is left there is no reason to keep more than that.
            var kept = _kept.GetValueOrDefault(input, RangeSet.Empty);
            var gives =
                input == RelationId.Source
                    ? context.Draft.Unavailable(input, tier).Complement()
                    : context.Draft.Available(input).Except(IsSeries(tier) ? RangeSet.Empty : kept);
            var some = due.Intersect(nested).Intersect(tier.WholeBuckets(gives));
            if (some.IsEmpty)
                continue;
            foreach (var part in some.Chunk(200).Select(c => RangeSet.Of(c)))
            {
                await TierBuilder.BuildAsync(context, tier, input, part, cancellationToken);
                context.Draft.RollUp(tier, input, part, "rows were erased");
            }

            rebuilt = rebuilt.Union(some.Except(tier.BucketsTouching(kept)));
            due = due.Except(some);
        }

        _kept[tier.Id] = open.Except(rebuilt);
        return rebuilt;
    }
}
