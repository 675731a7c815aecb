using NodaTime;
using Npgsql;
using Varve.Catalog;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What only a real server shows: how much it read, a deadlock that it ends, and a clock that is not this machine's.</summary>
public sealed class ObservedTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    private PostgreSqlScratch Server => (PostgreSqlScratch)Db;

    private string Name => new Uri(Server.Url).AbsolutePath[1..];

    /// <summary>Of a table that is not small: the rows of others are counted, as the documentation says.</summary>
    [Fact]
    public async Task A_plan_and_a_run_with_nothing_to_do_read_no_table_and_of_its_index_the_ends()
    {
        string began;
        int filler;
        await using (var filling = new NpgsqlConnection(PostgreSqlServer.Text(DatabaseUrl.Parse(Server.Url), Name) + ";Pooling=false"))
        {
            await filling.OpenAsync();
            began = $"{await new NpgsqlCommand("SELECT CAST(clock_timestamp() AS TEXT)", filling).ExecuteScalarAsync()}";
            filler = filling.ProcessID;
            await DoAsync(
                filling,
                """
                CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION, pad TEXT);
                INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 minute', 'a', n, repeat('x', 400) FROM generate_series(0, 49999) n;
                CREATE INDEX ON m.cpu (ts); ANALYZE m.cpu
                """
            );
        }

        Assert.InRange((long)(await Db.QueryAsync("SELECT pg_relation_size('m.cpu')"))[0][0]!, 16L << 20, long.MaxValue);
        await DoAsync(l => l.ApplyAsync(PolicyYaml.Parse(Policy("tiers: [{ every: 1h }]"), "p.yaml")));
        RunOptions options = new() { AsOf = Instant.FromUtc(2025, 3, 1, 0, 0), Yes = true };
        await DoAsync(async l => Assert.NotEmpty((await RunOutcome.OfAsync(l, options)).Done));
        await DoAsync(l => RunOutcome.OfAsync(l, options));

        var before = await ReadsAsync(began, filler);
        await DoAsync(async l => Assert.Empty((await l.PlanAsync(Selection.All, options.AsOf))[0].Steps));
        await DoAsync(async l => Assert.Empty((await RunOutcome.OfAsync(l, options)).Done));
        var after = await ReadsAsync(began, filler);
        Assert.Equal((before.Scans, before.Read), (after.Scans, after.Read));
        Assert.InRange(after.Fetched - before.Fetched, 0, 50);
    }

    /// <summary>
    /// A step has its tier and wants the catalog; another session has the catalog and wants the tier. The server ends the one
    /// that looks first, which is the step.
    /// </summary>
    [Fact]
    public async Task A_deadlock_that_the_server_ends_is_tried_again_and_the_step_is_done()
    {
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)");
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 hour', 'a', n FROM generate_series(0, 200) n"
        );
        await DoAsync(l => l.ApplyAsync(PolicyYaml.Parse(Policy("tiers: [{ every: 1h }]"), "p.yaml")));
        await DoAsync(l => RunOutcome.OfAsync(l, new() { AsOf = Instant.FromUtc(2025, 1, 5, 0, 0), Yes = true }));
        await Db.ExecuteAsync($"ALTER DATABASE \"{Name}\" SET deadlock_timeout = '300ms'");
        try
        {
            await using var other = await Server.ConnectAsync();
            await DoAsync(other, "SET deadlock_timeout = '10min'");
            await using var holding = await other.BeginTransactionAsync();
            await DoAsync(other, "LOCK TABLE varve.edges IN SHARE MODE");
            RunOptions options = new() { AsOf = Instant.FromUtc(2025, 3, 1, 0, 0), Yes = true };
            var run = Task.Run(() => DoAsync(l => RunOutcome.OfAsync(l, options)));

            await DoAsync(other, $"LOCK TABLE {await HeldAsync()} IN SHARE MODE");
            await holding.RollbackAsync();
            await run;

            Assert.Equal(RunStatus.Done, await DoAsync(async l => (await l.HistoryAsync(Selection.All, 1))[0].Status));
            Assert.Equal(201L, (await Db.QueryAsync("SELECT sum(v_count) FROM m.cpu_1h"))[0][0] is decimal d ? (long)d : -1);
            await UntilAsync("SELECT CASE WHEN deadlocks > 0 THEN 'seen' END FROM pg_stat_database WHERE datname = current_database()");
        }
        finally
        {
            await Db.ExecuteAsync($"ALTER DATABASE \"{Name}\" RESET deadlock_timeout");
        }
    }

    /// <summary>The clock of the server as its own function tells it, in this database only.</summary>
    [Theory]
    [InlineData("5 minutes", true)]
    [InlineData("-5 minutes", true)]
    [InlineData("20 seconds", false)]
    public async Task A_clock_of_the_server_that_differs_is_found_and_no_run_begins(string apart, bool isFound)
    {
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)");
        await DoAsync(l => l.ApplyAsync(PolicyYaml.Parse(Policy("tiers: [{ every: 1h }]"), "p.yaml")));
        const string Own = "CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz VOLATILE STRICT PARALLEL SAFE";
        await Db.ExecuteAsync($"{Own} LANGUAGE sql AS 'SELECT statement_timestamp() + INTERVAL ''{apart}'''");
        try
        {
            var found = (await DoAsync(l => l.DiagnoseAsync())).Where(f => f.Check == "clock").ToList();
            Assert.Equal(isFound ? 1 : 0, found.Count);
            Assert.All(found, f => Assert.Contains("more than a minute apart: runs are refused", f.Found, StringComparison.Ordinal));
            if (isFound)
                Assert.Equal(
                    WorkCodes.Clocks,
                    (await Assert.ThrowsAsync<HaltException>(() => DoAsync(l => RunOutcome.OfAsync(l, new() { Yes = true })))).Code
                );
            else
                Assert.Empty((await DoAsync(l => RunOutcome.OfAsync(l, new() { Yes = true }))).Errors);
        }
        finally
        {
            await Db.ExecuteAsync($"{Own} LANGUAGE internal AS 'clock_timestamp'");
        }
    }

    private async Task<T> DoAsync<T>(Func<Lifecycle, Task<T>> ask)
    {
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse($"{Server.Url}?lock_timeout=60"));
        return await ask(new(database));
    }

    private Task DoAsync(Func<Lifecycle, Task> ask) =>
        DoAsync(async l =>
        {
            await ask(l);
            return 0;
        });

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    // A session tells what it read when it ends. Those of an earlier test on this database rest, and never saw the table.
    private async Task<(long Scans, long Read, long Fetched)> ReadsAsync(string began, int filler)
    {
        await UntilAsync(
            $"""
            SELECT CASE WHEN NOT EXISTS (
                SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND (pid = {filler} OR (application_name = 'varve' AND backend_start > TIMESTAMPTZ '{began}'))
            ) THEN 'gone' END
            """
        );
        var row = (
            await Db.QueryAsync(
                "SELECT seq_scan, seq_tup_read, idx_tup_fetch FROM pg_stat_user_tables WHERE schemaname = 'm' AND relname = 'cpu'"
            )
        )[0];
        return ((long)row[0]!, (long)row[1]!, (long)row[2]!);
    }

    // The table that whoever waits for the catalog has written to.
    private Task<string> HeldAsync() =>
        UntilAsync(
            """
            SELECT max(CAST(CAST(held.relation AS regclass) AS TEXT))
            FROM pg_locks wants
            JOIN pg_locks held ON held.pid = wants.pid AND held.granted AND held.mode = 'RowExclusiveLock'
            JOIN pg_class c ON c.oid = held.relation AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'm'
            WHERE NOT wants.granted AND wants.relation = CAST('varve.edges' AS regclass)
            """
        );

    private async Task<string> UntilAsync(string sql)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if ((await Db.QueryAsync(sql))[0][0] is string found)
                return found;
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < s_long, $"It was waited for in vain: {sql}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
