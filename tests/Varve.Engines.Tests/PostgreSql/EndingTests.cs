using Npgsql;
using Varve.Catalog;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>
/// Sessions that the server ends at statements of a run, those of its steps, that of its lease, or all of them, and runs that
/// begin while another is at it: nothing may tell the end from that of a run to which nothing happened.
/// </summary>
public sealed class EndingTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string AsOf = "2025-01-09T06:00:00Z";
    private const int Samples = 5;

    /// <summary>Whose sessions end.</summary>
    public enum Ends
    {
        Steps,
        Lease,
        All,
    }

    [Theory]
    [InlineData(Ends.Steps)]
    [InlineData(Ends.Lease)]
    [InlineData(Ends.All)]
    public async Task A_run_whose_sessions_end_anywhere_and_a_rerun_end_where_no_end_ends(Ends ends)
    {
        var prepared = await PrepareAsync();
        await using var whole = (PostgreSqlScratch)prepared.Clone();
        var (last, outcome) = await RunAsync(whole, int.MaxValue, () => Task.CompletedTask);
        Assert.Empty(outcome.Errors);
        var expected = await Snapshot.TakeAsync(whole, "m");
        Assert.True(last > 100, $"a run of {last} statements shows nothing");
        var random = new Random(last);
        foreach (var number in Enumerable.Range(0, Samples).Select(i => 1 + (last * i / Samples) + random.Next(last / Samples)))
        {
            await using var db = (PostgreSqlScratch)prepared.Clone();
            var lost = 0L;
            var (_, ended) = await RunAsync(
                db,
                number,
                async () =>
                {
                    lost = await EndAsync(db, ends);
                    if (ends is Ends.Lease)
                        await Task.Delay(TimeSpan.FromSeconds(1));
                }
            );
            Assert.All(ended.Errors, e => Assert.Equal(EngineCodes.Lost, e.Code));
            if (ends is Ends.Lease && lost > 0 && number < last * 4 / 5)
                Assert.NotEmpty(ended.Errors);
            await RerunAsync(db);
            var difference = expected.DifferenceTo(await Snapshot.TakeAsync(db, "m"));
            Assert.True(difference is null, $"{ends} {number} of {last}: {difference}");
        }
    }

    [Fact]
    public async Task A_run_that_lost_its_lease_does_nothing_more_while_another_one_works()
    {
        var db = await PrepareAsync();
        await using var whole = (PostgreSqlScratch)db.Clone();
        var (last, _) = await RunAsync(whole, int.MaxValue, () => Task.CompletedTask);
        RunOutcome? other = null;
        var (_, first) = await RunAsync(
            db,
            last / 2,
            async () =>
            {
                await EndAsync(db, Ends.Lease);
                await Task.Delay(TimeSpan.FromSeconds(1));
                other = (await RunAsync(db, int.MaxValue, () => Task.CompletedTask)).Outcome;
            }
        );
        Assert.NotEmpty(first.Errors);
        Assert.All(first.Errors, e => Assert.True(e.Code is EngineCodes.Lost or EngineCodes.Conflict or EngineCodes.Locked, e.ToString()));
        Assert.All(other!.Errors, e => Assert.True(e.Code is EngineCodes.Conflict or EngineCodes.Locked, e.ToString()));
        await RerunAsync(db);
        Assert.Null((await Snapshot.TakeAsync(whole, "m")).DifferenceTo(await Snapshot.TakeAsync(db, "m")));
    }

    [Fact]
    public async Task Of_two_runs_one_works_and_the_other_is_told_so_and_together_they_do_it_once()
    {
        var db = await PrepareAsync();
        await using var whole = (PostgreSqlScratch)db.Clone();
        await RunAsync(whole, int.MaxValue, () => Task.CompletedTask);
        var both = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Task.Run(() => RunAsync(db, int.MaxValue, () => Task.CompletedTask)))
        );
        Assert.All(both.SelectMany(b => b.Outcome.Errors), e => Assert.IsType<BusyException>(e));
        Assert.Equal(1, both.Count(b => b.Outcome.Done.Count > 0));
        await RerunAsync(db);
        Assert.Null((await Snapshot.TakeAsync(whole, "m")).DifferenceTo(await Snapshot.TakeAsync(db, "m")));
    }

    private static async Task<long> EndAsync(PostgreSqlScratch db, Ends ends)
    {
        const string Holds = "EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')";
        await using var admin = await db.ConnectAsync();
        await using var end = new NpgsqlCommand(
            $"""
            SELECT count(pg_terminate_backend(a.pid, 5000)) FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
              AND {(
                ends switch
                {
                    Ends.Steps => $"NOT {Holds}",
                    Ends.Lease => Holds,
                    _ => "true",
                }
            )}
            """,
            admin
        );
        return (long)(await end.ExecuteScalarAsync())!;
    }

    private static async Task<(int Statements, RunOutcome Outcome)> RunAsync(PostgreSqlScratch db, int at, Func<Task> happen)
    {
        await using var database = await db.OpenAsync();
        var engine = new EndingEngine(database.Engine, at, happen);
        List<RunEvent> events = [];
        try
        {
            await foreach (
                var one in new Lifecycle(new Database(engine, database.Name)).RunAsync(
                    Selection.All,
                    new() { AsOf = InstantText.Parse(AsOf), Yes = true }
                )
            )
                events.Add(one);
        }
        catch (EngineException error) when (events.Count == 0)
        {
            // Before any policy has its turn nobody tells events.
            events.Add(new RunEvent.Failed(error) { Policy = "m.cpu" });
        }

        return (engine.Statements, new(events));
    }

    private static async Task RerunAsync(PostgreSqlScratch db)
    {
        var (_, outcome) = await RunAsync(db, int.MaxValue, () => Task.CompletedTask);
        Assert.True(outcome.Errors.Count == 0, string.Join("; ", outcome.Errors));
        await using var database = await db.OpenAsync();
        var lifecycle = new Lifecycle(database);
        Assert.Empty((await lifecycle.VerifyAuditAsync()).Findings);
        Assert.DoesNotContain(await lifecycle.HistoryAsync(Selection.All, 100), r => r.Status == RunStatus.Running);
    }

    // Partitions, rows that came late, and much that is past its keep.
    private async Task<PostgreSqlScratch> PrepareAsync()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts); CREATE TABLE m.cpu_rest PARTITION OF m.cpu DEFAULT;
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-01-03'); CREATE TABLE m.cpu_2 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-03') TO ('2025-01-05')
            """
        );
        var story = new Story(Db, Cpu());
        await story.InsertAsync(Every("2025-01-01", "2025-01-06", "10m"));
        await story.ApplyAsync(
            Policy("late: 1h\nrecheck: 1d\nkeep: 3d\ntiers: [{ every: 1h, keep: 5d }, { every: 7h }, { every: 1d, zone: Europe/Berlin }]")
        );
        Assert.Empty((await story.RunAsync("2025-01-06")).Errors);
        await story.InsertAsync([
            .. Every("2025-01-06", "2025-01-09T06:00:00Z", "10m"),
            .. Every("2025-01-05", "2025-01-05T12:00:00Z", "1h", "late"),
        ]);
        return (PostgreSqlScratch)Db;
    }
}
