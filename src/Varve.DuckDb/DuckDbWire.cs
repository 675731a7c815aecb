using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// How values of a type come to a bench and go from it: as a number, as a double, or as text. Timestamps are microseconds and
/// dates days since 1970, with the least and the greatest number for infinities; bytes are hexadecimal digits.
/// </summary>
internal static class DuckDbWire
{
    /// <summary>As what values of a type come.</summary>
    public enum Kind
    {
        /// <summary>A 64-bit integer.</summary>
        Number,

        /// <summary>A double.</summary>
        Real,

        /// <summary>Text.</summary>
        Text,
    }

    /// <param name="type">A type that parts hold, as DuckDB writes it.</param>
    public static Kind Of(string type) =>
        type switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "BOOLEAN" or "DATE" =>
                Kind.Number,
            "FLOAT" or "DOUBLE" => Kind.Real,
            _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) => Kind.Number,
            _ => Kind.Text,
        };

    /// <summary>The type of a column to which such values come.</summary>
    public static SqlText TypeOf(Kind kind) =>
        kind switch
        {
            Kind.Number => $"BIGINT",
            Kind.Real => $"DOUBLE",
            _ => $"VARCHAR",
        };

    /// <summary>The value of its type from what came.</summary>
    public static SqlText Read(string type, SqlText wire) =>
        type switch
        {
            "TINYINT" => $"CAST({wire} AS TINYINT)",
            "SMALLINT" => $"CAST({wire} AS SMALLINT)",
            "INTEGER" => $"CAST({wire} AS INTEGER)",
            "UTINYINT" => $"CAST({wire} AS UTINYINT)",
            "USMALLINT" => $"CAST({wire} AS USMALLINT)",
            "UINTEGER" => $"CAST({wire} AS UINTEGER)",
            "UBIGINT" => $"CAST({wire} AS UBIGINT)",
            "BOOLEAN" => $"CAST({wire} AS BOOLEAN)",
            "FLOAT" => $"CAST({wire} AS FLOAT)",
            "DATE" =>
                $"CASE {wire} WHEN {long.MaxValue} THEN DATE 'infinity' WHEN {long.MinValue} THEN DATE '-infinity' ELSE DATE '1970-01-01' + CAST({wire} AS INTEGER) END",
            "TIMESTAMP_S" => $"CAST({At(wire)} AS TIMESTAMP_S)",
            "TIMESTAMP_MS" => $"CAST({At(wire)} AS TIMESTAMP_MS)",
            "TIMESTAMP" => At(wire),
            "TIMESTAMP WITH TIME ZONE" => $"CAST({At(wire)} AS TIMESTAMP WITH TIME ZONE)",
            "TIME" => $"CAST({wire} AS TIME)",
            "UUID" => $"CAST({wire} AS UUID)",
            "BLOB" => $"unhex({wire})",
            _ when type.StartsWith("DECIMAL(", StringComparison.Ordinal) => Decimal(type, wire),
            _ => wire,
        };

    /// <summary>A value as text, as it goes.</summary>
    public static SqlText Write(string type, SqlText value) =>
        type switch
        {
            "BOOLEAN" => $"CAST(CAST({value} AS INTEGER) AS VARCHAR)",
            "DATE" =>
                $"CASE {value} WHEN DATE 'infinity' THEN {Text(long.MaxValue)} WHEN DATE '-infinity' THEN {Text(long.MinValue)} ELSE CAST(date_diff('day', DATE '1970-01-01', {value}) AS VARCHAR) END",
            "BLOB" => $"lower(hex({value}))",
            _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) =>
                $"CASE CAST({value} AS TIMESTAMP) WHEN TIMESTAMP 'infinity' THEN {Text(long.MaxValue)} WHEN TIMESTAMP '-infinity' THEN {Text(long.MinValue)} ELSE CAST(epoch_us(CAST({value} AS TIMESTAMP)) AS VARCHAR) END",
            _ => $"CAST({value} AS VARCHAR)",
        };

    private static SqlText At(SqlText wire) =>
        $"CASE {wire} WHEN {long.MaxValue} THEN TIMESTAMP 'infinity' WHEN {long.MinValue} THEN TIMESTAMP '-infinity' ELSE make_timestamp({wire}) END";

    private static SqlText Text(long number) => $"{number.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    // The digits of a type's name are no text of anybody's.
    private static SqlText Decimal(string type, SqlText wire)
    {
        var (precision, scale) = DecimalOf(type);
        return $"CAST({wire} AS DECIMAL({precision}, {scale}))";
    }

    /// <summary>Precision and scale of a decimal, from its name.</summary>
    public static (long Precision, long Scale) DecimalOf(string type)
    {
        var parts = type["DECIMAL(".Length..^1].Split(',');
        return (
            long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture),
            long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)
        );
    }
}
