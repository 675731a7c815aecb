using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What others do to a table between a plan and its run: each is told by its name, and nothing goes that was not proven.</summary>
public sealed class MeanwhileTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    [Theory]
    [InlineData("DROP TABLE m.cpu", "There is no table m.cpu")]
    [InlineData("ALTER TABLE m.cpu RENAME TO gone", "There is no table m.cpu")]
    [InlineData("ALTER TABLE m.cpu DROP COLUMN v", "m.cpu has no column `v`")]
    [InlineData("ALTER TABLE m.cpu ALTER COLUMN v TYPE BYTEA USING NULL", "cannot be taken of `v`, which is bytea")]
    public async Task A_table_that_was_dropped_or_altered_is_told_and_what_is_there_stays(string change, string said)
    {
        var rows = Every("2025-01-01", "2025-01-09", "1h");
        var story = await PartitionedAsync(rows);
        await story.RunWellAsync("2025-01-05");
        var kept = await Db.QueryAsync("SELECT ts, host, v_count FROM m.cpu_1h ORDER BY 1, 2");
        var plan = await story.PlanAsync("2025-01-08");
        Assert.NotEmpty(plan.Steps);
        await Db.ExecuteAsync(change);
        var outcome = await story.RunAsync("2025-01-08", new() { Plans = [plan], Yes = true });
        var error = Assert.Single(outcome.Errors);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Empty(outcome.Done);
        Assert.Equal(kept, await Db.QueryAsync("SELECT ts, host, v_count FROM m.cpu_1h ORDER BY 1, 2"));
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    [Fact]
    public async Task A_partition_that_somebody_detached_keeps_its_rows_and_is_known_as_removed_by_others()
    {
        var rows = Every("2025-01-01", "2025-01-09", "1h");
        var story = await PartitionedAsync(rows);
        await story.RunWellAsync("2025-01-05");
        var plan = await story.PlanAsync("2025-01-09");
        Assert.Contains(plan.Steps, s => s is PlanStep.Expire);
        await Db.ExecuteAsync("ALTER TABLE m.cpu DETACH PARTITION m.cpu_3");
        var outcome = await story.RunAsync("2025-01-09", new() { Plans = [plan], Yes = true });
        Assert.Empty(outcome.Errors);
        Assert.Equal(48, outcome.Summary.RowsRemoved);
        Assert.Equal(48L, (await Db.QueryAsync("SELECT count(*) FROM m.cpu_3"))[0][0]);
        await story.ExpectTiersAsync(rows);
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    [Fact]
    public async Task A_row_that_was_changed_since_the_snapshot_of_a_step_is_a_conflict_which_is_tried_again_and_nothing_of_it_is_kept()
    {
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.cpu AS SELECT 1 AS a");
        await using var database = await Db.OpenAsync();

        var error = await Assert.ThrowsAsync<EngineException>(() => RemoveAsync("UPDATE m.cpu SET a = 2"));

        Assert.Equal((EngineCodes.Conflict, true), (error.Code, error.IsTransient));
        Assert.Equal(2, Assert.Single(await Db.QueryAsync("SELECT a FROM m.cpu"))[0]);
        Assert.Equal(1, await RemoveAsync("SELECT 1"));

        Task<long> RemoveAsync(string meanwhile) =>
            database.Engine.TransactAsync(
                async (s, token) =>
                {
                    await s.QueryAsync($"SELECT count(*) FROM m.cpu", token);
                    await Db.ExecuteAsync(meanwhile);
                    return await s.ExecuteAsync($"DELETE FROM m.cpu", token);
                },
                Scope.Writing,
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public async Task Others_read_on_while_a_step_waits_for_a_reader_that_stays()
    {
        var story = await PartitionedAsync(Every("2025-01-01", "2025-01-09", "1h"));
        await story.RunWellAsync("2025-01-05");
        await using var staying = await ((PostgreSqlScratch)Db).ConnectAsync();
        await using var reading = await staying.BeginTransactionAsync();
        Assert.Equal(192L, await CountAsync(staying));
        var run = Task.Run(() => story.RunAsync("2025-01-09", new() { Yes = true }));
        await using var other = await ((PostgreSqlScratch)Db).ConnectAsync();
        var (longest, reads) = (TimeSpan.Zero, 0);
        while (!run.IsCompleted)
        {
            var begun = TimeProvider.System.GetTimestamp();
            Assert.Equal(192L, await CountAsync(other));
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(begun).Ticks));
            reads++;
        }

        // Nobody would read before the one that stays has gone, if a lock were waited for without an end.
        Assert.Equal(EngineCodes.Locked, Assert.IsType<EngineException>(Assert.Single((await run).Errors)).Code);
        Assert.InRange(reads, 2, int.MaxValue);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        await reading.CommitAsync();
        await story.RunWellAsync("2025-01-09");
        Assert.Equal(96L, await CountAsync(other));
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection)
    {
        await using var count = new NpgsqlCommand("SELECT count(*) FROM m.cpu", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private async Task<Story> PartitionedAsync(IReadOnlyList<SourceRow> rows)
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-01-03'); CREATE TABLE m.cpu_3 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-03') TO ('2025-01-05');
            CREATE TABLE m.cpu_5 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-05') TO ('2025-02-01')
            """
        );
        var story = new Story(Db, Cpu());
        await story.InsertAsync(rows);
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"));
        return story;
    }
}
