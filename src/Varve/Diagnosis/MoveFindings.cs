using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Diagnosis;

/// <summary>Whether the parts of a source lie where Varve has moved them. Pure.</summary>
internal static class MoveFindings
{
    public static IEnumerable<Finding> Of(PolicyLayout blueprint, Ledger ledger)
    {
        var (name, source, sets) = (blueprint.Policy.Name, blueprint.Source.Text, ledger.Of(RelationId.Source));
        foreach (var (place, moved) in sets.Moved.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            List<TablePiece> back =
            [
                .. blueprint.Pieces.Where(p => moved.Covers(p.Range) && Hop(blueprint, place) is { IsAct: false } to && !p.IsAt(to)),
            ];
            if (back.Count > 0)
                yield return new(
                    "relocate.drift",
                    Severity.Warning,
                    name,
                    $"{PlanText.Count(back.Count, "part")} of {source} {(back.Count == 1 ? "was" : "were")} moved to {place} and {(back.Count == 1 ? "lies" : "lie")} elsewhere, or {(back.Count == 1 ? "is" : "are")} on the way: {Times(back)}. Somebody else has changed where {(back.Count == 1 ? "it lies" : "they lie")}, or what has the place is gone.",
                    $"The next run moves {(back.Count == 1 ? "it" : "them")} again. Where that is not wanted, take the hop out of the policy, or: varve relocate undo {name} --arrived."
                );
        }

        foreach (var begun in sets.Begun.GroupBy(b => b.To))
        {
            var arrived = sets.Moved.GetValueOrDefault(begun.Key.Text, RangeSet.Empty);
            List<TablePiece> open = [.. blueprint.Pieces.Where(p => begun.Any(b => b.Ranges.Covers(p.Range)) && !arrived.Covers(p.Range))];
            if (open.Count > 0)
                yield return new(
                    "relocate.begun",
                    Severity.Warning,
                    name,
                    $"The move of {PlanText.Count(open.Count, "part")} of {source} to {begun.Key.Text} was begun and is not done: {Times(open)}.",
                    $"The next run looks again, and says why where it does not get on. varve relocate undo {name} takes it back."
                );
        }
    }

    private static Place? Hop(PolicyLayout blueprint, string place) =>
        blueprint.Policy.Relocate.Select(h => h.To).FirstOrDefault(t => t.Text == place);

    private static string Times(IReadOnlyList<TablePiece> pieces) =>
        RangeSet.Of(pieces.Select(p => p.Range)) is var ranges && ranges.Count <= 2
            ? ranges.ToString()
            : $"from {InstantText.Format(pieces.Min(p => p.Range.From))} to {InstantText.Format(pieces.Max(p => p.Range.To))}";
}
