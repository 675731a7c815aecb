using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Snapshots;

/// <summary>A snapshot as the repository has it.</summary>
/// <param name="State">IN_PROGRESS, SUCCESS, PARTIAL, FAILED or INCOMPATIBLE.</param>
/// <param name="Failures">What went wrong, shard by shard.</param>
/// <param name="Reason">Why it failed as a whole; null where it did not.</param>
/// <param name="Partitions">The partitions in it: schema, table and the values as text.</param>
internal sealed record SnapshotState(
    string State,
    IReadOnlyList<string> Failures,
    string? Reason,
    IReadOnlyList<SnapshotPartition> Partitions
)
{
    /// <summary>True while it is being taken.</summary>
    public bool IsRunning => State == "IN_PROGRESS";

    /// <summary>Why nothing may be removed because of it; null where it is whole and has all that it should.</summary>
    /// <param name="table">The table.</param>
    /// <param name="values">The values of each partition that it should have, as the catalog writes them.</param>
    public string? Objection(TableName table, IReadOnlyList<IReadOnlyList<string?>> values)
    {
        if (IsRunning)
            return "it is still being taken";
        if (State != "SUCCESS")
            return $"its state is "
                + $"{State}{(Failures.Count > 0 ? $", {Failures.Count} shards failed" : "")}{(Reason is null ? "" : $": {Reason}")}";
        if (Failures.Count > 0)
            return $"{Failures.Count} of its shards failed";
        var missing = values.Count(wanted => !Partitions.Any(p => p.Table == table && p.Values.SequenceEqual(wanted)));
        return missing == 0 ? null : $"{missing} of {values.Count} partitions are not in it";
    }
}

/// <summary>A partition in a snapshot.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Values">Its values as text, in the order of the partition columns.</param>
internal sealed record SnapshotPartition(TableName Table, IReadOnlyList<string?> Values);

/// <summary>
/// Looks at one snapshot by name. A statement that waits for it answers without an error where only some of it was saved.
/// </summary>
internal static class SnapshotReader
{
    /// <summary>
    /// The snapshot; null where the catalog has none of that name. It is put together from what is being taken and from what the
    /// repository has, so that one which ends in between is there twice: then it has ended.
    /// </summary>
    public static async Task<SnapshotState?> ReadAsync(
        SqlSession session,
        string repository,
        string name,
        CancellationToken cancellationToken
    )
    {
        var rows = (await session.QueryAsync(SnapshotShapes.State(repository, name), cancellationToken)).Rows;
        return rows.Select(State).OrderBy(s => s.IsRunning).FirstOrDefault();
    }

    private static SnapshotState State(Row row) =>
        new(
            row.Text(0),
            [.. Texts(row[1]).OfType<string>()],
            row.TextOrNull(2),
            [.. Elements(row[4]).Cast<IReadOnlyDictionary<string, object?>>().Select(Partition)]
        );

    private static SnapshotPartition Partition(IReadOnlyDictionary<string, object?> partition) =>
        new(new((string)partition["table_schema"]!, (string)partition["table_name"]!), [.. Texts(partition["values"])]);

    private static IEnumerable<string?> Texts(object? array) => Elements(array).Cast<string?>();

    private static object?[] Elements(object? array) => (object?[]?)array ?? [];
}
