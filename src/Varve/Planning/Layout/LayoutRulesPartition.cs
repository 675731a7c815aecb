using Varve.Policies;

namespace Varve.Planning;

/// <summary>What a policy says of the partitions of its table, and what it must say.</summary>
internal static class LayoutRulesPartition
{
    private const string Path = "source.partition";

    internal static void Check(Policy policy, TableDescription table, NameLimits limits, List<Problem> problems)
    {
        if (policy.Seal != default && !limits.PartsOnly)
            Add("seal", "Nothing is closed for writes on this engine: nobody can write to what is removed meanwhile. Take `seal` out.");
        if (policy.Partition is not { } partition)
        {
            Silent(policy, table, problems);
            return;
        }

        var by = table.PartitionedBy.FirstOrDefault(p => p.Column == partition.By);
        if (!limits.PartsOnly)
            Add(Path, "This engine knows itself how long the partitions of a table are. Take `partition` out.");
        else if (table.PartitionedBy.Count == 0)
            Add(Path, $"{table.Table.Text} has no partitions. Take `partition` out.");
        else if (by is null)
            Add($"{Path}.by", $"{table.Table.Text} is partitioned by {Listed(table)}, and not by `{partition.By}`.");
        else if (by.Reason is null)
            Add(Path, $"The table tells itself how long its partitions by `{by.Column}` are. Take `partition` out.");

        void Add(string path, string message) => problems.Add(new(PolicyCodes.PartitionWidth, message) { Path = path });
    }

    // Nothing is wrong with the policy, but not a row would ever go.
    private static void Silent(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (table.PartitionedBy.Count == 0 || table.PartitionedBy.Any(p => p.Reason is null))
            return;
        if (policy.ExpireBy == ExpireBy.Rows || (policy.Keep.IsForever && policy.Relocate.Count == 0))
            return;
        var (column, reason) = table.PartitionedBy[0];
        problems.Add(
            new(
                PolicyCodes.PartitionWidth,
                $"No partition of {table.Table.Text} says how old its rows are, so none would go: it is partitioned by `{column}`, and {reason}. Say how long a partition is, source: {{ partition: {{ by: {column}, every: 1d }} }}, or source: {{ expire: rows }}."
            )
            {
                Path = "source",
                IsWarning = true,
            }
        );
    }

    private static string Listed(TableDescription table) => string.Join(", ", table.PartitionedBy.Select(p => $"`{p.Column}`"));
}
