using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>A plan removes nothing unasked the first time, and nothing unasked that was held.</summary>
internal static class BrakeRule
{
    public static Brake? For(PolicyLayout blueprint, TableState state, IReadOnlyList<PlanStep> steps)
    {
        var removing = Removing(steps);
        var ledger = state.Ledger;
        if (removing.Count == 0 || Reason(blueprint, ledger, removing) is not { } reason)
            return null;
        var source = state.Going ?? removing.Where(s => s.Relation == RelationId.Source).Sum(s => s.Rows);
        var oldest = state.First is { } first ? InstantText.Format(Slices.UtcDay.Floor(first)) : "";
        var relations = string.Join(',', removing.Select(s => s.Relation).Distinct().Order());
        var seal = new BrakeSeal($"{blueprint.Policy.Name}\n{ledger.PolicyHash}\n{relations}\n{oldest}", source);
        return new(seal.Hash, reason, source + removing.Where(s => s.Relation != RelationId.Source).Sum(s => s.Rows))
        {
            SourceRows = source,
            Share = state.Rows > 0 ? Math.Min(1, (double)source / state.Rows) : 0,
            Seal = seal,
        };
    }

    /// <summary>The steps that remove rows.</summary>
    public static IReadOnlyList<PlanStep> Removing(IReadOnlyList<PlanStep> steps) =>
        [.. steps.Where(s => s is PlanStep.Expire or PlanStep.Discard or PlanStep.Merge)];

    /// <summary>What was held and is let go by a plan that is run: the rest goes on waiting for a word.</summary>
    public static IReadOnlyList<ReleasedRange> StillReleased(Ledger ledger, IReadOnlyList<PlanStep> steps)
    {
        var removing = Removing(steps);
        return [.. ledger.Released.Where(r => !removing.Any(r.Holds))];
    }

    private static string? Reason(PolicyLayout blueprint, Ledger ledger, IReadOnlyList<PlanStep> removing)
    {
        if (ledger.ConfirmedRevision != ledger.Revision || ledger.Revision == 0)
        {
            if (ledger.ConfirmedPolicy is not { } confirmed)
                return "it is the first time that this policy removes anything";
            if (PolicyChanges.RemovesMore(confirmed, blueprint.Policy))
                return "this revision removes more than the one before";
        }

        return ledger.Released.Any(r => removing.Any(r.Holds)) ? "a hold was ended, and what it kept would go" : null;
    }
}
