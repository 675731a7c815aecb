using System.Globalization;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>What Varve makes of CrateDB's types, and how they are written again.</summary>
internal static class CrateDbTypes
{
    /// <param name="type">The type as the catalog writes it.</param>
    /// <param name="scale">Digits behind the point of a NUMERIC; null where it has no scale.</param>
    public static ColumnType Read(string type, long? scale) =>
        Base(type) switch
        {
            "byte" or "char" or "smallint" or "integer" or "bigint" => new ColumnType.Integer(),
            "real" or "double precision" => new ColumnType.Float(),
            "numeric" => new ColumnType.Decimal((int)(scale ?? ScaleOf(type))),
            "boolean" => new ColumnType.Bool(),
            "text" or "character varying" or "varchar" or "character" => new ColumnType.Text(),
            "timestamp with time zone" => new ColumnType.TimestampTz(),
            "timestamp without time zone" => new ColumnType.Timestamp(TimeUnit.Milliseconds),
            "date" => new ColumnType.Date(),
            "ip" or "uuid" or "bit" or "interval" or "time with time zone" => new ColumnType.Other(),
            _ => new ColumnType.Nested(),
        };

    /// <summary>The type of a column of a tier.</summary>
    /// <exception cref="EngineException">CrateDB cannot store it there.</exception>
    public static SqlText Write(StateType type) =>
        type switch
        {
            StateType.Count => $"BIGINT",
            StateType.Real => $"DOUBLE PRECISION",
            StateType.Exact(var scale) => $"NUMERIC(38, {(long)Math.Max(0, scale)})",
            StateType.Like(var column) => Like(column),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static SqlText Like(Column column) =>
        (column.Type, Base(column.TypeName)) switch
        {
            (ColumnType.Integer, "byte" or "char") => $"BYTE",
            (ColumnType.Integer, "smallint") => $"SMALLINT",
            (ColumnType.Integer, "integer") => $"INTEGER",
            (ColumnType.Integer, _) => $"BIGINT",
            (ColumnType.Float, "real") => $"REAL",
            (ColumnType.Float, _) => $"DOUBLE PRECISION",
            (ColumnType.Decimal(var scale), _) => $"NUMERIC(38, {(long)Math.Max(0, scale)})",
            (ColumnType.Bool, _) => $"BOOLEAN",
            (ColumnType.Text, _) => $"TEXT",
            (ColumnType.TimestampTz, _) => $"TIMESTAMP WITH TIME ZONE",
            (ColumnType.Timestamp, _) => $"TIMESTAMP WITHOUT TIME ZONE",
            (_, "ip") => $"IP",
            (_, "uuid") => $"UUID",
            _ => throw new EngineException(
                EngineCodes.Refused,
                $"{column.Name} is {column.TypeName}, which a tier on CrateDB cannot have. Leave it out of the policy."
            ),
        };

    private static string Base(string type) => type.IndexOf('(', StringComparison.Ordinal) is > 0 and var at ? type[..at] : type;

    // numeric(38,2)
    private static int ScaleOf(string type)
    {
        var comma = type.IndexOf(',', StringComparison.Ordinal);
        return
            comma > 0
            && int.TryParse(type.AsSpan(comma + 1).TrimEnd(')').Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var scale)
            ? scale
            : 0;
    }
}
