using System.Numerics;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>Time columns of every type, to and from microseconds since 1970 UTC. No expression depends on the session's zone.</summary>
internal static class PostgreSqlTime
{
    private const long NanosPerMicro = 1_000;
    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerMilli = 1_000;
    private const long MicrosPerDay = 86_400 * MicrosPerSecond;

    // The first day that PostgreSQL knows, of Julian's count.
    private static readonly Instant s_least = Instant.FromUtc(-4713, 11, 24, 0, 0);

    /// <summary>
    /// An instant in the column's own type, rounded up to its unit. What the type cannot hold becomes its first value, its
    /// infinity, or its last number.
    /// </summary>
    public static SqlText Value(TimeColumn column, Instant at) =>
        column.Type switch
        {
            ColumnType.Integer => $"CAST({Clamped(Ceiling(at, NanosOf(column.Unit)))} AS BIGINT)",
            ColumnType.Date => Date(at),
            ColumnType.TimestampTz => TimestampTz(Up(at, NanosPerMicro)),
            ColumnType.Timestamp => $"{Up(at, NanosPerMicro)}",
            _ => throw Refused(column),
        };

    /// <summary>
    /// The start of a bucket by date_bin, which reckons with integers; microseconds are a numeric, and that is slow. Null for
    /// types that date_bin does not take.
    /// </summary>
    public static SqlText? Binned(TimeColumn column, SqlText value, Duration width, Instant first)
    {
        if (column.Type is not (ColumnType.Timestamp or ColumnType.TimestampTz) || first < s_least)
            return null;
        return $"date_bin({(long)(width.TotalMilliseconds * MicrosPerMilli)} * INTERVAL '1 microsecond', {value}, {Value(column, first)})";
    }

    /// <summary>
    /// Microseconds, rounded down. NULL for infinities: PostgreSQL knows no integer for them, and may compute what a condition
    /// around it rules out.
    /// </summary>
    public static SqlText MicrosOf(TimeColumn column, SqlText value) =>
        column.Type switch
        {
            ColumnType.Integer => FromUnit(column.Unit, $"CAST({value} AS BIGINT)"),
            ColumnType.Date =>
                $"(CAST(nullif(nullif({value}, DATE 'infinity'), DATE '-infinity') - DATE '1970-01-01' AS BIGINT) * {MicrosPerDay})",
            ColumnType.Timestamp =>
                $"CAST(EXTRACT(EPOCH FROM nullif(nullif({value}, TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT)",
            ColumnType.TimestampTz =>
                $"CAST(EXTRACT(EPOCH FROM nullif(nullif({value}, TIMESTAMPTZ 'infinity'), TIMESTAMPTZ '-infinity')) * 1000000 AS BIGINT)",
            _ => throw Refused(column),
        };

    /// <summary>A value of the column's type, rounded down to its unit.</summary>
    public static SqlText OfMicros(TimeColumn column, SqlText micros) =>
        column.Type switch
        {
            ColumnType.Integer => column.Unit switch
            {
                TimeUnit.Seconds => FloorDivide(micros, MicrosPerSecond),
                TimeUnit.Milliseconds => FloorDivide(micros, MicrosPerMilli),
                TimeUnit.Microseconds => $"CAST({micros} AS BIGINT)",
                _ => $"(CAST({micros} AS BIGINT) * {NanosPerMicro})",
            },
            ColumnType.Date => $"(DATE '1970-01-01' + CAST({FloorDivide(micros, MicrosPerDay)} AS INTEGER))",
            ColumnType.TimestampTz => $"({Timestamp(micros)} AT TIME ZONE 'UTC')",
            ColumnType.Timestamp => Timestamp(micros),
            _ => throw Refused(column),
        };

    /// <summary>
    /// A timestamp of microseconds. An interval is multiplied as a double, which holds whole seconds and the rest of one exactly.
    /// </summary>
    public static SqlText Timestamp(SqlText micros) =>
        $"(TIMESTAMP '1970-01-01' + ({micros}) / {MicrosPerSecond} * INTERVAL '1 second' + ({micros}) % {MicrosPerSecond} * INTERVAL '1 microsecond')";

    /// <summary>The month of microseconds from year 1 on, since January of year 0.</summary>
    public static SqlText MonthOf(SqlText micros) =>
        $"CAST(date_part('year', {Timestamp(micros)}) * 12 + date_part('month', {Timestamp(micros)}) - 1 AS BIGINT)";

    /// <summary>The first microsecond of such a month: dates are subtracted as whole days.</summary>
    public static SqlText StartOfMonth(SqlText month) =>
        $"((CAST(DATE '0001-01-01' + make_interval(months => CAST({month} - 12 AS INTEGER)) AS DATE) - DATE '1970-01-01') * {MicrosPerDay})";

    /// <summary>Inside of what every bucket of a policy has room around.</summary>
    public static SqlText IsFinite(TimeColumn column, SqlText value) =>
        $"({value} IS NOT NULL AND {value} >= {Value(column, column.Known.From)} AND {value} < {Value(column, column.Known.To)})";

    /// <summary>Division that rounds towards −∞, by a positive number.</summary>
    public static SqlText FloorDivide(SqlText integer, long divisor) =>
        $"(({integer} - CASE WHEN {integer} < 0 THEN CAST({divisor - 1} AS BIGINT) ELSE 0 END) / {divisor})";

    private static SqlText Date(Instant at)
    {
        if (at == Instant.MinValue)
            return $"DATE '-infinity'";
        if (at == Instant.MaxValue)
            return $"DATE 'infinity'";
        return $"CAST({PostgreSqlLiteral.Date(Up(at, NodaConstants.NanosecondsPerDay).InUtc().Date)} AS DATE)";
    }

    private static SqlText TimestampTz(Instant at)
    {
        if (at == Instant.MinValue || at == Instant.MaxValue)
            return $"CAST({at} AS TIMESTAMPTZ)";
        return $"({at} AT TIME ZONE 'UTC')";
    }

    private static SqlText FromUnit(TimeUnit unit, SqlText integer) =>
        unit switch
        {
            TimeUnit.Seconds => $"({integer} * {MicrosPerSecond})",
            TimeUnit.Milliseconds => $"({integer} * {MicrosPerMilli})",
            TimeUnit.Microseconds => integer,
            _ => FloorDivide(integer, NanosPerMicro),
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
        if (at == Instant.MinValue || at == Instant.MaxValue)
            return at;
        if (at < s_least)
            return s_least;
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
