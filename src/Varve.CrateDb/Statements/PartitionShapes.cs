using NodaTime;
using Varve.CrateDb.Partitions;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>
/// Statements about whole partitions. Every partition column is named in each: a condition on some of them means more partitions.
/// </summary>
internal static class PartitionShapes
{
    /// <summary>The most partitions of one statement.</summary>
    public const int Most = 200;

    // CrateDB tries each combination of the values that a statement names of its partition columns, with "none" as one more of each
    // column, and stops before the 10,000th: partitions that it has not come to by then stay, and no error says so.
    private const long MostCombinations = 9_999;

    /// <summary>
    /// Partitions in their order, in lots that one statement removes: no more than <see cref="Most"/>, and no more combinations of
    /// their values than the server tries.
    /// </summary>
    public static IEnumerable<IReadOnlyList<T>> Lots<T>(IEnumerable<T> parts, Func<T, IReadOnlyList<PartitionValue>> valuesOf)
    {
        List<T> lot = [];
        List<HashSet<object?>> seen = [];
        foreach (var part in parts)
        {
            var values = valuesOf(part);
            if (lot.Count > 0 && (lot.Count == Most || Combinations(seen, values) > MostCombinations))
            {
                yield return lot;
                (lot, seen) = ([], []);
            }

            lot.Add(part);
            See(seen, values);
        }

        if (lot.Count > 0)
            yield return lot;
    }

    private static void See(List<HashSet<object?>> seen, IReadOnlyList<PartitionValue> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i == seen.Count)
                seen.Add([]);
            seen[i].Add(values[i].Value);
        }
    }

    // Of what was seen, and these values besides.
    private static long Combinations(List<HashSet<object?>> seen, IReadOnlyList<PartitionValue> values)
    {
        var all = 1L;
        for (var i = 0; i < seen.Count && all <= MostCombinations; i++)
            all *= seen[i].Count + (i < values.Count && !seen[i].Contains(values[i].Value) ? 2 : 1);
        return all;
    }

    /// <summary>
    /// Removes partitions, not rows: their files go at once. The server gives no count, and no error for what is not there,
    /// so the catalog is looked at afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// None, more than are one of <see cref="Lots"/>, or values of other columns than the first has.
    /// </exception>
    public static SqlText Drop(TableName table, IReadOnlyList<IReadOnlyList<PartitionValue>> partitions)
    {
        if (partitions.Count is 0 or > Most)
            throw new ArgumentException($"A statement removes 1 to {Most} partitions, not {partitions.Count}.");
        var columns = partitions[0].Select(v => v.Column.Name).ToList();
        if (columns.Count == 0)
            throw new ArgumentException("Without a partition column every row would go.");
        if (partitions.Any(p => !p.Select(v => v.Column.Name).SequenceEqual(columns)))
            throw new ArgumentException("Each partition names every partition column.");
        if (Lots(partitions, p => p).Skip(1).Any())
            throw new ArgumentException("The server would try some combinations of these values only, and leave the other partitions.");
        var plain = columns.Count == 1 && partitions.All(p => p[0].Value is not null);
        if (plain)
        {
            var values = SqlText.Join(", ", partitions.Select(p => Value(p[0])));
            return $"DELETE FROM {table} WHERE {new Identifier(columns[0])} IN ({values})";
        }

        var each = partitions.Select(p => (SqlText)$"({SqlText.Join(" AND ", p.Select(Equal))})");
        return $"DELETE FROM {table} WHERE {SqlText.Join(" OR ", each)}";
    }

    /// <summary>Takes no writes from now on: who writes gets an error instead of losing a row.</summary>
    public static SqlText Seal(TableName table, IReadOnlyList<PartitionValue> partition) =>
        $"ALTER TABLE {table} PARTITION ({Named(partition)}) SET (\"blocks.write\" = true)";

    /// <summary>Takes writes again.</summary>
    public static SqlText Unseal(TableName table, IReadOnlyList<PartitionValue> partition) =>
        $"ALTER TABLE {table} PARTITION ({Named(partition)}) RESET (\"blocks.write\")";

    /// <summary>Makes what was written to one partition visible.</summary>
    public static SqlText Refresh(TableName table, IReadOnlyList<PartitionValue> partition) =>
        $"REFRESH TABLE {table} PARTITION ({Named(partition)})";

    /// <summary>Merges the segments of a partition's shards into some few; it answers when that is done.</summary>
    public static SqlText Merge(TableName table, IReadOnlyList<PartitionValue> partition, long segments) =>
        $"OPTIMIZE TABLE {table} PARTITION ({Named(partition)}) WITH (max_num_segments = {segments})";

    /// <summary>How many copies each shard of a partition has besides the first.</summary>
    public static SqlText Replicas(TableName table, IReadOnlyList<PartitionValue> partition, long replicas) =>
        $"ALTER TABLE {table} PARTITION ({Named(partition)}) SET (number_of_replicas = {replicas})";

    /// <summary>The same as it was before, which may be a span: 0-1.</summary>
    public static SqlText Replicas(TableName table, IReadOnlyList<PartitionValue> partition, string replicas) =>
        $"ALTER TABLE {table} PARTITION ({Named(partition)}) SET (number_of_replicas = {replicas})";

    /// <summary>"day" = 1700006400000, "region" = 'eu'.</summary>
    /// <exception cref="ArgumentException">A value is NULL, which this clause cannot say.</exception>
    public static SqlText Named(IReadOnlyList<PartitionValue> partition) =>
        partition.Any(v => v.Value is null)
            ? throw new ArgumentException("PARTITION (…) cannot name a partition whose value is NULL.")
            : SqlText.Join(", ", partition.Select(v => (SqlText)$"{new Identifier(v.Column.Name)} = {Value(v)}"));

    /// <summary>True for the rows of a partition: every partition column is named.</summary>
    public static SqlText Is(IReadOnlyList<PartitionValue> partition) => SqlText.Join(" AND ", partition.Select(Equal));

    private static SqlText Equal(PartitionValue value) =>
        value.Value is null
            ? $"{new Identifier(value.Column.Name)} IS NULL"
            : (SqlText)$"{new Identifier(value.Column.Name)} = {Value(value)}";

    private static SqlText Value(PartitionValue value) =>
        value.Value switch
        {
            Instant at => $"{CrateDbTime.Milliseconds(at)}",
            long number => $"{number}",
            string text => $"{text}",
            bool truth => $"{truth}",
            double number => $"{number}",
            decimal number => $"{number}",
            _ => throw new ArgumentException(
                $"A partition of {value.Column.Name} has a value of a type that Varve does not write: {value.Column.Type}."
            ),
        };
}
