using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>What is there: relations, columns, rows, bytes.</summary>
internal static class DuckDbObserver
{
    /// <summary>DuckDB compares names without regard to the case of ASCII letters; the answer spells them as they are stored.</summary>
    public static async Task<TableDescription?> DescribeAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var schema = table.Schema ?? DuckDbDialect.DefaultSchema;
        var rows = await statements.QueryAsync(
            $"""
            SELECT c.schema_name, c.table_name, c.column_name, c.data_type, t.table_oid IS NULL
            FROM duckdb_columns() c LEFT JOIN duckdb_tables() t ON t.database_oid = c.database_oid AND t.table_oid = c.table_oid
            WHERE c.database_name = current_database() AND lower(c.schema_name) = lower({schema}) AND lower(c.table_name) = lower({table.Name})
            ORDER BY c.column_index
            """,
            cancellationToken);
        var found = rows.Where(r => Same(r.Text(0), schema) && Same(r.Text(1), table.Name)).ToList();
        if (found.Count == 0) return null;
        return new(
            new(found[0].Text(0), found[0].Text(1)),
            found[0].Truth(4),
            [.. found.Select(r => new Column(r.Text(2), DuckDbTypes.Read(r.Text(3)), r.Text(3)))]);
    }

    /// <summary>
    /// Rows by <c>count(*)</c>, which DuckDB answers from its metadata and what was deleted (its own estimate lags behind
    /// deletes); bytes by the blocks that a table has in the file. Views and what is not there are left out.
    /// </summary>
    public static async Task<IReadOnlyList<RelationSize>> MeasureAsync(IStatements statements, DuckDbDialect dialect, IReadOnlyList<TableName> tables, bool withBytes, CancellationToken cancellationToken)
    {
        List<RelationSize> sizes = [];
        foreach (var table in tables.Distinct())
        {
            if (await DescribeAsync(statements, table, cancellationToken) is not { IsView: false } found) continue;
            var rows = await statements.QueryAsync($"SELECT count(*) FROM {found.Table}", cancellationToken);
            sizes.Add(new(table, rows[0].Long(0), withBytes ? await BytesAsync(statements, dialect.Qualify(found.Table), cancellationToken) : 0));
        }

        return sizes;
    }

    private static async Task<long> BytesAsync(IStatements statements, string name, CancellationToken cancellationToken)
    {
        // The function takes a name as text, and has no way to write a quote inside of one.
        if (name.Contains("\"\"", StringComparison.Ordinal)) return 0;
        var rows = await statements.QueryAsync(
            $"""
            SELECT CAST(count(DISTINCT block_id) * (SELECT max(block_size) FROM pragma_database_size() WHERE database_name = current_database()) AS BIGINT)
            FROM pragma_storage_info({name}) WHERE persistent AND block_id >= 0
            """,
            cancellationToken);
        return rows[0].LongOrNull(0) ?? 0;
    }

    private static bool Same(string left, string right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
            if (left[i] != right[i] && (!char.IsAscii(left[i]) || !char.IsAscii(right[i]) || char.ToLowerInvariant(left[i]) != char.ToLowerInvariant(right[i]))) return false;
        return true;
    }
}
