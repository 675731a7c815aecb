using Varve.DuckDb;
using Varve.Planning;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>Types and values between PostgreSQL and the parts of archives, which hold DuckDB's types.</summary>
internal static class PostgreSqlWire
{
    private const int MostDigits = 38;

    /// <summary>The type that parts hold; null where values would not come back as they went.</summary>
    public static string? TypeOf(Column column) =>
        (column.Type, column.TypeName) switch
        {
            (ColumnType.Integer, "smallint") => "SMALLINT",
            (ColumnType.Integer, "integer") => "INTEGER",
            (ColumnType.Integer, _) => "BIGINT",
            (ColumnType.Float, "real") => "FLOAT",
            (ColumnType.Float, _) => "DOUBLE",
            (ColumnType.Decimal { Scale: >= 0 } type, var name) => DecimalOf(name, type.Scale),
            (ColumnType.Bool, _) => "BOOLEAN",
            (ColumnType.Text, _) or (_, "json" or "jsonb") => "VARCHAR",
            (ColumnType.Timestamp, _) => "TIMESTAMP",
            (ColumnType.TimestampTz, _) => "TIMESTAMP WITH TIME ZONE",
            (ColumnType.Date, _) => "DATE",
            (_, "uuid") => "UUID",
            (_, "bytea") => "BLOB",
            (_, "time without time zone" or "time(6) without time zone") => "TIME",
            _ => null,
        };

    /// <summary>A type that parts hold, for a column of another one.</summary>
    public static string Instead(Column column) =>
        column.Type switch
        {
            ColumnType.Decimal => "numeric(p, s) of at most 38 digits",
            _ when column.TypeName == "interval" => "a bigint of microseconds",
            _ when column.TypeName.StartsWith("time", StringComparison.Ordinal) => "time",
            _ => "text",
        };

    /// <summary>The type of a table that is made of parts; null where PostgreSQL has none.</summary>
    public static SqlText? Made(string type) =>
        type switch
        {
            "TINYINT" or "UTINYINT" or "SMALLINT" => $"smallint",
            "USMALLINT" or "INTEGER" => $"integer",
            "UINTEGER" or "BIGINT" => $"bigint",
            "UBIGINT" => $"numeric(20, 0)",
            "FLOAT" => $"real",
            "DOUBLE" => $"double precision",
            "BOOLEAN" => $"boolean",
            "VARCHAR" => $"text",
            "JSON" => $"json",
            "BLOB" => $"bytea",
            "UUID" => $"uuid",
            "DATE" => $"date",
            "TIME" => $"time",
            "TIMESTAMP" or "TIMESTAMP_MS" or "TIMESTAMP_S" => $"timestamp",
            "TIMESTAMP WITH TIME ZONE" => $"timestamptz",
            _ when type.StartsWith("DECIMAL(", StringComparison.Ordinal) && !type.EndsWith(']') => Numeric(type),
            _ => null,
        };

    /// <summary>A value of a column as it comes to parts.</summary>
    /// <param name="type">The type that they hold.</param>
    /// <param name="value">The value.</param>
    public static SqlText Write(string type, SqlText value) =>
        DuckDbWire.Of(type) switch
        {
            DuckDbWire.Kind.Real => $"CAST({value} AS DOUBLE PRECISION)",
            DuckDbWire.Kind.Number => type switch
            {
                "BOOLEAN" => $"CAST(CAST({value} AS INTEGER) AS BIGINT)",
                "DATE" =>
                    $"CASE WHEN isfinite({value}) THEN CAST({value} - DATE '1970-01-01' AS BIGINT) {Ends(value, $"DATE 'infinity'")} END",
                "TIMESTAMP WITH TIME ZONE" => Micros($"({value} AT TIME ZONE 'UTC')"),
                _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) => Micros(value),
                _ => $"CAST({value} AS BIGINT)",
            },
            _ when type == "BLOB" => $"encode({value}, 'hex')",
            _ => $"CAST({value} AS TEXT)",
        };

    /// <summary>The value from the text by which it went.</summary>
    public static SqlText Read(string type, SqlText wire) =>
        type switch
        {
            "BOOLEAN" => $"CAST(CAST({wire} AS INTEGER) AS BOOLEAN)",
            "BLOB" => $"decode({wire}, 'hex')",
            "DATE" =>
                $"CASE WHEN {Infinite(wire)} THEN CAST({Infinity(wire)} AS DATE) ELSE DATE '1970-01-01' + CAST({wire} AS INTEGER) END",
            "TIMESTAMP WITH TIME ZONE" => $"({At(wire)} AT TIME ZONE 'UTC')",
            _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) => At(wire),
            _ when Made(type) is { } made => $"CAST({wire} AS {made})",
            _ => wire,
        };

    private static string? DecimalOf(string name, int scale)
    {
        // Of a domain nobody says the precision: as many digits as there can be.
        var digits = name.StartsWith("numeric(", StringComparison.Ordinal)
            ? int.Parse(
                name.AsSpan("numeric(".Length, name.IndexOfAny([',', ')']) - "numeric(".Length),
                System.Globalization.CultureInfo.InvariantCulture
            )
            : MostDigits;
        return digits <= MostDigits && scale <= digits ? FormattableString.Invariant($"DECIMAL({digits},{scale})") : null;
    }

    private static SqlText Numeric(string type)
    {
        var (precision, scale) = DuckDbWire.DecimalOf(type);
        return $"numeric({precision}, {scale})";
    }

    private static SqlText Micros(SqlText value) =>
        $"CASE WHEN isfinite({value}) THEN CAST(EXTRACT(EPOCH FROM nullif(nullif({value}, TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) {Ends(value, $"TIMESTAMP 'infinity'")} END";

    private static SqlText Ends(SqlText value, SqlText infinity) =>
        $"WHEN {value} = {infinity} THEN {long.MaxValue} WHEN {value} IS NOT NULL THEN CAST({long.MinValue} AS BIGINT)";

    private static SqlText At(SqlText wire) =>
        $"CASE WHEN {Infinite(wire)} THEN CAST({Infinity(wire)} AS TIMESTAMP) ELSE {PostgreSqlTime.Timestamp($"CAST({wire} AS BIGINT)")} END";

    private static SqlText Infinite(SqlText wire) => $"{wire} IN ('9223372036854775807', '-9223372036854775808')";

    private static SqlText Infinity(SqlText wire) => $"CASE WHEN {wire} LIKE '-%' THEN '-infinity' ELSE 'infinity' END";
}
