using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Rows that come for what has expired, as a part of the tiers (late_after_expiry: merge).</summary>
internal sealed class LateRows(ProjectedLedger draft)
{
    /// <summary>The buckets of a tier that late rows of some ranges belong to: covered, and neither expired nor lost.</summary>
    public RangeSet Takes(TierLayout tier, RangeSet late)
    {
        var sets = draft.Of(tier.Id);
        if (sets.Covered.IsEmpty || late.IsEmpty)
            return RangeSet.Empty;
        return tier.BucketsTouching(late)
            .Intersect(sets.Covered.Add(TimeRange.Before(sets.Covered.Start!.Value)))
            .Except(sets.Frozen)
            .Except(sets.Lost);
    }

    /// <summary>
    /// Late rows become a part of every tier that takes them: added where the tier can no longer be built from an input that
    /// has them, else built again from that one. What each tier is to be given; rows that none takes are in none.
    /// </summary>
    public IReadOnlyList<MergePart> Merge(RangeSet late)
    {
        List<MergePart> given = [];
        Dictionary<RelationId, RangeSet> gives = [];
        foreach (var tier in draft.Blueprint.Tiers)
        {
            var sets = draft.Of(tier.Id);
            var taken = Takes(tier, late);
            var again =
                tier.Input == RelationId.Source
                    ? RangeSet.Empty
                    : taken.Intersect(tier.WholeBuckets(gives[tier.Input])).Except(tier.Unnested).Except(sets.CutRanges);
            var added = taken.Except(again);
            if (late.Intersect(taken).Start is { } oldest)
                draft.ExtendHistory(oldest);
            if (!taken.IsEmpty && taken.Start < sets.Covered.Start)
                sets.Covered = sets.Covered.Add(new(taken.Start!.Value, sets.Covered.Start!.Value));
            sets.Dirty = sets.Dirty.Union(again);
            foreach (var column in draft.States.Unasked(sets))
                sets.Forget(column, added);
            if (!added.IsEmpty)
                given.Add(new(tier.Id, late.Intersect(added)));
            if (added.Start is { } first)
                sets.Fill(first);
            gives[tier.Id] = draft.Available(tier.Id).Union(again);
        }

        foreach (var retired in draft.Blueprint.Retired)
            draft.Of(retired.Id).Dirty = draft
                .Of(retired.Id)
                .Dirty.Union(retired.BucketsTouching(late).Intersect(draft.Of(retired.Id).Covered));
        return given;
    }
}
