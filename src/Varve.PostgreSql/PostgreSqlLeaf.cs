using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>The tables that hold the rows of a partitioned table, with where they lie; from the catalog, no table is read.</summary>
internal sealed record PostgreSqlLeaf(IReadOnlyList<long> Above, TableName Table, string Place, long Bytes, bool IsForeign)
{
    /// <summary>Every table of a tree of partitions that has rows of its own. One that somebody is detaching is none any more.</summary>
    public static async Task<IReadOnlyList<PostgreSqlLeaf>> AllAsync(
        IStatements statements,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            WITH RECURSIVE varve_tree AS (
              SELECT c.oid, ARRAY[]::oid[] AS above FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {table.Schema} AND c.relname = {table.Name} AND c.relkind = 'p'
              UNION ALL
              SELECT i.inhrelid, t.above || i.inhrelid FROM varve_tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
            )
            SELECT array_to_string(t.above, ' '), n.nspname, c.relname, coalesce(s.spcname, d.spcname), CAST(c.relpages AS BIGINT) * CAST(current_setting('block_size') AS BIGINT), c.relkind = 'f'
            FROM varve_tree t JOIN pg_class c ON c.oid = t.oid AND c.relkind IN ('r', 'f') JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
            CROSS JOIN (SELECT s.spcname FROM pg_database d JOIN pg_tablespace s ON s.oid = d.dattablespace WHERE d.datname = current_database()) d
            ORDER BY n.nspname, c.relname
            """,
            cancellationToken
        );
        return
        [
            .. rows.Select(r => new PostgreSqlLeaf(
                [.. r.Text(0).Split(' ').Select(Number)],
                new(r.Text(1), r.Text(2)),
                r.Text(3),
                r.Long(4),
                r.Truth(5)
            )),
        ];
    }

    private static long Number(string oid) => long.Parse(oid, System.Globalization.CultureInfo.InvariantCulture);
}
