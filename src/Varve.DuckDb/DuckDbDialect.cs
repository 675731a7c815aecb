using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// DuckDB's SQL. Relations are written schema.table, so that views survive a file that is renamed or attached under
/// another name; catalog.schema.table only where a schema has the name of a catalog, which DuckDB calls ambiguous.
/// </summary>
/// <param name="catalog">The database that the connection works in, as DuckDB calls it.</param>
/// <param name="attached">Every database of the connection, that one included or not.</param>
internal sealed class DuckDbDialect(string catalog, params IEnumerable<string> attached) : Dialect
{
    /// <summary>The schema of names that were written without one.</summary>
    public const string DefaultSchema = "main";

    /// <summary>How <see cref="ExactSum"/> fails where DuckDB itself would go on with a value that its type cannot hold.</summary>
    internal const string SumTooLarge = "varve: a sum has more than 38 digits";

    private readonly HashSet<string> _catalogs = new([catalog, .. attached], StringComparer.OrdinalIgnoreCase);

    /// <summary>How much memory there is for what is written.</summary>
    public DuckDbMemory Memory { get; init; } = DuckDbMemory.Unknown;

    /// <inheritdoc/>
    public override string Name => "duckdb";

    /// <inheritdoc/>
    public override ParquetSql Parquet { get; } = new DuckDbParquet();

    /// <inheritdoc/>
    public override string Quote(Identifier name) => Quote(name.Value);

    /// <inheritdoc/>
    public override string Qualify(TableName table)
    {
        var schema = table.Schema ?? DefaultSchema;
        var relation = $"{Quote(schema)}.{Quote(table.Name)}";
        return _catalogs.Contains(schema) ? $"{Quote(catalog)}.{relation}" : relation;
    }

    /// <inheritdoc/>
    public override SqlText Schema(string schema) => $"{new Identifier(catalog)}.{new Identifier(schema)}";

    /// <inheritdoc/>
    public override string Placeholder(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

    /// <summary>Everything but text; the driver would cut text at a NUL character, so such text is written out too.</summary>
    public override bool Inlines(SqlValue value) =>
        value is not SqlValue.Text text || text.Content.Contains('\0', StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string Literal(SqlValue value) =>
        value switch
        {
            SqlValue.Nothing => "NULL",
            SqlValue.Text(var text) => DuckDbLiteral.Text(text),
            SqlValue.Integer(var number) => DuckDbLiteral.Integer(number),
            SqlValue.Real(var number) => DuckDbLiteral.Real(number),
            SqlValue.Exact(var number) => DuckDbLiteral.Exact(number),
            SqlValue.Truth(var truth) => truth ? "TRUE" : "FALSE",
            SqlValue.Time(var at) => DuckDbLiteral.Timestamp(at),
            _ => throw new UnreachableException(),
        };

    /// <inheritdoc/>
    public override SqlText TimeValue(TimeColumn column, Instant at) => DuckDbTime.Value(column, at);

    /// <inheritdoc/>
    public override SqlText MicrosOf(TimeColumn column, SqlText value) => DuckDbTime.MicrosOf(column, value);

    /// <inheritdoc/>
    public override SqlText TimeOfMicros(TimeColumn column, SqlText micros) => DuckDbTime.OfMicros(column, micros);

    /// <summary>
    /// Written as comparisons, which zone maps answer without reading a row.
    /// </summary>
    public override SqlText IsFiniteTime(TimeColumn column, SqlText value) => DuckDbTime.IsFinite(column, value);

    /// <summary>The file belongs to one process, and an index would take a block of 256 KiB for each table.</summary>
    public override SqlText Key(IReadOnlyList<Identifier> columns) => SqlText.Empty;

    /// <inheritdoc/>
    public override SqlText? ViewTexts =>
        $"SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, view_name";

    /// <inheritdoc/>
    public override SqlText Timestamp(SqlText micros) =>
        $"CASE {micros} WHEN {long.MinValue} THEN {Instant.MinValue} WHEN {long.MaxValue} THEN {Instant.MaxValue} ELSE make_timestamp({micros}) END";

    /// <summary>DuckDB's <c>//</c> truncates; the correction for negative numbers costs nothing where statistics rule them out.</summary>
    public override SqlText FloorTo(SqlText integer, long width) => $"({DuckDbTime.FloorDivide(integer, width)} * {width})";

    /// <inheritdoc/>
    public override SqlText Quotient(SqlText integer, long width) => $"CAST({integer} // {width} AS INTEGER)";

    /// <inheritdoc/>
    public override bool HasMonths => true;

    /// <inheritdoc/>
    public override SqlText MonthOf(SqlText micros) => $"(date_diff('month', TIMESTAMP '0001-01-01', make_timestamp({micros})) + 12)";

    /// <inheritdoc/>
    public override SqlText StartOfMonth(SqlText month) => $"epoch_us(TIMESTAMP '0001-01-01' + to_months(CAST({month} - 12 AS INTEGER)))";

    /// <summary>Whole vectors of 2,048 rows, so that the others are not read.</summary>
    public override SqlText Sampled(TableName table, long percent) => $"{table} TABLESAMPLE SYSTEM ({percent} PERCENT) REPEATABLE (1)";

    /// <summary>
    /// Each thread that writes holds two blocks of every column. Where the statement fails, one thread goes on until the next
    /// of its kind: that is slower, and right.
    /// </summary>
    public override IReadOnlyList<SqlText> Wide(SqlText write) =>
        [
            $"SET VARIABLE varve_threads = coalesce(getvariable('varve_threads'), current_setting('threads'))",
            $"SET threads = 1",
            write,
            $"SET threads = getvariable('varve_threads')",
        ];

    /// <inheritdoc/>
    public override IEnumerable<SqlText> Room(int columns) => Memory.Room(columns);

    /// <inheritdoc/>
    public override SqlText Finite(SqlText value) => $"CASE WHEN {IsFinite(value)} THEN {value} END";

    /// <summary>DuckDB computes a CASE inside of another again for each row, so the test is written out.</summary>
    public override SqlText IsFinite(SqlText value) => $"isfinite({value})";

    /// <summary>
    /// Ties that fall to the smallest value need key and value in one comparison: a sort key, which takes every type.
    /// </summary>
    public override SqlText ValueAt(Column column, SqlText value, SqlText key, bool earliest, Ties ties) =>
        (earliest, ties) switch
        {
            (true, Ties.Any) => $"arg_min({value}, {key})",
            (false, Ties.Any) => $"arg_max({value}, {key})",
            (true, _) => $"arg_min({value}, create_sort_key({key}, 'ASC NULLS LAST', {value}, 'ASC NULLS LAST'))",
            (false, _) => $"arg_min({value}, create_sort_key({key}, 'DESC NULLS LAST', {value}, 'ASC NULLS LAST'))",
        };

    /// <summary>DuckDB adds integers as HUGEINT, and decimals without looking at the 38 digits of their type.</summary>
    public override SqlText ExactSum(SqlText value, int scale)
    {
        if (scale == 0)
            return $"CAST(CAST(sum({value}) AS HUGEINT) AS DECIMAL(38, 0))";
        var limit = Math.Pow(10, 38 - scale);
        SqlText sum = $"CAST(sum({value}) AS DECIMAL(38, {(long)scale}))";
        return $"CASE WHEN abs(CAST(sum({value}) AS DOUBLE)) >= {limit} THEN error('varve: a sum has more than 38 digits') ELSE {sum} END";
    }

    /// <inheritdoc/>
    public override SqlText Whole(SqlText value) => $"CAST({value} AS BIGINT)";

    /// <summary>Welford's recurrence as <c>var_pop</c> has it, without its error where the result is infinite.</summary>
    public override SqlText SquaredDeviations(SqlText value) => $"covar_pop({value}, {value}) * count({value})";

    /// <inheritdoc/>
    public override SqlText IsNaN(SqlText value) => $"isnan({value})";

    /// <inheritdoc/>
    public override SqlText Typed(Column column, string text, SqlText like) => DuckDbTyped.Value(column, $"{text}", like);

    /// <inheritdoc/>
    public override SqlText TypeName(SqlText value) => $"typeof({value})";

    /// <inheritdoc/>
    public override SqlText LocalDate(TimeColumn column, SqlText value, string zone) =>
        $"CAST(timezone({zone}, make_timestamptz({DuckDbTime.MicrosOf(column, value)})) AS DATE)";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
