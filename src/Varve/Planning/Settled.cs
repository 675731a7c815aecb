using Varve.Time;

namespace Varve.Planning;

/// <summary>What of some ranges no tier will ask a relation for again, so that it counts as expired there although it never had rows.</summary>
internal static class Settled
{
    /// <summary>Whole buckets only, of every tier that is built from it: half a bucket that is gone could not be built any more.</summary>
    public static RangeSet Of(Draft draft, string relation, RangeSet ranges)
    {
        var settled = ranges;
        for (var before = RangeSet.Empty; !settled.Equals(before);)
        {
            before = settled;
            foreach (var tier in draft.Blueprint.BuiltFrom(relation)) settled = settled.Intersect(tier.Whole(draft.Of(relation).Frozen.Union(settled))).Intersect(Done(draft, tier));
        }

        return settled;
    }

    private static RangeSet Done(Draft draft, TierLayout tier)
    {
        var sets = draft.Of(tier.Id);
        return sets.Covered.Add(TimeRange.Before(draft.Since(tier))).Except(sets.Dirty).Union(sets.Lost);
    }
}
