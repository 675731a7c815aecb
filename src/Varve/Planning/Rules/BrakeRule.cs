using System.Security.Cryptography;
using System.Text;
using Varve.Policies;

namespace Varve.Planning;

/// <summary>A plan removes nothing unasked the first time.</summary>
internal static class BrakeRule
{
    public static Brake? For(PolicyLayout blueprint, TableState state, IReadOnlyList<PlanStep> steps)
    {
        var removing = steps.Where(s => s is PlanStep.Expire or PlanStep.Discard or PlanStep.Merge).ToList();
        var ledger = state.Ledger;
        if (removing.Count == 0 || ledger.ConfirmedRevision == ledger.Revision && ledger.Revision > 0) return null;
        if (ledger.ConfirmedPolicy is { } confirmed && !PolicyChanges.RemovesMore(confirmed, blueprint.Policy)) return null;
        var reason = ledger.ConfirmedPolicy is null
            ? "it is the first time that this policy removes anything"
            : "this revision removes more than the one before";
        return new(Hash(ledger, blueprint, removing), reason, removing.Sum(s => s.Rows));
    }

    private static string Hash(Ledger ledger, PolicyLayout blueprint, IEnumerable<PlanStep> removing)
    {
        var relations = string.Join(',', removing.Select(s => s.Relation).Distinct().Order(StringComparer.Ordinal));
        var text = $"{blueprint.Policy.Name}\n{ledger.PolicyHash}\n{relations}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
