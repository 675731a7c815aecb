using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>PostgreSQL's SQL, as version 14 understands it.</summary>
/// <param name="schema">The schema of names that were written without one: Varve's sessions look in none of the user's.</param>
internal sealed class PostgreSqlDialect(string schema) : Dialect
{
    /// <inheritdoc/>
    public override string Name => "postgresql";

    /// <inheritdoc/>
    public override SqlText CurrentSchema => $"CAST({schema} AS TEXT)";

    /// <summary>The schema of names that were written without one.</summary>
    public string SchemaOf(TableName table) => table.Schema ?? schema;

    /// <inheritdoc/>
    public override string Quote(Identifier name) => Quote(name.Value);

    /// <inheritdoc/>
    public override string Qualify(TableName table) => $"{Quote(SchemaOf(table))}.{Quote(table.Name)}";

    /// <inheritdoc/>
    public override string Placeholder(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

    // The catalog stays first: nobody's function is called where one of the server's is meant.
    internal override SqlText? PathOfPerson =>
        $"SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(current_setting('varve.default_schema')), true)";

    // The snapshot is taken by the first statement that reads: whoever waited here sees what was committed meanwhile.
    internal override SqlText? Alone(TableName table) => $"LOCK TABLE {table} IN EXCLUSIVE MODE";

    /// <summary>Everything but text.</summary>
    public override bool Inlines(SqlValue value) => value is not SqlValue.Text;

    /// <inheritdoc/>
    public override string Literal(SqlValue value) =>
        value switch
        {
            SqlValue.Nothing => "NULL",
            SqlValue.Text(var text) => PostgreSqlLiteral.Text(text),
            SqlValue.Integer(var number) => PostgreSqlLiteral.Integer(number),
            SqlValue.Real(var number) => PostgreSqlLiteral.Real(number),
            SqlValue.Exact(var number) => PostgreSqlLiteral.Exact(number),
            SqlValue.Truth(var truth) => truth ? "TRUE" : "FALSE",
            SqlValue.Time(var at) => $"TIMESTAMP '{PostgreSqlLiteral.Timestamp(at)}'",
            _ => throw new UnreachableException(),
        };

    /// <inheritdoc/>
    public override SqlText BaseTables(string catalogSchema) =>
        $"""
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
              AND n.nspname NOT IN ('information_schema', {catalogSchema}) AND n.nspname NOT LIKE 'pg\_%'
              AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY n.nspname, c.relname
            """;

    /// <inheritdoc/>
    public override SqlText? ViewTexts =>
        $"""
            SELECT n.nspname, c.relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%' ORDER BY n.nspname, c.relname
            """;

    /// <inheritdoc/>
    public override bool ViewsHold => true;

    /// <inheritdoc/>
    public override bool AddsColumns => true;

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> ReplaceView(TableName view, IReadOnlyList<(SqlText Query, bool IsOfOthers)> parts) =>
        [PostgreSqlViews.Replace(Whole(view), parts)];

    /// <summary>
    /// With an index on its time: every run asks for the ends of a tier and replaces some of its buckets, and people read the
    /// newest ones. Without one, each of that reads all of the table.
    /// </summary>
    public override IReadOnlyList<SqlText> CreateTier(TierTable tier, SqlText rows) =>
        [$"CREATE TABLE {tier.Table} AS {rows}", $"CREATE INDEX ON {tier.Table} ({new Identifier(tier.Time.Name)})"];

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> TakeOver(TableName table, TableName beside) =>
        [PostgreSqlViews.TakeOver(Whole(table), Whole(beside))];

    /// <inheritdoc/>
    public override SqlText? Export(TableName table, IReadOnlyList<Column> columns, TimeColumn time, Time.RangeSet ranges) =>
        PostgreSqlBenches.Export(
            table,
            [.. columns.Select(c => PostgreSqlWire.TypeOf(c) is { } type ? c with { TypeName = type } : c)],
            time,
            ranges,
            this
        );

    /// <inheritdoc/>
    public override SqlText TimeValue(TimeColumn column, Instant at) => PostgreSqlTime.Value(column, at);

    /// <inheritdoc/>
    public override SqlText? Binned(TimeColumn column, SqlText value, Duration width, Instant first) =>
        PostgreSqlTime.Binned(column, value, width, first);

    /// <inheritdoc/>
    public override SqlText MicrosOf(TimeColumn column, SqlText value) => PostgreSqlTime.MicrosOf(column, value);

    /// <inheritdoc/>
    public override SqlText TimeOfMicros(TimeColumn column, SqlText micros) => PostgreSqlTime.OfMicros(column, micros);

    /// <inheritdoc/>
    public override SqlText IsFiniteTime(TimeColumn column, SqlText value) => PostgreSqlTime.IsFinite(column, value);

    /// <inheritdoc/>
    public override SqlText Timestamp(SqlText micros) =>
        $"CASE {micros} WHEN {long.MinValue} THEN {Instant.MinValue} WHEN {long.MaxValue} THEN {Instant.MaxValue} ELSE {PostgreSqlTime.Timestamp(micros)} END";

    /// <inheritdoc/>
    public override SqlText FloorTo(SqlText integer, long width) => $"({PostgreSqlTime.FloorDivide(integer, width)} * {width})";

    /// <inheritdoc/>
    public override SqlText Quotient(SqlText integer, long width) => $"CAST({integer} / {width} AS INTEGER)";

    /// <inheritdoc/>
    public override bool HasMonths => true;

    /// <inheritdoc/>
    public override SqlText MonthOf(SqlText micros) => PostgreSqlTime.MonthOf(micros);

    /// <inheritdoc/>
    public override SqlText StartOfMonth(SqlText month) => PostgreSqlTime.StartOfMonth(month);

    /// <summary>Whole pages, so that the others are not read.</summary>
    public override SqlText Sampled(TableName table, long percent) => $"{table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1)";

    /// <inheritdoc/>
    public override SqlText Finite(SqlText value) => $"CASE WHEN {IsFinite(value)} THEN {value} END";

    /// <summary>PostgreSQL takes NaN for equal to itself, and for greater than infinity.</summary>
    public override SqlText IsFinite(SqlText value) => $"({value} > '-Infinity' AND {value} < 'Infinity')";

    /// <summary>An array that is sorted as it is gathered: its first element. Of groups that come sorted nothing is sorted again.</summary>
    public override SqlText ValueAt(Column column, SqlText value, SqlText key, bool earliest, Ties ties)
    {
        var order = key;
        if (!earliest)
            order = $"{key} DESC NULLS LAST";
        if (ties != Ties.Any)
            order = $"{order}, {PostgreSqlTypes.Bytewise(column, value)}";
        return $"(array_agg({value} ORDER BY {order}) FILTER (WHERE {value} IS NOT NULL))[1]";
    }

    /// <inheritdoc/>
    public override SqlText Least(Column column, SqlText value) => PostgreSqlTypes.Extreme(column, value, $"min", $"bool_and");

    /// <inheritdoc/>
    public override SqlText Greatest(Column column, SqlText value) => PostgreSqlTypes.Extreme(column, value, $"max", $"bool_or");

    /// <inheritdoc/>
    public override SqlText Any(SqlText value) => $"(array_agg({value}))[1]";

    /// <summary>
    /// Arrays of one element are equal where both elements are NULL, and can be hashed and merged; IS NOT DISTINCT FROM cannot.
    /// </summary>
    public override SqlText Same(Column column, SqlText left, SqlText right) => $"ARRAY[{left}] = ARRAY[{right}]";

    /// <summary>A numeric without scale has as many digits as its values, and so has their sum.</summary>
    public override SqlText ExactSum(SqlText value, int scale)
    {
        if (scale < 0)
            return $"sum({value})";
        return $"CAST(sum({value}) AS NUMERIC(38, {(long)scale}))";
    }

    /// <inheritdoc/>
    public override SqlText Whole(SqlText value) => $"CAST({value} AS BIGINT)";

    /// <summary>The sum of squares of a regression, by the recurrence of Youngs and Cramer.</summary>
    public override SqlText SquaredDeviations(SqlText value) => $"regr_sxx({value}, {value})";

    /// <inheritdoc/>
    public override SqlText IsNaN(SqlText value) => $"({value} = 'NaN')";

    /// <summary>Of a double and of a numeric, which may be larger than any double.</summary>
    public override SqlText IsInfinity(SqlText value) => $"({value} = 'Infinity')";

    /// <inheritdoc/>
    public override SqlText Typed(Column column, string text, SqlText like) => PostgreSqlTyped.Value(column, text);

    /// <inheritdoc/>
    public override SqlText TypeName(SqlText value) => $"CAST(pg_typeof({value}) AS TEXT)";

    /// <inheritdoc/>
    public override SqlText LocalDate(TimeColumn column, SqlText value, string zone) =>
        PostgreSqlZones.LocalDate(PostgreSqlTime.Timestamp(PostgreSqlTime.MicrosOf(column, value)), zone);

    private TableName Whole(TableName table) => table with { Schema = SchemaOf(table) };

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
