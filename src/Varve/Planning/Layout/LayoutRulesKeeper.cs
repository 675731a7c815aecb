using Varve.Policies;

namespace Varve.Planning;

/// <summary>What another tool does with the same table, and what that means for a policy.</summary>
internal static class LayoutRulesKeeper
{
    internal static void Check(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (table.Keeper is not { } keeper)
            return;
        if (keeper.Name == TableKeeper.Timescale && policy.ExpireBy is ExpireBy.Partitions)
            problems.Add(
                new(
                    PolicyCodes.NoParts,
                    $"{table.Table.Text} is a hypertable of TimescaleDB, and a chunk of it is no partition that can be proven and dropped. Take `expire: partitions` out, and its rows are deleted one by one; or take `keep` out, and let drop_chunks remove chunks, which proves nothing."
                )
                {
                    Path = "expire",
                }
            );
        if (Warning(table) is { } warning)
            problems.Add(new(PolicyCodes.KeptTwice, warning) { Path = "table", IsWarning = true });
    }

    /// <summary>What would happen; null where the tool removes nothing.</summary>
    internal static string? Warning(TableDescription table) =>
        table.Keeper is { Retention: { } retention } keeper
            ? $"{keeper.Name} drops what is older than {retention} of {table.Table.Text} too, whether it is proven or not: what goes before it was rolled up is in no tier, and what goes after is found as removed by others."
            : null;
}
