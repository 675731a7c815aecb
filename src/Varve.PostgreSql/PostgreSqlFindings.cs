using Varve.Diagnosis;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>What an operator should know of a server and its tables, besides rights, locks and dead rows.</summary>
internal static class PostgreSqlFindings
{
    /// <summary>Smaller tables need no policy.</summary>
    private const long LeastBytes = 16 * 1024 * 1024;

    /// <summary>Large tables with a time that no policy names; Varve's own are none of them.</summary>
    public static async Task<IReadOnlyList<Finding>> UnkeptAsync(
        IStatements statements,
        IEnumerable<TableName> kept,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT n.nspname, c.relname, CAST(sum(pg_relation_size(coalesce(t.relid, c.oid))) AS BIGINT)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN LATERAL pg_partition_tree(c.oid) t ON c.relkind = 'p'
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
              AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype))
              AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname LIKE 'varve\_%')
              AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid)
            GROUP BY n.nspname, c.relname HAVING sum(pg_relation_size(coalesce(t.relid, c.oid))) >= {LeastBytes} ORDER BY 3 DESC, 1, 2
            """,
            cancellationToken
        );
        var known = kept.ToHashSet();
        List<string> tables =
        [
            .. rows.Select(r => (Table: new TableName(r.Text(0), r.Text(1)), Bytes: r.Long(2)))
                .Where(t => !known.Contains(t.Table))
                .Select(t => FormattableString.Invariant($"{t.Table.Text} ({t.Bytes / 1_000_000:N0} MB)")),
        ];
        if (tables.Count == 0)
            return [];
        var others = tables.Count > 5 ? FormattableString.Invariant($" and {tables.Count - 5} more") : "";
        return
        [
            new(
                "table.unkept",
                Severity.Note,
                null,
                $"Tables with a time that no policy names: {string.Join(", ", tables.Take(5))}{others}.",
                "Nothing, where they are to stay as they are; varve init TABLE proposes a policy."
            ),
        ];
    }

    /// <summary>Partitions that do not say how old their rows are: these are deleted one by one.</summary>
    public static IEnumerable<Finding> Widths(Policy policy, TableDescription found)
    {
        var (name, time) = (policy.Name, policy.Time);
        if (found.Pieces?.Column != time)
            yield return new(
                "partition.width",
                Severity.Note,
                name,
                $"{found.Table.Text} is not partitioned by ranges of {time}: no partition says how old its rows are, and they are deleted one by one.",
                $"Partition it by ranges of {time}, where it loses many rows at once."
            );
        else if (found.Pieces.Parts.FirstOrDefault(p => p.Range.ToEnd) is { } open)
            yield return new(
                "partition.width",
                Severity.Note,
                name,
                $"A partition of {found.Table.Text} has no end ({open.Range}): it never goes as a whole, and its rows are deleted one by one.",
                "Give it an end, and make the partitions behind it ahead of time."
            );
    }
}
