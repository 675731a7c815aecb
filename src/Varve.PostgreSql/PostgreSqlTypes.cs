using System.Globalization;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>What Varve makes of PostgreSQL's types.</summary>
internal static class PostgreSqlTypes
{
    /// <param name="name">The name of the type below all domains, as pg_type has it.</param>
    /// <param name="category">Its category, as pg_type has it.</param>
    /// <param name="modifier">The modifier of the column, or of its domain; -1 for none.</param>
    /// <param name="isOrdered">Whether its values can be ordered.</param>
    public static ColumnType Read(string name, string category, int modifier, bool isOrdered) =>
        name switch
        {
            "int2" or "int4" or "int8" => new ColumnType.Integer(),
            "float4" or "float8" => new ColumnType.Float(),
            "numeric" => new ColumnType.Decimal(ScaleOf(modifier)) { IsOpen = true },
            "bool" => new ColumnType.Bool(),
            "text" or "varchar" or "bpchar" or "name" => new ColumnType.Text(),
            "timestamp" => new ColumnType.Timestamp(TimeUnit.Microseconds),
            "timestamptz" => new ColumnType.TimestampTz(),
            "date" => new ColumnType.Date(),
            _ when category is "A" or "C" or "R" or "G" or "P" || name is "jsonb" || !isOrdered => new ColumnType.Nested(),
            _ when category is "E" => new ColumnType.Text(),
            _ => new ColumnType.Other(),
        };

    /// <summary>An expression that sorts text by its bytes, as every machine does; anything else in its own order.</summary>
    public static SqlText Bytewise(Column column, SqlText value) => IsCollated(column) ? $"{value} COLLATE \"C\"" : value;

    /// <summary>
    /// The least or greatest value: PostgreSQL has no such function of every type that it can order, but of arrays of them.
    /// </summary>
    public static SqlText Extreme(Column column, SqlText value, SqlText function, SqlText ofTruth) =>
        column switch
        {
            { Type: ColumnType.Bool } => $"{ofTruth}({value})",
            { Type: ColumnType.Other } => $"({function}(ARRAY[{value}]) FILTER (WHERE {value} IS NOT NULL))[1]",
            _ => $"{function}({Bytewise(column, value)})",
        };

    /// <summary>True for types whose order is that of a language.</summary>
    public static bool IsCollated(Column column) =>
        column.Type is ColumnType.Text
        && (column.TypeName is "text" or "name" || column.TypeName.StartsWith("character", StringComparison.Ordinal));

    /// <summary>The modifier of a numeric: precision and scale in one number, plus four; of one without, more than any value has.</summary>
    private static int ScaleOf(int modifier) => modifier < 0 ? -1 : (short)(((modifier - 4) & 0x7ff) ^ 1024) - 1024;
}
