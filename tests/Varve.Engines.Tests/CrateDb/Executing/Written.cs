using System.Globalization;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Changes of current rows: each gets a number of its own, its shard shows the last one, and it waits for a refresh.</summary>
internal sealed class Written(Backend backend)
{
    /// <summary>Runs a change that returns whole rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="change">The statement, RETURNING everything.</param>
    /// <param name="sequence">The number of a change.</param>
    /// <param name="returning">What is asked of the rows; null for nothing.</param>
    internal async Task<(Reply Reply, long Count)> RunAsync(CrateTable table, string change, string sequence, string? returning)
    {
        var common = $"WITH w AS ({change}), m AS (INSERT INTO {table.Changed} SELECT _id FROM w)";
        var marks = $"{table.ValuesOf} AS p, {table.ShardOf} AS s, {sequence} AS n";
        var rows = await backend.QueryAsync(
            returning is null
                ? $"{common} SELECT p, s, max(n), count(*) FROM (SELECT {marks} FROM w) x GROUP BY p, s"
                : $"{common} SELECT {returning}, {marks} FROM w"
        );
        var at = rows.Columns.Count - (returning is null ? 4 : 3);
        long count = 0;
        foreach (var row in rows.Rows)
        {
            count += returning is null ? Number(row[3]) : 1;
            if (table.Partitions.GetValueOrDefault(CratePartition.Encode(PgArray.Read(row[at]!))) is not { } partition)
                continue;
            var shard = partition.Shards[(int)Number(row[at + 1])];
            shard.Sequence = Math.Max(shard.Sequence, Number(row[at + 2]));
        }

        if (count > 0)
            table.IsChanged = true;
        return (
            returning is null ? Reply.Done(count) : PgAnswer.Of(new([.. rows.Columns.Take(at)], [.. rows.Rows.Select(r => r[..at])])),
            count
        );
    }

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
