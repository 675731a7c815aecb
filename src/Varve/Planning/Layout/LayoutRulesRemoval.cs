using Varve.Policies;

namespace Varve.Planning;

/// <summary>What a database does besides when rows of a source go, which nothing proves.</summary>
internal static class LayoutRulesRemoval
{
    internal static void Check(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (Warning(policy, table) is { } warning)
            problems.Add(new(PolicyCodes.AlsoDone, warning) { Path = "keep", IsWarning = true });
    }

    /// <summary>What would happen; null where the policy removes nothing, or nothing else happens then.</summary>
    internal static string? Warning(Policy policy, TableDescription table) =>
        policy.Keep.IsForever || table.IsView || table.OnRemoval.Count == 0
            ? null
            : $"More happens where rows of {table.Table.Text} go than is proven: {string.Join("; ", table.OnRemoval)}.";
}
