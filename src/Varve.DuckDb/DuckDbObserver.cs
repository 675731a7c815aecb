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
        if (await SpelledAsync(statements, table, cancellationToken) is { } found) return new(found, false, await ColumnsAsync(statements, found, cancellationToken));
        if (await SpelledViewAsync(statements, table, cancellationToken) is not { } view) return null;
        try
        {
            return new(view, true, await ColumnsAsync(statements, view, cancellationToken));
        }
        catch (EngineException broken) when (!broken.IsTransient && broken.Code is EngineCodes.Unknown or EngineCodes.Statement)
        {
            // What it reads has changed: the list of all columns knows those that it was made with.
            return await ListedAsync(statements, view, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<Column>> ColumnsAsync(IStatements statements, TableName relation, CancellationToken cancellationToken) =>
        Columns(await statements.QueryAsync($"SELECT column_name, column_type FROM (DESCRIBE {relation})", cancellationToken), 0);

    /// <summary>A view by the list of all columns, which binds every view of the database: for one that cannot be bound itself.</summary>
    private static async Task<TableDescription?> ListedAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var schema = table.Schema ?? DuckDbDialect.DefaultSchema;
        var all = await statements.QueryAsync(
            $"""
            SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
            WHERE database_name = current_database() AND lower(schema_name) = lower({schema}) AND lower(table_name) = lower({table.Name})
            ORDER BY column_index
            """,
            cancellationToken);
        var rows = all.Where(r => Same(r.Text(0), schema) && Same(r.Text(1), table.Name)).ToList();
        return rows.Count == 0 ? null : new(new(rows[0].Text(0), rows[0].Text(1)), true, Columns(rows, 2));
    }

    /// <summary>A table's name as it is stored; null where there is no such table.</summary>
    private static async Task<TableName?> SpelledAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var schema = table.Schema ?? DuckDbDialect.DefaultSchema;
        var rows = await statements.QueryAsync(
            $"SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND lower(schema_name) = lower({schema}) AND lower(table_name) = lower({table.Name})",
            cancellationToken);
        return rows.Where(r => Same(r.Text(0), schema) && Same(r.Text(1), table.Name)).Select(r => new TableName(r.Text(0), r.Text(1))).FirstOrDefault();
    }

    /// <summary>A view's name as it is stored; null where there is no such view.</summary>
    private static async Task<TableName?> SpelledViewAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var schema = table.Schema ?? DuckDbDialect.DefaultSchema;
        var rows = await statements.QueryAsync(
            $"SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND lower(schema_name) = lower({schema}) AND lower(view_name) = lower({table.Name})",
            cancellationToken);
        return rows.Where(r => Same(r.Text(0), schema) && Same(r.Text(1), table.Name)).Select(r => new TableName(r.Text(0), r.Text(1))).FirstOrDefault();
    }

    private static IReadOnlyList<Column> Columns(IEnumerable<Row> rows, int name) =>
        [.. rows.Select(r => new Column(r.Text(name), DuckDbTypes.Read(r.Text(name + 1)), r.Text(name + 1)))];

    /// <summary>
    /// Rows by <c>count(*)</c>, which DuckDB answers from its metadata and what was deleted (its own estimate lags behind
    /// deletes); bytes by the blocks that a table has in the file. Views and what is not there are left out.
    /// </summary>
    public static async Task<IReadOnlyList<RelationSize>> MeasureAsync(IStatements statements, DuckDbDialect dialect, IReadOnlyList<TableName> tables, bool withBytes, CancellationToken cancellationToken)
    {
        List<RelationSize> sizes = [];
        foreach (var table in tables.Distinct())
        {
            if (await SpelledAsync(statements, table, cancellationToken) is not { } found) continue;
            var rows = await statements.QueryAsync($"SELECT count(*) FROM {found}", cancellationToken);
            sizes.Add(new(table, rows[0].Long(0), withBytes ? await BytesAsync(statements, dialect.Qualify(found), cancellationToken) : 0));
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
