using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>Other tools that look after parts of a table, recognised by what they leave in the catalog.</summary>
internal static class PostgreSqlKeepers
{
    /// <summary>Whether a table has chunks of TimescaleDB, or what it keeps rows out of the table itself with.</summary>
    public static SqlText IsHypertable(SqlText table) =>
        $"""
            (EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = {table} AND g.tgname = 'ts_insert_blocker')
              OR EXISTS (SELECT 1 FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid JOIN pg_namespace s ON s.oid = k.relnamespace WHERE h.inhparent = {table} AND s.nspname = '_timescaledb_internal'))
            """;

    /// <summary>What pg_partman was told of a table; null where it was told nothing, or nobody may read it.</summary>
    public static async Task<TableKeeper?> PartmanAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var configs = await statements.QueryAsync(
            $"""
            SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = 'part_config' AND c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
              AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('parent_table', 'retention')) = 2
            """,
            cancellationToken
        );
        var parent = $"{table.Schema}.{table.Name}";
        foreach (var config in configs)
        {
            var told = await statements.QueryAsync(
                $"SELECT CAST(retention AS TEXT) FROM {new TableName(config.Text(0), "part_config")} WHERE parent_table = {parent}",
                cancellationToken
            );
            if (told.Count > 0)
                return new(TableKeeper.Partman, told[0].TextOrNull(0));
        }

        return null;
    }
}
