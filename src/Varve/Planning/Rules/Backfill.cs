using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// States that a changed policy asks of tiers that were built before (semantics: changing a policy): the columns, and the
/// buckets that can still get them. What no input knows any more stays NULL.
/// </summary>
internal static class Backfill
{
    public static void Mark(ProjectedLedger draft, Cutoffs horizon)
    {
        var isNew = draft.Ledger.PublishedRevision != draft.Ledger.Revision;
        if (!isNew && draft.Blueprint.Tiers.All(t => draft.Of(t.Id).Thin.Count == 0))
            return;
        List<string> asked = [.. draft.Blueprint.StateNames];
        Dictionary<RelationId, RangeSet> found = [];
        foreach (var tier in draft.Blueprint.Tiers.Where(t => draft.Of(t.Id).Created))
        {
            if (Reshaped(draft, tier) is { } reshape)
            {
                draft.Steps.Add(reshape);
                draft.States.Reshape(tier, reshape.Columns);
            }

            // What closed after the planning instant was not compared with what others may have left of it.
            found[tier.Id] = Fillable(draft, tier, asked, found).Intersect(TimeRange.Before(tier.Grid.Floor(horizon.Closed)));
            if (found[tier.Id].IsEmpty)
                continue;
            draft.Steps.Add(
                new PlanStep.Mark
                {
                    Relation = tier.Id,
                    Dirty = found[tier.Id],
                    Reason = "they were built before the policy asked for all of its functions",
                }
            );
            draft.Of(tier.Id).Dirty = draft.Of(tier.Id).Dirty.Union(found[tier.Id]);
        }
    }

    /// <summary>Gives a tier the columns that the policy asks for; null where it has them.</summary>
    public static PlanStep.Reshape? Reshaped(ProjectedLedger draft, TierLayout tier)
    {
        List<string> added = [.. draft.Blueprint.StateNames.Except(draft.Of(tier.Id).Columns, StringComparer.Ordinal)];
        return added.Count == 0
            ? null
            : new()
            {
                Relation = tier.Id,
                Columns = added,
                Reason = "the policy asks for functions that it has not",
            };
    }

    /// <summary>The buckets in which a state is not known and some input knows all of them, or will once it is filled itself.</summary>
    private static RangeSet Fillable(ProjectedLedger draft, TierLayout tier, List<string> asked, Dictionary<RelationId, RangeSet> found)
    {
        var sets = draft.Of(tier.Id);
        var open = sets.ThinIn(asked)
            .Except(sets.Dirty)
            .Except(sets.Frozen)
            .Except(sets.CutRanges)
            .Except(sets.Lost)
            .Except(tier.BucketsTouching(draft.UnverifiedSource));
        if (open.IsEmpty)
            return open;
        return draft
            .Inputs(tier, open)
            .Aggregate(
                RangeSet.Empty,
                (all, input) =>
                    all.Union(
                        input.Buckets.Intersect(
                            tier.WholeBuckets(
                                draft.States.Known(input.Relation, tier).Union(found.GetValueOrDefault(input.Relation, RangeSet.Empty))
                            )
                        )
                    )
            );
    }
}
