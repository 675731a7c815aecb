using System.Numerics;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>Time columns of every type, to and from microseconds since 1970 UTC.</summary>
internal static class CrateDbTimeSql
{
    /// <summary>An instant in the column's own type, rounded up to its unit.</summary>
    public static SqlText Value(TimeColumn column, Instant at) =>
        column.Type switch
        {
            ColumnType.Integer => $"{Ceiling(at, column.Unit)}",
            _ => $"{Ceiling(at, TimeUnit.Milliseconds)}::BIGINT::TIMESTAMP WITH TIME ZONE",
        };

    /// <summary>Microseconds, rounded down.</summary>
    public static SqlText MicrosOf(TimeColumn column, SqlText value) =>
        column switch
        {
            { Type: ColumnType.Integer, Unit: TimeUnit.Seconds } => $"({value}::BIGINT * 1000000)",
            { Type: ColumnType.Integer, Unit: TimeUnit.Microseconds } => $"{value}::BIGINT",
            { Type: ColumnType.Integer, Unit: TimeUnit.Nanoseconds } => FloorDivide($"{value}::BIGINT", 1_000),
            _ => $"({value}::BIGINT * 1000)",
        };

    /// <summary>A value of the column's type, rounded down to its unit.</summary>
    public static SqlText OfMicros(TimeColumn column, SqlText micros) =>
        column switch
        {
            { Type: ColumnType.Integer, Unit: TimeUnit.Seconds } => FloorDivide(micros, 1_000_000),
            { Type: ColumnType.Integer, Unit: TimeUnit.Milliseconds } => FloorDivide(micros, 1_000),
            { Type: ColumnType.Integer, Unit: TimeUnit.Microseconds } => $"({micros})",
            { Type: ColumnType.Integer } => $"({micros} * 1000)",
            { Type: ColumnType.Timestamp } => $"{FloorDivide(micros, 1_000)}::TIMESTAMP WITHOUT TIME ZONE",
            _ => $"{FloorDivide(micros, 1_000)}::TIMESTAMP WITH TIME ZONE",
        };

    /// <summary>Inside of what every bucket of a policy has room around.</summary>
    public static SqlText IsFinite(TimeColumn column, SqlText value) =>
        $"({value} IS NOT NULL AND {value} >= {Value(column, column.Known.From)} AND {value} < {Value(column, column.Known.To)})";

    /// <summary>A timestamp, whatever the column is.</summary>
    public static SqlText AsTimestamp(TimeColumn column, SqlText value) =>
        column.Type is ColumnType.Integer ? $"{FloorDivide(MicrosOf(column, value), 1_000)}::TIMESTAMP WITH TIME ZONE" : value;

    /// <summary>The largest multiple of a width at or below: CrateDB's <c>%</c> has the sign of the number.</summary>
    public static SqlText FloorTo(SqlText integer, long width) => $"({integer} - (({integer} % {width}) + {width}) % {width})";

    /// <summary>Division that rounds towards −∞, by a positive number.</summary>
    public static SqlText FloorDivide(SqlText integer, long divisor) => $"({FloorTo(integer, divisor)} / {divisor})";

    private static long Ceiling(Instant at, TimeUnit unit)
    {
        if (at == Instant.MinValue)
            return CrateDbTime.Least;
        if (at == Instant.MaxValue)
            return CrateDbTime.Greatest;
        var nanos = unit switch
        {
            TimeUnit.Seconds => 1_000_000_000,
            TimeUnit.Milliseconds => 1_000_000,
            TimeUnit.Microseconds => 1_000,
            _ => 1,
        };
        var up = BigInteger.DivRem((at - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds(), nanos, out var rest);
        if (rest > 0)
            up++;
        return up < CrateDbTime.Least ? CrateDbTime.Least
            : up > CrateDbTime.Greatest ? CrateDbTime.Greatest
            : (long)up;
    }
}
