using System.Globalization;
using Varve.Planning;
using Varve.Policies;

namespace Varve.DuckDb;

/// <summary>What Varve makes of DuckDB's types, from the name that <c>duckdb_columns</c> gives them.</summary>
internal static class DuckDbTypes
{
    public static ColumnType Read(string name) =>
        name switch
        {
            [.., ']'] => new ColumnType.Nested(),
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" =>
                new ColumnType.Integer(),
            "FLOAT" or "DOUBLE" => new ColumnType.Float(),
            "BOOLEAN" => new ColumnType.Bool(),
            "VARCHAR" or "JSON" => new ColumnType.Text(),
            "TIMESTAMP_S" => new ColumnType.Timestamp(TimeUnit.Seconds),
            "TIMESTAMP_MS" => new ColumnType.Timestamp(TimeUnit.Milliseconds),
            "TIMESTAMP" => new ColumnType.Timestamp(TimeUnit.Microseconds),
            "TIMESTAMP_NS" => new ColumnType.Timestamp(TimeUnit.Nanoseconds),
            "TIMESTAMP WITH TIME ZONE" => new ColumnType.TimestampTz(),
            "DATE" => new ColumnType.Date(),
            "VARIANT" or "GEOMETRY" => new ColumnType.Nested(),
            _ when name.StartsWith("DECIMAL(", StringComparison.Ordinal) => new ColumnType.Decimal(Scale(name)),
            _ when name.StartsWith("ENUM(", StringComparison.Ordinal) => new ColumnType.Text(),
            _ when name.StartsWith("STRUCT(", StringComparison.Ordinal) => new ColumnType.Nested(),
            _ when name.StartsWith("MAP(", StringComparison.Ordinal) => new ColumnType.Nested(),
            _ when name.StartsWith("UNION(", StringComparison.Ordinal) => new ColumnType.Nested(),

            // UHUGEINT too: DuckDB adds it as DOUBLE.
            _ => new ColumnType.Other(),
        };

    private static int Scale(string name) =>
        int.Parse(name.AsSpan(name.IndexOf(',', StringComparison.Ordinal) + 1).TrimEnd(')'), CultureInfo.InvariantCulture);
}
