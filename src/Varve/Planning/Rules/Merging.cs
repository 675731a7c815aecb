using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Rows that came for a range that has expired, where they are to be added to the tiers (late_after_expiry: merge).</summary>
internal static class Merging
{
    private const int MostRanges = 200;

    public static void Decide(ProjectedLedger draft, TableState state, Cutoffs horizon)
    {
        if (draft.Blueprint.Policy.LateAfterExpiry != LateAfterExpiry.Merge || state.Frozen.Rows == 0)
            return;
        var rows = state.Frozen.Rows;
        foreach (var some in Allowed(draft, horizon, state.Late).Chunk(MostRanges))
        {
            var ranges = RangeSet.Of(some);
            draft.Archives.Again(RelationId.Source, ranges);
            draft.Steps.Add(
                new PlanStep.Merge
                {
                    Relation = RelationId.Source,
                    Ranges = ranges,
                    Into = draft.Late.Merge(ranges),
                    Reason = "rows that came for a range that has expired (late_after_expiry: merge)",
                    Rows = rows,
                    Bytes = Estimate.Bytes(state, RelationId.Source, rows),
                }
            );
            rows = 0;
        }
    }

    /// <summary>
    /// What may be merged: expired, as of the planning instant too, and not held. Rows whose only bucket is lost stay: a
    /// bucket that is not known cannot be added to.
    /// </summary>
    public static RangeSet Allowed(ProjectedLedger draft, Cutoffs horizon, RangeSet late)
    {
        late = late.Intersect(draft.Of(RelationId.Source).Frozen).Intersect(TimeRange.Before(horizon.ExpiryCutoff(RelationId.Source)));
        foreach (var hold in draft.Ledger.Holds.Where(h => h.Relation is null or { IsSource: true }))
            late = late.Remove(hold.Range);
        var homeless = draft.Blueprint.Tiers.Aggregate(late, (left, tier) => left.Except(draft.Late.Takes(tier, late)));
        var lost = draft.Blueprint.Tiers.Aggregate(RangeSet.Empty, (all, tier) => all.Union(homeless.Intersect(draft.Of(tier.Id).Lost)));
        if (lost.IsEmpty)
            return late;
        draft.Wait(
            RelationId.Source,
            lost,
            "late rows of buckets that are lost: there is nothing that they could be added to, and they stay",
            person: false
        );
        return late.Except(lost);
    }
}
