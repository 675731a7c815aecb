using System.Numerics;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.DuckDb;

/// <summary>Time columns of every type, to and from microseconds since 1970 UTC. No expression depends on the session's zone.</summary>
internal static class DuckDbTime
{
    private const long NanosPerMicro = 1_000;
    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerMilli = 1_000;

    // TIMESTAMP_NS knows 1677-09-22 to 2262-04-11.
    private static readonly long s_leastNanos = Instant.FromUtc(1677, 9, 22, 0, 0).ToUnixTimeTicks() * 100;

    /// <summary>
    /// An instant in the column's own type, rounded up to its unit. A type that cannot hold it gets its infinity, or its last
    /// number.
    /// </summary>
    public static SqlText Value(TimeColumn column, Instant at) =>
        column.Type switch
        {
            ColumnType.Integer => $"{Clamped(Ceiling(at, NanosOf(column.Unit)))}",
            _ when at == Instant.MinValue || at == Instant.MaxValue => Cast(column.Type, $"{at}"),
            ColumnType.Date => Cast(column.Type, $"{Up(at, NodaConstants.NanosecondsPerDay)}"),
            ColumnType.TimestampTz => $"make_timestamptz({Micros.From(Up(at, NanosPerMicro))})",
            ColumnType.Timestamp(TimeUnit.Nanoseconds) => Nanos(column.Type, Ceiling(at, 1)),
            ColumnType.Timestamp(var precision) => Cast(column.Type, $"{Up(at, NanosOf(precision))}"),
            _ => throw Refused(column),
        };

    /// <summary>
    /// Microseconds, rounded down: <c>epoch_us</c> cuts nanoseconds towards 1970. Of a date that no timestamp can say, NULL:
    /// DuckDB converts the ends of a column for its statistics, whatever a condition around it rules out.
    /// </summary>
    public static SqlText MicrosOf(TimeColumn column, SqlText value) =>
        column.Type switch
        {
            ColumnType.Integer => FromUnit(column.Unit, $"CAST({value} AS BIGINT)"),
            ColumnType.Timestamp(TimeUnit.Nanoseconds) => FloorDivide($"epoch_ns({value})", NanosPerMicro),
            ColumnType.Date => $"epoch_us(TRY_CAST({value} AS TIMESTAMP))",
            ColumnType.Timestamp or ColumnType.TimestampTz => $"epoch_us({value})",
            _ => throw Refused(column),
        };

    /// <summary>A value of the column's type, rounded down to its unit: a plain cast of a timestamp would round to the nearest.</summary>
    public static SqlText OfMicros(TimeColumn column, SqlText micros) =>
        column.Type switch
        {
            ColumnType.Integer => column.Unit switch
            {
                TimeUnit.Seconds => FloorDivide(micros, MicrosPerSecond),
                TimeUnit.Milliseconds => FloorDivide(micros, MicrosPerMilli),
                TimeUnit.Microseconds => $"({micros})",
                _ => $"({micros} * CAST({NanosPerMicro} AS BIGINT))",
            },
            ColumnType.TimestampTz => $"make_timestamptz({micros})",
            ColumnType.Date => $"CAST(make_timestamp({micros}) AS DATE)",
            ColumnType.Timestamp(TimeUnit.Seconds) =>
                $"CAST(make_timestamp({FloorDivide(micros, MicrosPerSecond)} * {MicrosPerSecond}) AS TIMESTAMP_S)",
            ColumnType.Timestamp(TimeUnit.Milliseconds) =>
                $"CAST(make_timestamp({FloorDivide(micros, MicrosPerMilli)} * {MicrosPerMilli}) AS TIMESTAMP_MS)",
            ColumnType.Timestamp(TimeUnit.Nanoseconds) => $"make_timestamp_ns({micros} * CAST({NanosPerMicro} AS BIGINT))",
            ColumnType.Timestamp => $"make_timestamp({micros})",
            _ => throw Refused(column),
        };

    /// <summary>Inside of what every bucket of a policy has room around.</summary>
    public static SqlText IsFinite(TimeColumn column, SqlText value) =>
        $"({value} IS NOT NULL AND {value} >= {Value(column, column.Known.From)} AND {value} < {Value(column, column.Known.To)})";

    /// <summary>Division that rounds towards −∞, by a positive number; always a BIGINT, whatever the operand is.</summary>
    public static SqlText FloorDivide(SqlText integer, long divisor) =>
        $"(({integer} - CASE WHEN {integer} < 0 THEN CAST({divisor - 1} AS BIGINT) ELSE 0 END) // {divisor})";

    private static SqlText FromUnit(TimeUnit unit, SqlText integer) =>
        unit switch
        {
            TimeUnit.Seconds => $"({integer} * {MicrosPerSecond})",
            TimeUnit.Milliseconds => $"({integer} * {MicrosPerMilli})",
            TimeUnit.Microseconds => integer,
            _ => FloorDivide(integer, NanosPerMicro),
        };

    private static SqlText Nanos(ColumnType type, BigInteger nanos) =>
        nanos < s_leastNanos ? Cast(type, $"{Instant.MinValue}")
        : nanos >= long.MaxValue ? Cast(type, $"{Instant.MaxValue}")
        : $"make_timestamp_ns({(long)nanos})";

    private static SqlText Cast(ColumnType type, SqlText timestamp) =>
        type switch
        {
            ColumnType.Date => $"CAST({timestamp} AS DATE)",
            ColumnType.TimestampTz => $"CAST({timestamp} AS TIMESTAMPTZ)",
            ColumnType.Timestamp(TimeUnit.Seconds) => $"CAST({timestamp} AS TIMESTAMP_S)",
            ColumnType.Timestamp(TimeUnit.Milliseconds) => $"CAST({timestamp} AS TIMESTAMP_MS)",
            ColumnType.Timestamp(TimeUnit.Nanoseconds) => $"CAST({timestamp} AS TIMESTAMP_NS)",
            _ => timestamp,
        };

    private static long NanosOf(TimeUnit unit) =>
        unit switch
        {
            TimeUnit.Seconds => 1_000_000_000,
            TimeUnit.Milliseconds => 1_000_000,
            TimeUnit.Microseconds => NanosPerMicro,
            _ => 1,
        };

    private static Instant Up(Instant at, long nanos)
    {
        var up = Ceiling(at, nanos) * nanos;
        return up > (Instant.MaxValue - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds()
            ? Instant.MaxValue
            : NodaConstants.UnixEpoch + Duration.FromNanoseconds(up);
    }

    private static BigInteger Ceiling(Instant at, long nanos)
    {
        var number =
            at == Instant.MinValue ? -BigInteger.Pow(10, 30)
            : at == Instant.MaxValue ? BigInteger.Pow(10, 30)
            : (at - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds();
        var up = BigInteger.DivRem(number, nanos, out var rest);
        return rest > 0 ? up + 1 : up;
    }

    private static long Clamped(BigInteger number) =>
        number < long.MinValue ? long.MinValue
        : number > long.MaxValue ? long.MaxValue
        : (long)number;

    private static InvalidOperationException Refused(TimeColumn column) => new($"{column.Name} is no time column.");
}
