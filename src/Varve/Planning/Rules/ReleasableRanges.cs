using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// What of some ranges no tier will ask a relation for again, so that it counts as expired there although it never had rows.
/// </summary>
internal static class ReleasableRanges
{
    // Buckets of tiers that nest in nothing end together after fewer than the shorter width has units of their greatest common one.
    private const int MostToMeet = 1000;

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
    /// be built any more. Tiers whose buckets do not end together within a thousand of them are taken for such as never do (days of
    /// a zone beside seven hours from seven past): nothing before that counts as expired.
    /// </summary>
    public static RangeSet Whole(ProjectedLedger draft, RelationId relation, RangeSet ranges)
    {
        var before = RangeSet.Empty;
        for (var tries = 0; !ranges.Equals(before); tries++)
        {
            if (tries > MostToMeet)
                ranges = RangeSet.Of(ranges.Where(range => before.Contains(range)));
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
