using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Definitions by DuckDB's own copy, rows table by table: that copy takes tables by name, and a row whose foreign key
/// points to a table that comes later is refused.
/// </summary>
internal sealed class DuckDbCompactionCopy(DuckDbStatements statements, string source)
{
    /// <summary>What the new file is attached as.</summary>
    public const string Target = "varve_compact";

    /// <summary>The tables that were filled.</summary>
    public async Task<IReadOnlyList<DuckDbTable>> RunAsync(CancellationToken cancellationToken)
    {
        await DoAsync(
            $"COPY FROM DATABASE {new Identifier(source)} TO {new Identifier(Target)} (SCHEMA)",
            "a definition",
            cancellationToken
        );
        var tables = Ordered(await TablesAsync(cancellationToken), await ReferencesAsync(cancellationToken));
        foreach (var table in tables)
        {
            var columns = SqlText.Join(", ", table.Columns.Select(c => (SqlText)$"{new Identifier(c)}"));
            await DoAsync(
                $"INSERT INTO {table.In(Target)} ({columns}) SELECT {columns} FROM {table.In(source)}",
                $"the rows of {table.Schema}.{table.Name}",
                cancellationToken
            );
        }

        return tables;
    }

    /// <summary>Known to be refused: a default that calls a macro, and rows that point to rows of their own table.</summary>
    private async Task DoAsync(SqlText statement, string what, CancellationToken cancellationToken)
    {
        try
        {
            await statements.ExecuteAsync(statement, cancellationToken);
        }
        catch (EngineException refused)
            when (refused.Code is EngineCodes.Unknown or EngineCodes.Constraint or EngineCodes.Statement or EngineCodes.Refused)
        {
            throw new EngineException(
                EngineCodes.NotWritten,
                $"DuckDB could not copy {what}, so there is no copy; the file was not changed. {refused.Message} DuckDB's EXPORT DATABASE and IMPORT DATABASE are another way.",
                inner: refused
            );
        }
    }

    private async Task<IReadOnlyList<DuckDbTable>> TablesAsync(CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT t.schema_name, t.table_name, t.sql, c.column_name, c.data_type
            FROM duckdb_tables() t JOIN duckdb_columns() c ON c.database_oid = t.database_oid AND c.table_oid = t.table_oid
            WHERE t.database_name = {source} AND NOT t.temporary ORDER BY t.schema_name, t.table_name, c.column_index
            """,
            cancellationToken
        );
        return
        [
            .. rows.GroupBy(r => (Schema: r.Text(0), Name: r.Text(1)))
                .Select(g => new DuckDbTable(
                    g.Key.Schema,
                    g.Key.Name,
                    [.. g.Where(r => !IsGenerated(r.Text(2), r.Text(3), r.Text(4))).Select(r => r.Text(3))]
                )),
        ];
    }

    /// <summary>
    /// Only the text of a definition tells a generated column from one with a default; what is missed shows when the copy is
    /// compared.
    /// </summary>
    private static bool IsGenerated(string sql, string column, string type)
    {
        var quoted = $"\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return sql.Contains($"{column} {type} GENERATED ALWAYS AS", StringComparison.Ordinal)
            || sql.Contains($"{quoted} {type} GENERATED ALWAYS AS", StringComparison.Ordinal);
    }

    /// <summary>From each table to those of its schema that its foreign keys point to; DuckDB has none across schemas.</summary>
    private async Task<ILookup<(string Schema, string Name), string>> ReferencesAsync(CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT schema_name, table_name, referenced_table FROM duckdb_constraints() WHERE database_name = {source} AND constraint_type = 'FOREIGN KEY' AND referenced_table IS NOT NULL",
            cancellationToken
        );
        return rows.ToLookup(r => (r.Text(0), r.Text(1)), r => r.Text(2));
    }

    /// <summary>What is pointed to first. Foreign keys are made with their table, so they form no circle but onto itself.</summary>
    private static List<DuckDbTable> Ordered(IReadOnlyList<DuckDbTable> tables, ILookup<(string Schema, string Name), string> references)
    {
        List<DuckDbTable> ordered = [];
        foreach (var table in tables)
            Visit(table);
        return ordered;

        void Visit(DuckDbTable table)
        {
            if (ordered.Contains(table))
                return;
            foreach (var name in references[(table.Schema, table.Name)].Where(n => n != table.Name))
                if (tables.FirstOrDefault(t => t.Schema == table.Schema && t.Name == name) is { } first)
                    Visit(first);
            ordered.Add(table);
        }
    }
}

/// <summary>A table that is copied.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns in order, but those that are generated.</param>
internal sealed record DuckDbTable(string Schema, string Name, IReadOnlyList<string> Columns)
{
    /// <summary>The table in one of the attached databases.</summary>
    public SqlText In(string database) => $"{new Identifier(database)}.{new Identifier(Schema)}.{new Identifier(Name)}";
}
