using Varve.Time;

namespace Varve.Planning;

/// <summary>The steps that archive rows before they go, where the policy asks for it.</summary>
internal sealed class ArchiveSteps(ProjectedLedger draft, TableState state)
{
    /// <summary>The location that rows of a relation go to before they are removed; null for none.</summary>
    public string? Of(RelationId relation) => relation == RelationId.Source ? draft.Blueprint.Policy.Archive?.To : null;

    /// <summary>Archives what of a range is not archived yet, where the policy asks for it.</summary>
    public void Add(RelationId relation, TimeRange range)
    {
        if (Of(relation) is not { } location)
            return;
        var sets = draft.Of(relation);
        foreach (var open in RangeSet.Of(range).Except(sets.Archived.Except(sets.Unarchived)))
        {
            draft.Steps.Add(
                new PlanStep.Archive
                {
                    Relation = relation,
                    Range = open,
                    Location = location,
                    Reason = sets.Unarchived.Overlaps(open)
                        ? "rows came after its part was written"
                        : "its rows go next, and the policy asks for an archive first",
                    Rows = Estimate.Rows(draft, state, relation, open),
                }
            );
        }

        sets.Archived = sets.Archived.Add(range);
        sets.Unarchived = sets.Unarchived.Remove(range);
    }

    /// <summary>Archives rows that came to ranges whose rows are archived and gone.</summary>
    public void Again(RelationId relation, RangeSet ranges)
    {
        if (Of(relation) is null)
            return;
        draft.Of(relation).Unarchived = draft.Of(relation).Unarchived.Union(ranges);
        foreach (var range in ranges)
            Add(relation, range);
    }
}
