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

    /// <summary>A value written out.</summary>
    public abstract string Literal(SqlValue value);

    /// <summary>The placeholder of the parameter with that one-based number.</summary>
    public abstract string Placeholder(int number);

    /// <summary>True for values that the engine plans better with when they are written out.</summary>
    public abstract bool Inlines(SqlValue value);

    /// <summary>An instant as a value of the time column's own type, rounded up to its unit: right for both ends of a half-open range.</summary>
    public abstract SqlText TimeValue(TimeColumn column, Instant at);

    /// <summary>Microseconds since 1970 UTC of a value of the time column, rounded down.</summary>
    public abstract SqlText MicrosOf(TimeColumn column, SqlText value);

    /// <summary>A value of the time column's type from microseconds since 1970 UTC.</summary>
    public abstract SqlText TimeOfMicros(TimeColumn column, SqlText micros);

    /// <summary>True where a value of the time column is one of <see cref="TimeColumn.Known"/>, false for NULL, infinities and what is beyond.</summary>
    public abstract SqlText IsFiniteTime(TimeColumn column, SqlText value);

    /// <summary>A timestamp for people from microseconds since 1970 UTC; infinite for the least and the greatest 64-bit integer.</summary>
    public abstract SqlText Timestamp(SqlText micros);

    /// <summary>The largest multiple of a positive width at or below an integer expression.</summary>
    public abstract SqlText FloorTo(SqlText integer, long width);

    /// <summary>The natural key of a table of the catalog, as the last clause of its columns; empty where one process at a time writes to a database.</summary>
    public virtual SqlText Key(IReadOnlyList<Identifier> columns) => $", PRIMARY KEY ({SqlText.Join(", ", columns.Select(c => (SqlText)$"{c}"))})";

    /// <summary>An integer expression that is not negative, divided by a positive width and rounded down, as an INTEGER; it must fit.</summary>
    public virtual SqlText Quotient(SqlText integer, long width) => $"CAST({FloorTo(integer, width)} / {width} AS INTEGER)";

    /// <summary>A relation of which about that share is read, 1 to 100 percent: cheap rather than even. Without such a clause all of it.</summary>
    public virtual SqlText Sampled(TableName table, long percent) => $"{table}";

    /// <summary>
    /// The statements that write rows of hundreds of columns with the least memory, in order; one of them is that which writes.
    /// </summary>
    public virtual IReadOnlyList<SqlText> Wide(SqlText write) => [write];

    /// <summary>The value, or NULL where it is NaN or infinite.</summary>
    public abstract SqlText Finite(SqlText value);

    /// <summary>True for a value that is neither NaN nor infinite; NULL or false for NULL.</summary>
    public virtual SqlText IsFinite(SqlText value) => $"{Finite(value)} IS NOT NULL";

    /// <summary>The value at the least (or greatest) key of a group; NULL values are left out. Ties: the smallest value, or whichever.</summary>
    public abstract SqlText ValueAt(SqlText value, SqlText key, bool earliest, Ties ties);

    /// <summary>The sum of integers or decimals without overflow, as an exact decimal of 38 digits; NULL for no value. A sum beyond that fails.</summary>
    public abstract SqlText ExactSum(SqlText value, int scale);

    /// <summary>A sum of counts as a 64-bit integer.</summary>
    public abstract SqlText Whole(SqlText value);

    /// <summary>Σ (v − mean)² of a group of doubles, computed stably; NULL for no value.</summary>
    public abstract SqlText SquaredDeviations(SqlText value);

    /// <summary>True for NaN, NULL or false otherwise.</summary>
    public abstract SqlText IsNaN(SqlText value);

    /// <summary>
    /// What a text says as a value of a column's type, which is that of an expression; NULL where it is no such value, or
    /// one that the type would have to round. Times without a zone are UTC.
    /// </summary>
    public abstract SqlText Typed(Column column, SqlText text, SqlText like);

    /// <summary>The name of the type of an expression.</summary>
    public abstract SqlText TypeName(SqlText value);

    /// <summary>The local date of an instant of the time column in an IANA zone.</summary>
    public abstract SqlText LocalDate(TimeColumn column, SqlText value, string zone);
}
