using Varve.Time;

namespace Varve.Planning;

/// <summary>Sets of instants seen through the boundaries of a tier.</summary>
internal static class TierRanges
{
    /// <summary>The buckets that overlap a set.</summary>
    public static RangeSet BucketsTouching(this TierLayout tier, RangeSet ranges) =>
        ranges.IsEmpty ? RangeSet.Empty : RangeSet.Of(ranges.Select(tier.Grid.Cover));

    /// <summary>The buckets that lie in a set as a whole.</summary>
    public static RangeSet WholeBuckets(this TierLayout tier, RangeSet ranges) =>
        RangeSet.Of(
            from range in ranges
            let start = tier.Grid.Ceiling(range.From)
            let end = tier.Grid.Floor(range.To)
            where start < end
            select new TimeRange(start, end)
        );

    /// <summary>
    /// Tiers that are there and get a new input, which is built from the source once more: what came to it unseen, and is in no
    /// tier, is in that input then.
    /// </summary>
    public static IEnumerable<TierLayout> BehindNew(this PolicyLayout blueprint, Ledger ledger) =>
        blueprint.Tiers.Where(t =>
            t.Input != RelationId.Source
            && blueprint.Tier(t.Input).Input == RelationId.Source
            && ledger.Of(t.Input).Covered.IsEmpty
            && !ledger.Of(t.Id).Covered.IsEmpty
        );

    /// <summary>
    /// Buckets of the first tier whose rows are read once more where some of its buckets changed, because another tier that
    /// is built from the source has longer ones; also where an earlier run left such a one to be built again.
    /// </summary>
    public static RangeSet BuiltAgain(this PolicyLayout blueprint, Ledger ledger, RangeSet changed)
    {
        var others = blueprint.BuiltFrom(RelationId.Source).Skip(1);
        return blueprint
            .Tiers[0]
            .BucketsTouching(
                others.Aggregate(
                    RangeSet.Empty,
                    (all, tier) =>
                        all.Union(tier.BucketsTouching(changed).Union(ledger.Of(tier.Id).Dirty).Intersect(ledger.Of(tier.Id).Covered))
                )
            );
    }
}
