using System.Diagnostics.CodeAnalysis;
using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>How one engine says things in SQL. Pure: the same question always gets the same text.</summary>
[Experimental("VARVE001")]
public abstract class Dialect
{
    /// <summary>The engine's name: duckdb, postgresql, cratedb.</summary>
    public abstract string Name { get; }

    /// <summary>How it writes and reads Parquet files; null where it does not.</summary>
    public virtual ParquetSql? Parquet => null;

    /// <summary>
    /// Schema, name and text of every view of the database, for engines that let a view lose a column which another one reads;
    /// null where the engine itself refuses that.
    /// </summary>
    public virtual SqlText? ViewTexts => null;

    /// <summary>A name in quotes.</summary>
    public abstract string Quote(Identifier name);

    /// <summary>A relation with as many qualifiers as the engine needs to be sure.</summary>
    public abstract string Qualify(TableName table);

    /// <summary>A schema with as many qualifiers as the engine needs to be sure.</summary>
    public virtual SqlText Schema(string schema) => $"{new Identifier(schema)}";

    /// <summary>Makes a schema where there is none; null where they come with their first table.</summary>
    public virtual SqlText? MakeSchema(string schema) => $"CREATE SCHEMA IF NOT EXISTS {Schema(schema)}";

    /// <summary>The schema of a table that is named without one.</summary>
    public virtual SqlText CurrentSchema => $"current_schema()";

    /// <summary>
    /// Schema and name of every table of this database that has rows of its own, in that order: no view, no temporary or
    /// foreign table, no part of another table, nothing of the system, nothing of the catalog.
    /// </summary>
    /// <param name="catalogSchema">The schema of Varve's own tables.</param>
    public virtual SqlText BaseTables(string catalogSchema) =>
        $"""
            SELECT table_schema, table_name FROM information_schema.tables
            WHERE table_type = {"BASE TABLE"} AND table_catalog = current_database()
              AND table_schema NOT IN ({"information_schema"}, {"pg_catalog"}, {"sys"}, {"blob"}, {catalogSchema})
            ORDER BY table_schema, table_name
            """;

    /// <summary>
    /// Makes a view of all rows of some queries, or puts them in the place of what a view of that name has; rights that were
    /// given on it stay.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="parts">The queries in order, and whether they read a table that is not Varve's: its owner may change or drop that at
    /// any time.</param>
    public virtual IReadOnlyList<SqlText> ReplaceView(TableName view, IReadOnlyList<(SqlText Query, bool IsOfOthers)> parts) =>
        [$"CREATE OR REPLACE VIEW {view} AS {SqlText.Join(" UNION ALL ", parts.Select(p => p.Query))}"];

    /// <summary>True where what a view reads cannot be dropped before the view is.</summary>
    public virtual bool ViewsHold => false;

    /// <summary>True where a table gets columns without being made again.</summary>
    public virtual bool AddsColumns => false;

    /// <summary>
    /// Gives a table the columns and types of the one beside it, which goes; where columns are not added to a table, the one
    /// beside it has its rows already.
    /// </summary>
    public virtual IReadOnlyList<SqlText> TakeOver(TableName table, TableName beside) =>
        [$"DROP TABLE {table}", $"ALTER TABLE {beside} RENAME TO {new Identifier(table.Name)}"];

    /// <summary>
    /// The statement by which rows leave the database for an archive, where it writes no files itself; null where none do.
    /// </summary>
    public virtual SqlText? Export(TableName table, IReadOnlyList<Column> columns, TimeColumn time, Time.RangeSet ranges) => null;

    /// <summary>A value written out.</summary>
    public abstract string Literal(SqlValue value);

    /// <summary>The placeholder of the parameter with that one-based number.</summary>
    public abstract string Placeholder(int number);

    /// <summary>True for values that the engine plans better with when they are written out.</summary>
    public abstract bool Inlines(SqlValue value);

    /// <summary>
    /// Lets a person's own statement, until the transaction ends, name tables without a schema; null where it can always.
    /// </summary>
    internal virtual SqlText? PathOfPerson => null;

    /// <summary>Keeps other sessions from writing a table until the transaction ends; null where transactions come one at a time.</summary>
    internal virtual SqlText? Alone(TableName table) => null;

    /// <summary>
    /// The start of the bucket of a value that is not before the first one, of buckets that are equally long, in the column's own
    /// type; null where the engine has nothing for it that is exact and quicker than numbers.
    /// </summary>
    public virtual SqlText? Binned(TimeColumn column, SqlText value, Duration width, Instant first) => null;

    /// <summary>
    /// An instant as a value of the time column's own type, rounded up to its unit: right for both ends of a half-open range.
    /// </summary>
    public abstract SqlText TimeValue(TimeColumn column, Instant at);

    /// <summary>Microseconds since 1970 UTC of a value of the time column, rounded down.</summary>
    public abstract SqlText MicrosOf(TimeColumn column, SqlText value);

    /// <summary>A value of the time column's type from microseconds since 1970 UTC.</summary>
    public abstract SqlText TimeOfMicros(TimeColumn column, SqlText micros);

    /// <summary>
    /// True where a value of the time column is one of <see cref="TimeColumn.Known"/>, false for NULL, infinities and what is
    /// beyond.
    /// </summary>
    public abstract SqlText IsFiniteTime(TimeColumn column, SqlText value);

    /// <summary>A timestamp for people from microseconds since 1970 UTC; infinite for the least and the greatest 64-bit integer.</summary>
    public abstract SqlText Timestamp(SqlText micros);

    /// <summary>The largest multiple of a positive width at or below an integer expression.</summary>
    public abstract SqlText FloorTo(SqlText integer, long width);

    /// <summary>
    /// The natural key of a table of the catalog, as the last clause of its columns; empty where one process at a time writes to
    /// a database.
    /// </summary>
    public virtual SqlText Key(IReadOnlyList<Identifier> columns) =>
        $", PRIMARY KEY ({SqlText.Join(", ", columns.Select(c => (SqlText)$"{c}"))})";

    /// <summary>The type of text of any length that nothing is searched by.</summary>
    public virtual SqlText LongText => $"VARCHAR";

    /// <summary>What stands behind the columns of a table of the catalog: it has few rows.</summary>
    public virtual SqlText FewRows => SqlText.Empty;

    /// <summary>
    /// Columns that every row has, and that tell one state of it from another, where a condition on columns of one's own does
    /// not guard a change; empty where it does.
    /// </summary>
    public virtual IReadOnlyList<Identifier> RowVersion => [];

    /// <summary>Columns that the table of a tier has besides its states, and that nobody else reads.</summary>
    public virtual IReadOnlyList<Identifier> TierColumns => [];

    /// <summary>The length of a bucket, in the type of the column that keeps it where that is stated and not taken from rows.</summary>
    /// <param name="milliseconds">What it is, as an integer of any width.</param>
    public virtual SqlText BucketLength(SqlText milliseconds) => milliseconds;

    /// <summary>Makes the table of a tier.</summary>
    /// <param name="tier">Its name, columns and types.</param>
    /// <param name="rows">The roll-up itself, of no rows: what types its columns have.</param>
    public virtual IReadOnlyList<SqlText> CreateTier(TierTable tier, SqlText rows) => [$"CREATE TABLE {tier.Table} AS {rows}"];

    /// <summary>
    /// Gives the table of a tier columns behind those that it has; null where the table is made again with the columns in order.
    /// </summary>
    public virtual IReadOnlyList<SqlText>? Widen(TableName table, IReadOnlyList<StateColumn> columns) => null;

    /// <summary>Rows in the place of those that a tier has in some ranges: the statements, and whether one writes the rows.</summary>
    public virtual IReadOnlyList<(SqlText Statement, bool Writes)> Replace(TierWrite write) =>
        [
            ($"DELETE FROM {write.Tier.Table} WHERE {write.Within}", false),
            .. (write.Columns.Count < ManyColumns ? [write.Insert] : Wide(write.Insert)).Select(s => (s, true)),
        ];

    /// <summary>
    /// An integer expression that is not negative, divided by a positive width and rounded down, as an INTEGER; it must fit.
    /// </summary>
    public virtual SqlText Quotient(SqlText integer, long width) => $"CAST({FloorTo(integer, width)} / {width} AS INTEGER)";

    /// <summary>True where <see cref="MonthOf"/> and <see cref="StartOfMonth"/> are known.</summary>
    public virtual bool HasMonths => false;

    /// <summary>
    /// The month, since January of year 0, of microseconds since 1970 from year 1 on: a 64-bit integer. The calendar has no zone.
    /// </summary>
    public virtual SqlText MonthOf(SqlText micros) => throw new NotSupportedException($"{Name} has no months.");

    /// <summary>The first microsecond since 1970 of such a month: a 64-bit integer.</summary>
    public virtual SqlText StartOfMonth(SqlText month) => throw new NotSupportedException($"{Name} has no months.");

    // Below that many columns what is held of each of them does not matter.
    private const int ManyColumns = 100;

    /// <summary>
    /// A relation of which about that share is read, 1 to 100 percent: cheap rather than even. Without such a clause all of it.
    /// </summary>
    public virtual SqlText Sampled(TableName table, long percent) => $"{table}";

    /// <summary>
    /// The statements that write rows of hundreds of columns with the least memory, in order; one of them is that which writes.
    /// </summary>
    public virtual IReadOnlyList<SqlText> Wide(SqlText write) => [write];

    /// <summary>
    /// The statements that give the engine room for tables of that many columns, before one is made; none where it has it.
    /// </summary>
    public virtual IEnumerable<SqlText> Room(int columns) => [];

    /// <summary>The column of a measure as numbers are compared with it: as it is, where that is what its type compares as.</summary>
    public virtual SqlText Measured(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return $"{new Identifier(column.Name)}";
    }

    /// <summary>The value, or NULL where it is NaN or infinite.</summary>
    public abstract SqlText Finite(SqlText value);

    /// <summary>True for a value that is neither NaN nor infinite; NULL or false for NULL.</summary>
    public virtual SqlText IsFinite(SqlText value) => $"{Finite(value)} IS NOT NULL";

    /// <summary>
    /// The value at the least (or greatest) key of a group; NULL values are left out. Ties: the smallest value, or whichever.
    /// </summary>
    /// <param name="column">The column that the value is of.</param>
    /// <param name="value">The value.</param>
    /// <param name="key">What is compared; NULL where the value is.</param>
    /// <param name="earliest">True for the least key.</param>
    /// <param name="ties">Which of several values at one key.</param>
    public abstract SqlText ValueAt(Column column, SqlText value, SqlText key, bool earliest, Ties ties);

    /// <summary>
    /// A value that is equal to another only where it is the same, also of a text column that takes alikes for equal. What is
    /// made of it is told apart as well.
    /// </summary>
    public virtual SqlText Bytewise(Column column, SqlText value) =>
        column is { HasAlikes: true, Type: ColumnType.Text } ? $"{value} COLLATE \"C\"" : value;

    /// <summary>The least value of a group, text by its bytes; NULL for none. The value is of that column, or a state of it.</summary>
    public virtual SqlText Least(Column column, SqlText value) => $"min({value})";

    /// <summary>The least value of a window, as <see cref="Least"/>.</summary>
    public virtual SqlText LeastOver(Column column, SqlText value, SqlText window) => $"{Least(column, value)} OVER ({window})";

    /// <summary>The greatest value of a group, as <see cref="Least"/>.</summary>
    public virtual SqlText Greatest(Column column, SqlText value) => $"max({value})";

    /// <summary>Some value of a group, NULL for an empty one: what tells the type of an expression where there is no row.</summary>
    public virtual SqlText Any(SqlText value) => $"any_value({value})";

    /// <summary>True where two values of a column are equal or both NULL, in words that the engine can join large tables by.</summary>
    public virtual SqlText Same(Column column, SqlText left, SqlText right) => $"{left} IS NOT DISTINCT FROM {right}";

    /// <summary>
    /// The sum of integers or decimals without overflow, as an exact decimal of 38 digits; NULL for no value. A sum beyond that
    /// fails.
    /// </summary>
    public abstract SqlText ExactSum(SqlText value, int scale);

    /// <summary>The sum of doubles of a group; NULL for no value.</summary>
    public virtual SqlText Sum(SqlText value) => $"sum({value})";

    /// <summary>
    /// Σ (v − mean)² of a group from those of its parts, where that takes no mean of the whole beside each part (Chan et al.);
    /// null where it does.
    /// </summary>
    public virtual SqlText? MergedDeviations(SqlText count, SqlText mean, SqlText m2) => null;

    /// <summary>
    /// True where of several values at one instant the smallest cannot be told while they are grouped: rows of one series and
    /// instant then have one value before that.
    /// </summary>
    public virtual bool SettlesTiesFirst => false;

    /// <summary>True where a full join of two large relations is fast; they are put below each other and grouped otherwise.</summary>
    public virtual bool JoinsFully => true;

    /// <summary>A sum of counts as a 64-bit integer.</summary>
    public abstract SqlText Whole(SqlText value);

    /// <summary>Σ (v − mean)² of a group of doubles, computed stably; NULL for no value.</summary>
    public abstract SqlText SquaredDeviations(SqlText value);

    /// <summary>True for NaN, NULL or false otherwise.</summary>
    public abstract SqlText IsNaN(SqlText value);

    /// <summary>True for positive infinity, NULL or false otherwise.</summary>
    public virtual SqlText IsInfinity(SqlText value) => $"{value} = {double.PositiveInfinity}";

    /// <summary>
    /// What a text says as a value of a column's type, which is that of an expression; NULL where it is no such value, or
    /// one that the type would have to round. Times without a zone are UTC.
    /// </summary>
    public abstract SqlText Typed(Column column, string text, SqlText like);

    /// <summary>The name of the type of an expression.</summary>
    public abstract SqlText TypeName(SqlText value);

    /// <summary>The local date of an instant of the time column in an IANA zone.</summary>
    public abstract SqlText LocalDate(TimeColumn column, SqlText value, string zone);
}
