using CsCheck;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Time columns of every type: to and from microseconds, around 1970, and at the ends of what they hold.</summary>
public sealed class TimeColumnTests : Files
{
    private static readonly (string Type, TimeColumn Column, long Nanos)[] s_kinds =
    [
        ("TIMESTAMP_S", Of(new ColumnType.Timestamp(TimeUnit.Seconds), TimeUnit.Seconds), 1_000_000_000),
        ("TIMESTAMP_MS", Of(new ColumnType.Timestamp(TimeUnit.Milliseconds), TimeUnit.Milliseconds), 1_000_000),
        ("TIMESTAMP", Of(new ColumnType.Timestamp(TimeUnit.Microseconds), TimeUnit.Microseconds), 1_000),
        ("TIMESTAMP_NS", Of(new ColumnType.Timestamp(TimeUnit.Nanoseconds), TimeUnit.Nanoseconds), 1),
        ("TIMESTAMPTZ", Of(new ColumnType.TimestampTz(), TimeUnit.Microseconds), 1_000),
        ("DATE", Of(new ColumnType.Date(), TimeUnit.Microseconds), NodaConstants.NanosecondsPerDay),
        ("BIGINT", Of(new ColumnType.Integer(), TimeUnit.Seconds), 1_000_000_000),
        ("BIGINT ", Of(new ColumnType.Integer(), TimeUnit.Milliseconds), 1_000_000),
        ("BIGINT  ", Of(new ColumnType.Integer(), TimeUnit.Microseconds), 1_000),
        ("BIGINT   ", Of(new ColumnType.Integer(), TimeUnit.Nanoseconds), 1),
    ];

    private static readonly Gen<Instant> s_instants = Gen.Frequency(
            (3, Gen.Long[-2_000_000_000_000L, 2_000_000_000_000L]),
            (2, Gen.Long[-8_000_000_000_000_000_000L, 8_000_000_000_000_000_000L]),
            (1, Gen.Long[-3, 3])
        )
        .Select(nanos => NodaConstants.UnixEpoch + Duration.FromNanoseconds(nanos));

    public static TheoryData<string> Kinds => [.. s_kinds.Select(k => k.Type)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_instant_is_rounded_up_to_the_unit_of_its_column(string kind)
    {
        var (column, nanos, dialect, database) = Open(kind);
        await using var open = database;
        await s_instants.SampleAsync(
            async at =>
                Assert.Equal(FloorMicros(Up(at, nanos)), await Number(database, dialect.MicrosOf(column, dialect.TimeValue(column, at)))),
            iter: 150,
            threads: 1
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Microseconds_are_rounded_down_to_the_unit_of_their_column(string kind)
    {
        var (column, nanos, dialect, database) = Open(kind);
        await using var open = database;
        var unit = Math.Max(nanos / 1000, 1);
        await s_instants
            .Select(Micros.From)
            .SampleAsync(
                async micros =>
                    Assert.Equal(
                        micros - Mod(micros, unit),
                        await Number(database, dialect.MicrosOf(column, dialect.TimeOfMicros(column, $"{micros}")))
                    ),
                iter: 150,
                threads: 1
            );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_expression_depends_on_the_zone_of_the_session(string kind)
    {
        var (column, _, dialect, database) = Open(kind);
        await using var open = database;
        var at = Instant.FromUtc(2024, 7, 1, 0, 0);
        SqlText query =
            $"SELECT {dialect.MicrosOf(column, dialect.TimeValue(column, at))}, {dialect.MicrosOf(column, dialect.TimeOfMicros(column, $"{Micros.From(at)}"))}";
        await database.Engine.TransactAsync(
            async (statements, token) =>
            {
                await statements.ExecuteAsync($"SET TimeZone = 'Asia/Kathmandu'", token);
                var row = (await statements.QueryAsync(query, token))[0];
                Assert.Equal(Micros.From(at), row.Long(0));
                Assert.Equal(Micros.From(at), row.Long(1));
                return 0;
            },
            Scope.Reading,
            default
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Null_and_infinities_are_no_instants(string kind)
    {
        var (column, _, dialect, database) = Open(kind);
        await using var open = database;
        var type = kind.Trim();
        await Do(database, Table(type));
        async Task<bool> Finite(SqlText value) => (await Ask(database, $"SELECT {dialect.IsFiniteTime(column, value)}"))[0].Truth(0);
        SqlText nothing = $"{(string?)null}";
        await Do(database, $"INSERT INTO t VALUES ({nothing})");
        await Do(
            database,
            $"INSERT INTO t VALUES ({dialect.TimeValue(column, Instant.FromUtc(1969, 12, 31, 0, 0))}), ({dialect.TimeValue(column, Instant.FromUtc(2024, 2, 29, 0, 0))})"
        );
        Assert.Equal(2, (await Ask(database, $"SELECT count(*) FROM t WHERE {dialect.IsFiniteTime(column, $"ts")}"))[0].Long(0));
        Assert.Equal(1, (await Ask(database, $"SELECT count(*) FROM t WHERE NOT {dialect.IsFiniteTime(column, $"ts")}"))[0].Long(0));
        if (column.Type is ColumnType.Integer)
            return;
        Assert.False(await Finite(dialect.TimeValue(column, Instant.MinValue)));
        Assert.False(await Finite(dialect.TimeValue(column, Instant.MaxValue)));
        await Do(database, $"INSERT INTO t VALUES ('-infinity'), ('infinity')");
        Assert.Equal(3, (await Ask(database, $"SELECT count(*) FROM t WHERE NOT {dialect.IsFiniteTime(column, $"ts")}"))[0].Long(0));
    }

    [Fact]
    public async Task Years_that_buckets_have_no_room_around_do_not_count()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        var column = Kind("TIMESTAMP").Column;
        await Do(
            database,
            $"CREATE TABLE t AS SELECT * FROM (VALUES (TIMESTAMP '20000-01-01'), (TIMESTAMP '9998-12-31 23:59:59.999999'), (TIMESTAMP '9999-01-01'), (TIMESTAMP '9999-12-31 23:59:59.999999'), (TIMESTAMP '10000-01-01')) v(ts)"
        );
        var row = (
            await Ask(
                database,
                $"SELECT count(*), {dialect.MicrosOf(column, $"max(ts)")} FROM t WHERE {dialect.IsFiniteTime(column, $"ts")}"
            )
        )[0];
        Assert.Equal(1, row.Long(0));
        Assert.Equal(Instant.FromUtc(9998, 12, 31, 23, 59, 59) + Duration.FromMilliseconds(999.999), Micros.ToInstant(row.Long(1)));
        var seconds = Kind("BIGINT").Column;
        Assert.Equal(
            1,
            (
                await Ask(
                    database,
                    $"SELECT count(*) FROM (VALUES (253370764799), (253370764800), (253402300799), (9223372036854775807), (NULL)) v(ts) WHERE {dialect.IsFiniteTime(seconds, $"ts")}"
                )
            )[0]
                .Long(0)
        );
    }

    [Fact]
    public async Task Bounds_beyond_what_nanoseconds_hold_become_infinite()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        var column = Kind("TIMESTAMP_NS").Column;
        Assert.Equal(
            true,
            await One(database, $"SELECT {dialect.TimeValue(column, Instant.FromUtc(1500, 1, 1, 0, 0))} = TIMESTAMP_NS '-infinity'")
        );
        Assert.Equal(
            true,
            await One(database, $"SELECT {dialect.TimeValue(column, Instant.FromUtc(2500, 1, 1, 0, 0))} = TIMESTAMP_NS 'infinity'")
        );
        var integer = Kind("BIGINT   ").Column;
        Assert.Equal(
            long.MinValue,
            (await Ask(database, $"SELECT {dialect.TimeValue(integer, Instant.FromUtc(1500, 1, 1, 0, 0))}"))[0].Long(0)
        );
        Assert.Equal(long.MaxValue, (await Ask(database, $"SELECT {dialect.TimeValue(integer, Instant.MaxValue)}"))[0].Long(0));
    }

    [Fact]
    public async Task Conditions_on_time_are_answered_from_zone_maps()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        var column = Kind("TIMESTAMP").Column;
        await Do(database, $"CREATE TABLE t AS SELECT make_timestamp(1700000000000000 + i * 1000000) AS ts FROM range(1000000) r(i)");
        var plan = string.Join(
            '\n',
            (await Ask(database, $"EXPLAIN SELECT count(*) FROM t WHERE NOT {dialect.IsFiniteTime(column, $"ts")}")).Select(r => r.Text(1))
        );
        Assert.Contains("EMPTY", plan, StringComparison.Ordinal);
        var inRange = string.Join(
            '\n',
            (
                await Ask(
                    database,
                    $"EXPLAIN SELECT count(*) FROM t WHERE ts < {dialect.TimeValue(column, Instant.FromUtc(2023, 1, 1, 0, 0))}"
                )
            ).Select(r => r.Text(1))
        );
        Assert.Contains("EMPTY", inRange, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_dates_are_those_of_the_zone()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        var column = Kind("TIMESTAMP").Column;
        await Do(
            database,
            $"CREATE VIEW v AS SELECT {dialect.LocalDate(column, $"{Instant.FromUtc(2025, 3, 29, 23, 0)}", "Europe/Berlin")} AS d"
        );
        Assert.Equal(new LocalDate(2025, 3, 30), await One(database, $"SELECT d FROM v"));
    }

    private static TimeColumn Of(ColumnType type, TimeUnit unit) => new("ts", type, unit);

    private static (string Type, TimeColumn Column, long Nanos) Kind(string type) => s_kinds.Single(k => k.Type == type);

    private static SqlText Table(string type) =>
        type switch
        {
            "TIMESTAMP_S" => $"CREATE TABLE t (ts TIMESTAMP_S)",
            "TIMESTAMP_MS" => $"CREATE TABLE t (ts TIMESTAMP_MS)",
            "TIMESTAMP" => $"CREATE TABLE t (ts TIMESTAMP)",
            "TIMESTAMP_NS" => $"CREATE TABLE t (ts TIMESTAMP_NS)",
            "TIMESTAMPTZ" => $"CREATE TABLE t (ts TIMESTAMPTZ)",
            "DATE" => $"CREATE TABLE t (ts DATE)",
            "BIGINT" => $"CREATE TABLE t (ts BIGINT)",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };

    private (TimeColumn Column, long Nanos, Dialect Dialect, Database Database) Open(string kind)
    {
        var (_, column, nanos) = Kind(kind);
        var database = New();
        return (column, nanos, database.Engine.Dialect, database);
    }

    private static async Task<long> Number(Database database, SqlText value) => (await Ask(database, $"SELECT {value}"))[0].Long(0);

    private static Instant Up(Instant at, long nanos)
    {
        var number = (long)(at - NodaConstants.UnixEpoch).ToBigIntegerNanoseconds();
        var over = Mod(number, nanos);
        return over == 0 ? at : at + Duration.FromNanoseconds(nanos - over);
    }

    private static long FloorMicros(Instant at) => Micros.From(at);

    private static long Mod(long value, long by) => ((value % by) + by) % by;
}
