using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Compares a copy with its source: every definition by its text, and of every table the rows by number and by a hash over
/// all columns that does not know their order.
/// </summary>
internal sealed class DuckDbCompactionProof(DuckDbStatements statements, string source, string file)
{
    private const int Shown = 5;

    /// <summary>The rows of all tables.</summary>
    /// <exception cref="EngineException">Something is not the same.</exception>
    public async Task<long> CompareAsync(IReadOnlyList<DuckDbTable> tables, CancellationToken cancellationToken)
    {
        List<string> differences = [];
        var (before, after) = (
            await DefinitionsAsync(source, cancellationToken),
            await DefinitionsAsync(DuckDbCompactionCopy.Target, cancellationToken)
        );
        differences.AddRange(before.Except(after).Concat(after.Except(before)).Select(d => $"{d.Kind} {d.Schema}.{d.Name}").Distinct());
        var rows = 0L;
        foreach (var table in tables)
        {
            var (old, fresh) = (
                await TotalsAsync(table, source, cancellationToken),
                await TotalsAsync(table, DuckDbCompactionCopy.Target, cancellationToken)
            );
            rows += fresh.Rows;
            if (old != fresh)
                differences.Add(
                    FormattableString.Invariant($"rows of {table.Schema}.{table.Name} ({old.Rows} there, {fresh.Rows} in the copy)")
                );
        }

        if (differences.Count == 0)
            return rows;
        throw new EngineException(
            EngineCodes.NotWritten,
            $"The copy of {file} is not the same, and was removed: {string.Join(", ", differences.Take(Shown))}{(differences.Count > Shown ? ", …" : "")}. The file itself was not changed. DuckDB's EXPORT DATABASE and IMPORT DATABASE are another way."
        );
    }

    private async Task<(long Rows, string Hash)> TotalsAsync(DuckDbTable table, string database, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT count(*), CAST(coalesce(sum(hash(varve_row)), 0) AS VARCHAR) FROM {table.In(database)} AS varve_row",
            cancellationToken
        );
        return (rows[0].Long(0), rows[0].Text(1));
    }

    private async Task<HashSet<(string Kind, string Schema, string Name, string Text)>> DefinitionsAsync(
        string database,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT 'schema', schema_name, '', coalesce(comment, '') FROM duckdb_schemas() WHERE database_name = {database} AND NOT internal
            UNION ALL SELECT 'table', schema_name, table_name, concat_ws(chr(10), sql, comment) FROM duckdb_tables() WHERE database_name = {database}
            UNION ALL SELECT 'column', schema_name, concat(table_name, '.', column_name), concat_ws(chr(10), column_index, data_type, column_default, is_nullable, comment) FROM duckdb_columns() WHERE database_name = {database} AND NOT internal
            UNION ALL SELECT 'index', schema_name, index_name, concat_ws(chr(10), sql, comment) FROM duckdb_indexes() WHERE database_name = {database}
            UNION ALL SELECT 'view', schema_name, view_name, concat_ws(chr(10), sql, comment) FROM duckdb_views() WHERE database_name = {database} AND NOT internal
            UNION ALL SELECT 'sequence', schema_name, sequence_name, concat_ws(chr(10), sql, comment) FROM duckdb_sequences() WHERE database_name = {database}
            UNION ALL SELECT 'macro', schema_name, function_name, concat_ws(chr(10), function_type, parameters, macro_definition, comment) FROM duckdb_functions() WHERE database_name = {database} AND NOT internal
            UNION ALL SELECT 'type', schema_name, type_name, concat_ws(chr(10), logical_type, labels, comment) FROM duckdb_types() WHERE database_name = {database} AND NOT internal
            """,
            cancellationToken
        );
        return [.. rows.Select(r => (r.Text(0), r.Text(1), r.Text(2), r.Text(3)))];
    }
}
