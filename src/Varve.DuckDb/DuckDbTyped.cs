using System.Globalization;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Texts as values of a column. DuckDB's casts round what does not fit, and pass over the offset of a time: such a text is no
/// value.
/// </summary>
internal static class DuckDbTyped
{
    /// <summary>The value that a text says, or NULL; of the type of <paramref name="like"/>.</summary>
    public static SqlText Value(Column column, SqlText text, SqlText like)
    {
        if (column.TypeName == "VARCHAR")
            return text;
        SqlText value = $"TRY(cast_to_type({text}, {like}))";
        if (Digits(column) is { } digits)
            value = $"CASE WHEN NOT regexp_matches({text}, {Finer(digits)}) THEN {value} END";
        return column.Type is ColumnType.Timestamp or ColumnType.TimestampTz or ColumnType.Date
            ? $"CASE WHEN CAST({value} AS TIMESTAMP) = CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP) THEN {value} END"
            : value;
    }

    /// <summary>Digits behind the point that the type keeps; null where it has no point, or no end of digits.</summary>
    private static int? Digits(Column column) =>
        (column.Type, column.TypeName) switch
        {
            (ColumnType.Integer or ColumnType.Date or ColumnType.Timestamp(TimeUnit.Seconds), _) or (_, "UHUGEINT" or "BIGNUM") => 0,
            (ColumnType.Decimal(var scale), _) => scale,
            (ColumnType.Timestamp(TimeUnit.Milliseconds), _) => 3,
            (ColumnType.Timestamp(TimeUnit.Microseconds) or ColumnType.TimestampTz, _) or (_, "TIME" or "TIME WITH TIME ZONE") => 6,
            (ColumnType.Timestamp, _) or (_, "TIME_NS") => 9,
            _ => null,
        };

    /// <summary>A digit that would be rounded away.</summary>
    private static string Finer(int digits) => string.Create(CultureInfo.InvariantCulture, $@"\.(_?[0-9]){{{digits}}}[0-9_]*[1-9]|[eE]-");
}
