using NodaTime;
using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Partitions by time go as a whole, proven, and nobody waits for that longer than the lock timeout.</summary>
public sealed class PartitionTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Kept = "keep: 10d\ntiers: [{ every: 1h }, { every: 1d }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-01-20", "2025-03-10", "6h");

    private PostgreSqlScratch Server => (PostgreSqlScratch)Db;

    [Fact]
    public async Task A_month_goes_as_a_whole_once_all_of_it_is_past_its_time()
    {
        var story = await MonthsAsync();
        await story.RunAsShownAsync("2025-02-09");
        Assert.Equal(["cpu_2025_01", "cpu_2025_02", "cpu_2025_03", "cpu_rest"], await PartsAsync());
        Same(_rows.Where(r => r.At < At("2025-03-10")), await story.SourceAsync());

        var outcome = await story.RunAsShownAsync("2025-02-12");
        var expired = Assert.Single(outcome.Done.OfType<PlanStep.Expire>());
        Assert.Equal(At("2025-02-01"), expired.Range.To);
        Assert.Equal(["cpu_2025_02", "cpu_2025_03", "cpu_rest"], await PartsAsync());
        Assert.Equal(48, outcome.Summary.RowsRemoved);

        await story.RunAsShownAsync("2025-03-10");
        Same(Since(_rows, "2025-02-01"), await story.SourceAsync());
        await story.RunWellAsync("2025-03-11");
        Same(Since(_rows, "2025-03-01"), await story.SourceAsync());
        Assert.Equal(["cpu_2025_03", "cpu_rest"], await PartsAsync());
        await story.ExpectTiersAsync(_rows);
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows)::bigint FROM m.cpu_all"), 0));
    }

    [Fact]
    public async Task Rows_of_the_default_partition_are_deleted_and_it_stays()
    {
        var story = await MonthsAsync();
        SourceRow[] old = [Row("2024-12-30", 1), Row("2024-12-31", 2)];
        await story.InsertAsync(old);
        await story.RunAsShownAsync("2025-03-15");
        Assert.Equal(["cpu_2025_03", "cpu_rest"], await PartsAsync());
        Assert.Equal(0, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu_rest"), 0));
        await story.ExpectTiersAsync([.. old, .. _rows]);
    }

    [Fact]
    public async Task Late_rows_are_discarded_also_where_only_partitions_expire()
    {
        var story = await MonthsAsync($"source: {{ expire: partitions }}\nlate_after_expiry: discard\n{Kept}");
        await story.RunWellAsync("2025-03-15");
        await story.InsertAsync(Row("2025-01-25", 1));
        await story.RunWellAsync("2025-03-15T01:00Z");
        await story.RunWellAsync("2025-03-16");
        Assert.Equal(0, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu_rest"), 0));
        await story.ExpectTiersAsync(_rows);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kathmandu")]
    public async Task Where_months_end_inside_of_buckets_rows_go_one_by_one(string zone)
    {
        var story = await MonthsAsync($"keep: 10d\ntiers: [{{ every: 1d, zone: {zone} }}]");
        await story.RunAsShownAsync("2025-02-09");
        Assert.Equal(4, (await PartsAsync()).Count);
        Assert.InRange((await story.SourceAsync()).Min(r => r.At!.Value), At("2025-01-29"), At("2025-01-30T06:00Z"));
        await story.ExpectTiersAsync(_rows);
    }

    [Fact]
    public async Task Partitions_below_partitions_of_another_kind_go_together()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY LIST (host);
            CREATE TABLE m.cpu_a PARTITION OF m.cpu FOR VALUES IN ('a') PARTITION BY RANGE (ts); CREATE TABLE m.cpu_b PARTITION OF m.cpu FOR VALUES IN ('b') PARTITION BY RANGE (ts);
            CREATE TABLE m.a_1 PARTITION OF m.cpu_a FOR VALUES FROM (MINVALUE) TO ('2025-01-05'); CREATE TABLE m.a_2 PARTITION OF m.cpu_a FOR VALUES FROM ('2025-01-05') TO (MAXVALUE);
            CREATE TABLE m.b_1 PARTITION OF m.cpu_b FOR VALUES FROM ('2025-01-01') TO ('2025-01-05'); CREATE TABLE m.b_2 PARTITION OF m.cpu_b FOR VALUES FROM ('2025-01-05') TO ('2025-02-01')
            """
        );
        var story = new Story(Db, Cpu());
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-10", "1h", "a"), .. Every("2025-01-01", "2025-01-10", "1h", "b")];
        await story.InsertAsync(rows);
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-07");
        Assert.Equal(2 * 9 * 24, (await story.SourceAsync()).Count);
        await story.RunWellAsync("2025-01-08");
        Same(Since(rows, "2025-01-05"), await story.SourceAsync());
        Assert.Equal(0, Number(await Db.QueryAsync("SELECT count(*) FROM pg_class WHERE relname IN ('b_1')"), 0));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_reader_that_stays_puts_the_step_off_and_waits_for_nobody()
    {
        var story = await MonthsAsync();
        await using var reader = await Server.ConnectAsync();
        await using var reading = await reader.BeginTransactionAsync();
        Assert.Equal(_rows.Count, await CountAsync(reader));
        var outcome = await story.RunAsync("2025-02-12");
        Assert.Equal(EngineCodes.Locked, Assert.IsType<EngineException>(Assert.Single(outcome.Errors)).Code);
        Assert.Equal(_rows.Count, await CountAsync(reader));
        Same(_rows, await story.SourceAsync());
        await reading.CommitAsync();
        await story.RunWellAsync("2025-02-12");
        Same(Since(_rows, "2025-02-01"), await story.SourceAsync());
        await story.ExpectTiersAsync(_rows);
    }

    [Fact]
    public async Task A_row_that_is_being_written_to_a_partition_is_waited_for_and_counted()
    {
        var story = await MonthsAsync();
        await story.RunWellAsync("2025-02-09");
        await using var writer = await Server.ConnectAsync();
        await using var writing = await writer.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO m.cpu VALUES ('2025-01-25 03:00', 'late', 7)", writer))
            await insert.ExecuteNonQueryAsync();
        Assert.Equal(EngineCodes.Locked, Assert.IsType<EngineException>(Assert.Single((await story.RunAsync("2025-02-12")).Errors)).Code);
        await writing.CommitAsync();
        await story.RunWellAsync("2025-02-12");
        SourceRow[] all = [.. _rows, Row("2025-01-25T03:00Z", 7, "late")];
        Same(Since(all, "2025-02-01"), await story.SourceAsync());
        await story.ExpectTiersAsync(all);
    }

    [Fact]
    public async Task Writers_that_never_stop_lose_no_row()
    {
        var story = await MonthsAsync();
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            List<SourceRow> written = [];
            await using var writer = await Server.ConnectAsync();
            for (var at = At("2025-03-01T00:00:01Z"); !stop.IsCancellationRequested; at += Duration.FromSeconds(1))
            {
                await using var insert = new NpgsqlCommand(
                    $"INSERT INTO m.cpu VALUES ({Db.TimeLiteral(at, TimeKind.Timestamp)}, 'w', 1)",
                    writer
                );
                await insert.ExecuteNonQueryAsync(CancellationToken.None);
                written.Add(SourceRow.Of(at, "w", 1.0));
            }

            return written;
        });
        foreach (var day in new[] { "2025-02-09", "2025-02-12", "2025-03-11" })
            await story.RunWellAsync(day);
        await stop.CancelAsync();
        var all = _rows.Concat(await writing).ToList();
        await story.WithAsync(l => l.InvalidateAsync("m.cpu", new(At("2025-03-01"), At("2025-03-03"))));
        await story.RunWellAsync("2025-03-12");
        Same(Since(all, "2025-03-01"), await story.SourceAsync());
        await story.ExpectTiersAsync(all);
    }

    [Fact]
    public async Task Partitions_before_and_behind_a_hold_go_in_one_run()
    {
        var story = await MonthsAsync();
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-02-10"), At("2025-02-12")), "an audit", null));
        var outcome = await story.RunAsShownAsync("2025-04-15");
        Assert.True(outcome.Done.OfType<PlanStep.Expire>().Count() > 1);
        Assert.Equal(["cpu_2025_02", "cpu_rest"], await PartsAsync());
        Same(_rows.Where(r => r.At >= At("2025-02-10") && r.At < At("2025-02-12")), await story.SourceAsync());
        await story.ExpectTiersAsync(_rows);
    }

    [Fact]
    public async Task A_detachment_that_died_between_its_two_transactions_is_finished_and_loses_no_row()
    {
        var story = await MonthsAsync();
        await Db.ExecuteAsync("DROP TABLE m.cpu_rest");
        await story.RunWellAsync("2025-02-09");
        await using (var reader = await Server.ConnectAsync())
        await using (var reading = await reader.BeginTransactionAsync())
        {
            Assert.Equal(_rows.Count, await CountAsync(reader));
            await using var other = await Server.ConnectAsync();
            await using var detach = new NpgsqlCommand("ALTER TABLE m.cpu DETACH PARTITION m.cpu_2025_01 CONCURRENTLY", other);
            var detaching = detach.ExecuteNonQueryAsync();
            while (await PendingAsync() == 0)
                await Task.Delay(20, CancellationToken.None);

            // Who is at it is left to it.
            Assert.NotEmpty((await story.RunAsync("2025-03-11")).Errors);
            Assert.Equal(1, await PendingAsync());
            await Db.QueryAsync(FormattableString.Invariant($"SELECT pg_terminate_backend({other.ProcessID})"));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => detaching);
        }

        Assert.Equal(1, await PendingAsync());
        var outcome = await story.RunWellAsync("2025-03-11");
        Assert.Contains(
            outcome.Events.OfType<RunEvent.StepDone>(),
            e => e.Result.Note?.StartsWith("m.cpu_2025_01, which somebody had begun to detach", StringComparison.Ordinal) is true
        );
        Assert.Equal(0, await PendingAsync());
        Assert.Equal(["cpu_2025_03"], await PartsAsync());
        Assert.Equal(_rows.Count(r => r.At < At("2025-02-01")), Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu_2025_01"), 0));
        await story.ExpectTiersAsync(_rows);
    }

    [Theory]
    [InlineData("FOR VALUES FROM ('2025-01-01 00:00:00') TO ('2025-02-01 00:00:00')", "2025-01-01", "2025-02-01")]
    [InlineData("FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 12:30:00.5+00')", "2025-01-01", "2025-02-01T12:30:00.5Z")]
    [InlineData("FOR VALUES FROM ('2025-01-01') TO ('2025-02-01')", "2025-01-01", "2025-02-01")]
    [InlineData("FOR VALUES FROM ('0044-03-15 00:00:00+00 BC') TO ('2025-02-01 00:00:00+00')", "-0043-03-15", "2025-02-01")]
    public void Bounds_are_read_as_the_server_writes_them(string bounds, string from, string to) =>
        Assert.Equal(new TimeRange(At(from), At(to)), Varve.PostgreSql.PostgreSqlPartitions.Range(bounds));

    [Theory]
    [InlineData("DEFAULT")]
    [InlineData("FOR VALUES IN ('a')")]
    [InlineData("FOR VALUES FROM ('2025-01-01', 1) TO ('2025-02-01', 2)")]
    public void What_has_no_bounds_in_time_has_no_range(string bounds) => Assert.Null(Varve.PostgreSql.PostgreSqlPartitions.Range(bounds));

    private async Task<Story> MonthsAsync(string more = Kept)
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts); CREATE TABLE m.cpu_rest PARTITION OF m.cpu DEFAULT;
            CREATE TABLE m.cpu_2025_01 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
            CREATE TABLE m.cpu_2025_02 PARTITION OF m.cpu FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
            CREATE TABLE m.cpu_2025_03 PARTITION OF m.cpu FOR VALUES FROM ('2025-03-01') TO ('2025-04-01')
            """
        );
        var story = new Story(Db, Cpu());
        await story.InsertAsync(_rows);
        await story.ApplyAsync(Policy(more));
        return story;
    }

    private async Task<long> PendingAsync() => Number(await Db.QueryAsync("SELECT count(*) FROM pg_inherits WHERE inhdetachpending"), 0);

    private async Task<IReadOnlyList<string>> PartsAsync() =>
        [
            .. (await Db.QueryAsync("SELECT relid::regclass::text FROM pg_partition_tree('m.cpu') WHERE isleaf ORDER BY 1")).Select(r =>
                ((string)r[0]!)[2..]
            ),
        ];

    private static async Task<long> CountAsync(NpgsqlConnection connection)
    {
        await using var count = new NpgsqlCommand("SELECT count(*) FROM m.cpu", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
