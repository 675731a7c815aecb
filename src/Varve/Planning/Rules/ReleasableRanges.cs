using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// What of some ranges no tier will ask a relation for again, so that it counts as expired there although it never had rows.
/// </summary>
internal static class ReleasableRanges
{
    /// <summary>Whole buckets only, of every tier that is built from it and has them.</summary>
    public static RangeSet Of(ProjectedLedger draft, RelationId relation, RangeSet ranges) =>
        Whole(
            draft,
            relation,
            draft
                .Blueprint.ReadersOf(relation)
                .Aggregate(ranges, (all, reader) => all.Except(reader.Buckets).Union(all.Intersect(Done(draft, reader.Tier))))
        );

    /// <summary>
    /// What makes whole buckets, of every tier that is built from it, with what has expired: half a bucket that is gone could not
    /// be built any more.
    /// </summary>
    public static RangeSet Whole(ProjectedLedger draft, RelationId relation, RangeSet ranges)
    {
        for (var before = RangeSet.Empty; !ranges.Equals(before);)
        {
            before = ranges;
            foreach (var (tier, buckets) in draft.Blueprint.ReadersOf(relation))
                ranges = ranges.Except(buckets).Union(ranges.Intersect(tier.WholeBuckets(draft.Of(relation).Frozen.Union(ranges))));
        }

        return ranges;
    }

    private static RangeSet Done(ProjectedLedger draft, TierLayout tier)
    {
        var sets = draft.Of(tier.Id);
        return sets.Covered.Add(TimeRange.Before(draft.HistoryStart(tier))).Except(sets.Dirty).Union(sets.Lost);
    }
}
