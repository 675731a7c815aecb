using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Partitions move to tablespaces with their indexes, one table at a time, and nothing is lost on the way.</summary>
public sealed class RelocateTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Hops = "relocate: [{ after: 5d, to: varve_warm }, { after: 35d, to: varve_cold }]\ntiers: [{ every: 1d }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-01-20", "2025-03-10", "6h");

    private PostgreSqlScratch Server => (PostgreSqlScratch)Db;

    [Fact]
    public async Task Months_move_on_as_they_age_with_their_indexes_and_every_row()
    {
        var story = await MonthsAsync(Hops);
        await story.RunWellAsync("2025-02-06");
        Assert.Equal(
            ["cpu_2025_01 varve_warm", "cpu_2025_02 pg_default", "cpu_2025_03 pg_default", "cpu_rest pg_default"],
            await PlacesAsync()
        );
        Assert.Equal(["cpu_2025_01_ts_idx varve_warm", "cpu_2025_02_ts_idx pg_default"], (await PlacesAsync("i")).Take(2));

        var outcome = await story.RunWellAsync("2025-03-10");
        Assert.Equal(
            [
                "relocate source [2025-01-01T00:00:00Z, 2025-02-01T00:00:00Z) to varve_cold",
                "relocate source [2025-02-01T00:00:00Z, 2025-03-01T00:00:00Z) to varve_warm",
            ],
            outcome.Done.OfType<PlanStep.Relocate>().Select(s => s.Key)
        );
        Assert.Equal(
            ["cpu_2025_01 varve_cold", "cpu_2025_02 varve_warm", "cpu_2025_03 pg_default", "cpu_rest pg_default"],
            await PlacesAsync()
        );
        Assert.Empty((await story.RunWellAsync("2025-03-10")).Done);
        Same(_rows, await story.SourceAsync());
        await story.ExpectTiersAsync(_rows);
    }

    [Fact]
    [Rule("moves-late-rows")]
    public async Task A_late_row_in_a_month_that_moved_is_rolled_up_and_a_month_that_moved_goes_as_any()
    {
        var story = await MonthsAsync(Hops + "\nkeep: 50d\nrecheck: 40d");
        await story.RunWellAsync("2025-02-06");
        SourceRow[] late = [Row("2025-01-25T03:00Z", 7, "late")];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-02-07");
        await story.ExpectTiersAsync([.. _rows, .. late]);
        await story.RunWellAsync("2025-03-24");
        Assert.Equal(["cpu_2025_02 varve_warm", "cpu_2025_03 pg_default", "cpu_rest pg_default"], await PlacesAsync());
        await story.ExpectTiersAsync([.. _rows, .. late]);
    }

    [Fact]
    public async Task Everything_below_a_part_moves_and_one_table_in_each_transaction()
    {
        await ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.jan PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-02-01') PARTITION BY LIST (host);
            CREATE TABLE m.jan_a PARTITION OF m.jan FOR VALUES IN ('a'); CREATE TABLE m.jan_rest PARTITION OF m.jan DEFAULT;
            """
        );
        var story = new Story(Db, Cpu());
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-10", "6h", "a"), .. Every("2025-01-01", "2025-01-10", "6h", "b")];
        await story.InsertAsync(rows);
        await story.ApplyAsync(Policy(Hops));
        var outcome = await story.RunWellAsync("2025-02-10");
        Assert.Equal(["jan_a varve_warm", "jan_rest varve_warm"], await PlacesAsync());
        var progress = Assert.Single(outcome.Events.OfType<RunEvent.StepProgress>());
        Assert.InRange(progress.DoneBytes, 1, progress.Bytes - 1);
        Same(rows, await story.SourceAsync());
    }

    [Fact]
    public async Task A_reader_of_the_month_puts_its_move_off_and_nobody_waits_longer_than_the_lock_timeout()
    {
        var story = await MonthsAsync(Hops);
        await using var reader = await Server.ConnectAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using var count = new NpgsqlCommand("SELECT count(*) FROM m.cpu", reader);
        Assert.Equal((long)_rows.Count, await count.ExecuteScalarAsync());
        var outcome = await story.RunAsync("2025-02-06");
        Assert.Equal(EngineCodes.Locked, Assert.IsType<EngineException>(Assert.Single(outcome.Errors)).Code);
        Assert.Equal((long)_rows.Count, await count.ExecuteScalarAsync());
        Assert.Equal("cpu_2025_01 pg_default", (await PlacesAsync())[0]);
        await reading.CommitAsync();
        await story.RunWellAsync("2025-02-06");
        Assert.Equal("cpu_2025_01 varve_warm", (await PlacesAsync())[0]);
    }

    [Fact]
    public async Task A_month_that_moved_is_taken_back_with_its_indexes_each_to_where_it_was()
    {
        var story = await MonthsAsync(Hops);
        await Db.ExecuteAsync("ALTER INDEX m.cpu_2025_01_ts_idx SET TABLESPACE varve_cold");
        await story.RunWellAsync("2025-02-06");
        Assert.Equal("cpu_2025_01 varve_warm", (await PlacesAsync())[0]);
        Assert.Equal("cpu_2025_01_ts_idx varve_warm", (await PlacesAsync("i"))[0]);
        Assert.Single(await story.WithAsync(l => l.UndoMovesAsync(new() { Policy = story.Policy.Name, Arrived = true })));
        Assert.Equal("cpu_2025_01 pg_default", (await PlacesAsync())[0]);
        Assert.Equal("cpu_2025_01_ts_idx varve_cold", (await PlacesAsync("i"))[0]);
        Assert.Empty((await story.PlanAsync("2025-02-06")).Steps.OfType<PlanStep.Relocate>());
        Same(_rows, await story.SourceAsync());
    }

    [Fact]
    public async Task A_month_that_somebody_moved_back_moves_again_and_the_plan_says_why()
    {
        var story = await MonthsAsync(Hops);
        await story.RunWellAsync("2025-02-06");
        await Db.ExecuteAsync("ALTER TABLE m.cpu_2025_01 SET TABLESPACE pg_default");
        var again = Assert.Single((await story.RunWellAsync("2025-02-06")).Done);
        Assert.Contains("somebody else has moved it back", again.Reason, StringComparison.Ordinal);
        Assert.Equal("cpu_2025_01 varve_warm", (await PlacesAsync())[0]);
    }

    [Fact]
    public async Task What_is_planned_is_shown_and_journaled_as_it_is_run()
    {
        var story = await MonthsAsync(Hops);
        var plan = await story.PlanAsync("2025-02-06");
        var shown = (await story.WithAsync(l => l.StatementsAsync(plan))).Single(s => s.Step is PlanStep.Relocate).Statements;
        Assert.Equal(
            [
                "LOCK TABLE \"m\".\"cpu_2025_01\" IN ACCESS EXCLUSIVE MODE",
                "ALTER TABLE \"m\".\"cpu_2025_01\" SET TABLESPACE \"varve_warm\"",
                "ALTER TABLE \"m\".\"cpu_2025_01_ts_idx\" SET TABLESPACE \"varve_warm\"",
            ],
            shown
        );
        await story.RunAsShownAsync("2025-02-06");
    }

    [Theory]
    [InlineData("relocate: { after: 5d, to: nowhere }", "VRV149", "There is no tablespace `nowhere`")]
    [InlineData("relocate: { after: 5d, to: pg_global }", "VRV149", "Name another one")]
    [InlineData("relocate: { after: 5d, to: { storage: varve_warm } }", "VRV147", "write to: varve_warm")]
    public async Task A_place_that_cannot_be_is_refused_with_the_way_out(string relocate, string code, string part)
    {
        var refused = await Assert.ThrowsAsync<PolicyException>(() => MonthsAsync(relocate));
        Assert.Equal(code, Assert.Single(refused.Problems, p => !p.IsWarning).Code);
        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_partitions_is_refused()
    {
        var refused = await Assert.ThrowsAsync<PolicyException>(() => BeginAsync(Policy(Hops), _rows));
        Assert.Equal("VRV148", Assert.Single(refused.Problems, p => !p.IsWarning).Code);
    }

    [Fact]
    public async Task A_tablespace_that_went_after_apply_fails_its_steps_by_name_and_no_others()
    {
        await ExecuteAsync("SET allow_in_place_tablespaces = on; DROP TABLESPACE IF EXISTS varve_gone");
        await ExecuteAsync("SET allow_in_place_tablespaces = on; CREATE TABLESPACE varve_gone LOCATION ''");
        var story = await MonthsAsync(Hops.Replace("varve_warm", "varve_gone", StringComparison.Ordinal));
        await ExecuteAsync("DROP TABLESPACE varve_gone");
        var outcome = await story.RunAsync("2025-02-06");
        Assert.Contains("There is no tablespace `varve_gone`", Assert.Single(outcome.Errors).Message, StringComparison.Ordinal);
        await story.ExpectTiersAsync(_rows);
    }

    private async Task<Story> MonthsAsync(string more)
    {
        await ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts); CREATE TABLE m.cpu_rest PARTITION OF m.cpu DEFAULT; CREATE INDEX ON m.cpu (ts);
            CREATE TABLE m.cpu_2025_01 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
            CREATE TABLE m.cpu_2025_02 PARTITION OF m.cpu FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
            CREATE TABLE m.cpu_2025_03 PARTITION OF m.cpu FOR VALUES FROM ('2025-03-01') TO ('2025-04-01');
            """
        );
        var story = new Story(Db, Cpu());
        await story.InsertAsync(_rows);
        await story.ApplyAsync(Policy(more));
        return story;
    }

    // Tablespaces are the server's, and stay: tests beside each other share them.
    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Server.ConnectAsync();
        foreach (var place in new[] { "varve_warm", "varve_cold" })
        {
            try
            {
                // It cannot be made in a transaction, and a command of two statements is one.
                await using var allow = new NpgsqlCommand("SET allow_in_place_tablespaces = on", connection);
                await allow.ExecuteNonQueryAsync();
                await using var make = new NpgsqlCommand($"CREATE TABLESPACE {place} LOCATION ''", connection);
                await make.ExecuteNonQueryAsync();
            }
            catch (PostgresException there)
                when (there.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
            {
                // Another test was first.
            }
        }

        foreach (var one in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(one, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<IReadOnlyList<string>> PlacesAsync(string kind = "r") =>
        [
            .. (
                await Db.QueryAsync(
                    $"""
                    SELECT c.relname || ' ' || coalesce(s.spcname, 'pg_default') FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
                    WHERE c.relnamespace = 'm'::regnamespace AND c.relkind = '{kind}' AND c.relispartition ORDER BY 1
                    """
                )
            ).Select(r => (string)r[0]!),
        ];
}
