using System.Diagnostics;
using DuckDB.NET.Data;
using NodaTime;
using Varve.DuckDb;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

public sealed class EngineTests : Files
{
    private static readonly SqlText s_endless =
        $"SELECT count(*) FROM range(100000000) a(i), range(100000000) b(j), range(1000) c(k) WHERE i + j + k = 7";

    [Fact]
    public async Task It_says_who_and_what_it_is()
    {
        await using var database = New("metrics.duckdb");
        var before = SystemNow();
        var identity = await database.Engine.IdentifyAsync(default);
        Assert.Equal("duckdb", identity.Engine);
        Assert.Matches(@"^v1\.\d+\.\d+$", identity.Version);
        Assert.Equal("metrics", identity.Database);
        Assert.Equal(Environment.UserName, identity.User);
        Assert.InRange(identity.Now, before - Duration.FromSeconds(1), SystemNow() + Duration.FromSeconds(1));
    }

    [Fact]
    public async Task What_it_can_do_is_true()
    {
        await using var database = New();
        var can = database.Engine.Capabilities;
        Assert.True(can.Transactions && can.IgnoresCase);
        Assert.False(can.Partitions || can.ReturnsSpace || can.LeavesDeadRows);
        var name = new string('n', 5000);
        await Do(database, $"CREATE TABLE {new TableName(null, name)} (a INTEGER)");
        Assert.NotNull(await database.Engine.DescribeAsync(new(null, name), default));
        Assert.NotNull(await database.Engine.DescribeAsync(new(null, name.ToUpperInvariant()), default));
        await Do(
            database,
            $"CREATE TABLE wide AS SELECT {SqlText.Join(", ", Enumerable.Range(0, 3000).Select(i => (SqlText)$"{(long)i} AS {new Identifier($"c{i}")}"))}"
        );
        Assert.Equal(3000, (await database.Engine.DescribeAsync(new(null, "wide"), default))!.Columns.Count);
    }

    [Fact]
    [Rule("duckdb-transaction")]
    public async Task Work_that_throws_leaves_nothing_behind()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t (a INTEGER)");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() =>
            database.Engine.TransactAsync<int>(
                async (statements, token) =>
                {
                    await statements.ExecuteAsync($"INSERT INTO t VALUES (1)", token);
                    await statements.ExecuteAsync($"CREATE TABLE u (a INTEGER)", token);
                    throw new InvalidTimeZoneException();
                },
                Scope.Writing,
                default
            )
        );
        Assert.Equal(0, (await Ask(database, $"SELECT count(*) FROM t"))[0].Long(0));
        Assert.Null(await database.Engine.DescribeAsync(new(null, "u"), default));
    }

    [Fact]
    public async Task A_statement_that_fails_rolls_everything_back_and_the_next_transaction_works()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t (a INTEGER)");
        await Assert.ThrowsAsync<EngineException>(() =>
            database.Engine.TransactAsync(
                async (statements, token) =>
                {
                    await statements.ExecuteAsync($"INSERT INTO t VALUES (1)", token);
                    return await statements.ExecuteAsync($"INSERT INTO t VALUES ('x')", token);
                },
                Scope.Writing,
                default
            )
        );
        Assert.Equal(3, await Do(database, $"INSERT INTO t VALUES (1), (2), (3)"));
        Assert.Equal(3, (await Ask(database, $"SELECT count(*) FROM t"))[0].Long(0));
        Assert.Equal(2, await Do(database, $"DELETE FROM t WHERE a > 1"));
        Assert.Equal(0, await Do(database, $"CREATE TABLE u (a INTEGER)"));
    }

    [Fact]
    public async Task A_reading_transaction_writes_nothing()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t (a INTEGER)");
        var error = await Assert.ThrowsAsync<EngineException>(() => Ask(database, $"INSERT INTO t VALUES (1)"));
        Assert.Equal(EngineCodes.ReadOnly, error.Code);
    }

    [Fact]
    public async Task What_is_looked_at_inside_a_transaction_is_what_it_has_made()
    {
        await using var database = New();
        var (described, rows) = await database.Engine.TransactAsync(
            async (statements, token) =>
            {
                await statements.ExecuteAsync($"CREATE TABLE t AS SELECT 1 AS a", token);
                return (
                    await statements.DescribeAsync(new("main", "t"), token),
                    (await statements.MeasureAsync([new("main", "t")], withBytes: true, token))[0].Rows
                );
            },
            Scope.Writing,
            default
        );
        Assert.NotNull(described);
        Assert.Equal(1, rows);
    }

    [Fact]
    public async Task A_transaction_inside_of_a_transaction_is_refused_and_not_waited_for()
    {
        await using var database = New();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            database.Engine.TransactAsync((_, _) => Ask(database, $"SELECT 1"), Scope.Reading, default)
        );
        Assert.Equal(1, await One(database, $"SELECT 1"));
    }

    [Fact]
    public async Task Transactions_at_once_run_one_after_the_other()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t AS SELECT 0 AS a");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Do(database, $"UPDATE t SET a = a + 1")));
        Assert.Equal(20, await One(database, $"SELECT a FROM t"));
    }

    [Fact]
    public async Task Work_that_blocks_does_not_hold_up_who_asked_for_it()
    {
        await using var database = New();
        using var asked = new ManualResetEventSlim();
        var work = database.Engine.TransactAsync(
            (_, token) => Task.FromResult(asked.Wait(TimeSpan.FromSeconds(30), token)),
            Scope.Reading,
            default
        );
        asked.Set();
        Assert.True(await work);
    }

    [Fact]
    public async Task Statements_are_of_no_use_after_their_transaction()
    {
        await using var database = New();
        var kept = await database.Engine.TransactAsync((statements, _) => Task.FromResult(statements), Scope.Reading, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kept.QueryAsync($"SELECT 1", default));
    }

    [Fact]
    public async Task A_long_statement_is_cancelled_soon_and_rolled_back()
    {
        await using var database = New();
        await Do(database, $"CREATE TABLE t (a INTEGER)");
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            database.Engine.TransactAsync(
                async (statements, token) =>
                {
                    await statements.ExecuteAsync($"INSERT INTO t VALUES (1)", token);
                    return await statements.QueryAsync(s_endless, token);
                },
                Scope.Writing,
                source.Token
            )
        );
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(0, (await Ask(database, $"SELECT count(*) FROM t"))[0].Long(0));
    }

    [Fact]
    public async Task A_statement_that_was_cancelled_before_does_not_begin()
    {
        await using var database = New();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ask(database, s_endless, new(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.Engine.LeaseAsync("p", new(canceled: true)));
    }

    [Fact]
    public async Task The_second_lease_of_a_policy_is_busy_until_the_first_is_given_back()
    {
        await using var database = New();
        await using var again = New();
        await using var other = New("y.duckdb");
        var lease = await database.Engine.LeaseAsync("p", default);
        await using var free = await database.Engine.LeaseAsync("q", default);
        await using var elsewhere = await other.Engine.LeaseAsync("p", default);
        await Assert.ThrowsAsync<BusyException>(() => database.Engine.LeaseAsync("p", default));
        Assert.Contains(
            "p is under way",
            (await Assert.ThrowsAsync<BusyException>(() => again.Engine.LeaseAsync("p", default))).Message,
            StringComparison.Ordinal
        );
        await lease.DisposeAsync();
        await lease.DisposeAsync();
        await using var next = await again.Engine.LeaseAsync("p", default);
        await lease.DisposeAsync();
        await Assert.ThrowsAsync<BusyException>(() => database.Engine.LeaseAsync("p", default));
    }

    [Fact]
    public async Task Databases_in_memory_do_not_share_leases_or_tables()
    {
        await using var one = DuckDbDatabase.Open(":memory:");
        await using var two = DuckDbDatabase.Open(":memory:");
        await Do(one, $"CREATE TABLE t (a INTEGER)");
        Assert.Null(await two.Engine.DescribeAsync(new(null, "t"), default));
        await using var lease = await one.Engine.LeaseAsync("p", default);
        await using var other = await two.Engine.LeaseAsync("p", default);
        Assert.Equal(0, Assert.Single(await one.Engine.MeasureAsync([new(null, "t")], withBytes: true, default)).Bytes);
    }

    [Fact]
    public async Task A_table_is_described_as_it_is_stored()
    {
        await using var database = New();
        await Do(database, $"CREATE SCHEMA m");
        await Do(
            database,
            $"""
            CREATE TABLE m."Größe" (a TINYINT, b UBIGINT, c HUGEINT, d DECIMAL(10, 3), e FLOAT, f DOUBLE, g BOOLEAN, h VARCHAR, i ENUM('x', 'y'), j TIMESTAMP, k TIMESTAMP_S, l TIMESTAMP_MS,
            m TIMESTAMP_NS, n TIMESTAMPTZ, o DATE, p TIME, q UUID, r BLOB, s INTERVAL, t INTEGER[], u STRUCT(x INTEGER), v MAP(INTEGER, VARCHAR), w INTEGER[3], x JSON, y UHUGEINT, "select" INTEGER)
            """
        );
        await Do(database, $"CREATE VIEW m.v AS SELECT a, d AS \"D\" FROM m.\"Größe\"");
        var table = await database.Engine.DescribeAsync(new("M", "GRößE"), default);
        Assert.Equal(new TableName("m", "Größe"), table!.Table);
        Assert.False(table.IsView);
        ColumnType[] expected =
        [
            new ColumnType.Integer(),
            new ColumnType.Integer(),
            new ColumnType.Integer(),
            new ColumnType.Decimal(3),
            new ColumnType.Float(),
            new ColumnType.Float(),
            new ColumnType.Bool(),
            new ColumnType.Text(),
            new ColumnType.Text(),
            new ColumnType.Timestamp(TimeUnit.Microseconds),
            new ColumnType.Timestamp(TimeUnit.Seconds),
            new ColumnType.Timestamp(TimeUnit.Milliseconds),
            new ColumnType.Timestamp(TimeUnit.Nanoseconds),
            new ColumnType.TimestampTz(),
            new ColumnType.Date(),
            new ColumnType.Other(),
            new ColumnType.Other(),
            new ColumnType.Other(),
            new ColumnType.Other(),
            new ColumnType.Nested(),
            new ColumnType.Nested(),
            new ColumnType.Nested(),
            new ColumnType.Nested(),
            new ColumnType.Text(),
            new ColumnType.Other(),
            new ColumnType.Integer(),
        ];
        Assert.Equal(expected, table.Columns.Select(c => c.Type));
        Assert.Equal("DECIMAL(10,3)", table.Find("d")!.TypeName);
        Assert.NotNull(table.Find("select"));
        var view = await database.Engine.DescribeAsync(new("m", "v"), default);
        Assert.True(view!.IsView);
        Assert.Equal(["a", "D"], view.Columns.Select(c => c.Name));
        Assert.Null(await database.Engine.DescribeAsync(new("m", "GRÖßE"), default));
        Assert.Null(await database.Engine.DescribeAsync(new(null, "Größe"), default));
        Assert.Null(await database.Engine.DescribeAsync(new("nope", "nope"), default));
    }

    [Fact]
    public async Task Rows_are_counted_exactly_and_bytes_are_those_of_the_file()
    {
        await using var database = New("metrics.duckdb");
        await Do(database, $"CREATE SCHEMA {database.Engine.Dialect.Schema("metrics")}");
        var big = new TableName("metrics", "big");
        await Do(database, $"CREATE TABLE {big} AS SELECT i, random() AS v FROM range(1000000) r(i)");
        await Do(database, $"CREATE VIEW v AS SELECT 1 AS a");
        await Do(database, $"DELETE FROM {big} WHERE i % 3 = 0");
        var size = Assert.Single(
            await database.Engine.MeasureAsync([big, big, new(null, "v"), new(null, "nope")], withBytes: true, default)
        );
        Assert.Equal(666_666, size.Rows);
        Assert.Equal(big, size.Table);
        Assert.InRange(size.Bytes, 1_000_000, new FileInfo(Named("metrics.duckdb")).Length);
    }

    [Fact]
    public async Task A_host_application_keeps_its_settings_and_its_connection()
    {
        await using var own = new DuckDBConnection($"DataSource={Named("host.duckdb")};threads=1");
        await own.OpenAsync();
        Say(own, "SET TimeZone = 'Asia/Tokyo'");
        Say(own, "CREATE TABLE t AS SELECT 1 AS a");
        var limit = Say(own, "SELECT current_setting('memory_limit')");
        await using (var database = DuckDbDatabase.Open(() => new DuckDBConnection(own.ConnectionString)))
        {
            Assert.Equal("UTC", await One(database, $"SELECT current_setting('TimeZone')"));
            Assert.Equal(1, await Do(database, $"INSERT INTO t VALUES (2)"));
        }

        Assert.Equal("Asia/Tokyo", Say(own, "SELECT current_setting('TimeZone')"));
        Assert.Equal(limit, Say(own, "SELECT current_setting('memory_limit')"));
        Assert.Equal(2L, Say(own, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Limits_are_those_that_were_asked_for()
    {
        await using var database = DuckDbDatabase.Open(
            DatabaseUrl.Parse($"duckdb:{Named("limits.duckdb")}?memory_limit=300MB&threads=1"),
            new() { Create = true }
        );
        Assert.Equal(1L, (await Ask(database, $"SELECT current_setting('threads')"))[0].Long(0));
        Assert.Equal("286.1 MiB", await One(database, $"SELECT current_setting('memory_limit')"));
        await using var standard = New();
        Assert.Equal("549.3 MiB", await One(standard, $"SELECT current_setting('memory_limit')"));
    }

    [Fact]
    public async Task A_database_that_was_disposed_says_so()
    {
        var database = New();
        await database.DisposeAsync();
        await database.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ask(database, $"SELECT 1"));
        File.Move(Named("x.duckdb"), Named("z.duckdb"));
        await using var again = New("z.duckdb");
        Assert.Equal(1, await One(again, $"SELECT 1"));
    }

    private static object? Say(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static Instant SystemNow() => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
}
