using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Queries;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Recurrent queries: each window counts once, however often it is done, and whatever goes wrong in between.</summary>
public abstract class QueryConformance(Func<ScratchDatabase> create) : IAsyncLifetime
{
    private static readonly TimeRange s_first = Hour(0);

    private ScratchDatabase _scratch = null!;

    public async ValueTask InitializeAsync()
    {
        _scratch = create();
        await _scratch.ExecuteAsync("CREATE TABLE events (ts TIMESTAMP NOT NULL, host VARCHAR, v INTEGER)");
        for (var hour = 0; hour < 3; hour++)
            for (var minute = 0; minute < 60; minute += 20)
                await _scratch.ExecuteAsync(
                    $"INSERT INTO events VALUES (TIMESTAMP '2026-01-01 0{hour}:{minute:00}:00', 'a', {hour}), (TIMESTAMP '2026-01-01 0{hour}:{minute:00}:30', 'b', 1)"
                );
        await _scratch.ExecuteAsync("CREATE TABLE sums (n BIGINT, ts TIMESTAMP, note VARCHAR DEFAULT 'made')");
    }

    public async ValueTask DisposeAsync()
    {
        await _scratch.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("append")]
    [InlineData("replace\ntime: ts")]
    public async Task A_window_that_is_done_twice_counts_once(string write)
    {
        var query = Sums(write);
        Assert.Equal(new(1, 0, false), await RunAsync(query, s_first));
        Assert.Equal(new(1, 0, true), await RunAsync(query, s_first));
        Assert.Equal(new(1, 0, false), await RunAsync(query, Hour(1)));
        Assert.Equal([("00", 6L, "made"), ("01", 6L, "made")], await SumsAsync());
        var done = await WorkAsync(w => w.DoneAsync("sums", new(Instant.MinValue, Instant.MaxValue), default));
        Assert.Equal(
            [(s_first, 1L, 7, "run-1", "ann"), (Hour(1), 1L, 7, "run-1", "ann")],
            done.Select(d => (d.Range, d.Rows, d.Revision, d.Run, d.DoneBy))
        );
    }

    [Fact]
    public async Task Done_again_with_replace_it_has_what_is_there_now_and_added_rows_are_added_once()
    {
        await RunAsync(Sums("replace\ntime: ts"), s_first);
        await _scratch.ExecuteAsync("INSERT INTO events VALUES (TIMESTAMP '2026-01-01 00:59:59.999999', 'late', 5)");
        Assert.Equal(new(1, 1, false), await RunAsync(Sums("replace\ntime: ts"), s_first, again: true));
        Assert.Equal([("00", 7L, "made")], await SumsAsync());
        Assert.Equal(new(1, 0, true), await RunAsync(Sums("replace\ntime: ts"), s_first));
        await RunAsync(Sums("append"), Hour(2));
        Assert.Equal(new(1, 0, true), await RunAsync(Sums("append"), Hour(2), again: true));
    }

    [Fact]
    public async Task Added_windows_that_share_time_are_refused_and_replaced_ones_take_their_place()
    {
        await RunAsync(Sums("append"), s_first);
        var shared = new TimeRange(s_first.From + Duration.FromMinutes(30), s_first.To + Duration.FromMinutes(30));
        Assert.Equal("VRV371", (await Assert.ThrowsAsync<PolicyException>(() => RunAsync(Sums("append"), shared))).Code);
        var day = new TimeRange(s_first.From, s_first.From + Duration.FromDays(1));
        Assert.Equal(new(3, 1, false), await RunAsync(Sums("replace\ntime: ts"), day));
        Assert.Single(await WorkAsync(w => w.DoneAsync("sums", day, default)));
        Assert.Equal([("00", 6L, "made"), ("01", 6L, "made"), ("02", 6L, "made")], await SumsAsync());
    }

    /// <summary>Whatever is refused leaves nothing: no row, no record, no table.</summary>
    [Theory]
    [InlineData("SELECT ts + INTERVAL '1 day' AS ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}", "VRV372")]
    [InlineData("SELECT CAST(NULL AS TIMESTAMP) AS ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}", "VRV372")]
    [InlineData("SELECT ts, 1 AS nn FROM events WHERE ts >= {from} AND ts < {to}", "VRV373")]
    [InlineData("SELECT 1 AS n FROM events WHERE ts >= {from} AND ts < {to}", "VRV373")]
    [InlineData("SELEC ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}", "VRV374")]
    [InlineData("SELECT ts, 1 AS n FROM nowhere WHERE ts >= {from} AND ts < {to}", null)]
    [InlineData("SELECT ts, 1 / (v - v) AS n FROM events WHERE ts >= {from} AND ts < {to} AND v = CAST('x' AS INTEGER)", null)]
    [InlineData("INSERT INTO sums VALUES (1, {from}, 'x') RETURNING n, {to} AS ts", null)]
    public async Task What_does_not_fit_leaves_nothing(string sql, string? code)
    {
        var before = await _scratch.ShapesAsync("varve");
        var broken = await Assert.ThrowsAnyAsync<VarveException>(() => RunAsync(Sums("replace\ntime: ts", sql), s_first));
        if (code is not null)
            Assert.Equal(code, broken.Code);
        Assert.Empty(await SumsAsync());
        Assert.Empty(await WorkAsync(w => w.DoneAsync("sums", s_first, default)));
        Assert.Equal(before.Count + 1, (await _scratch.ShapesAsync("varve")).Count);
        Assert.Equal(new(1, 0, false), await RunAsync(Sums("replace\ntime: ts"), s_first));
    }

    [Fact]
    public async Task A_statement_that_goes_nowhere_is_run_once_for_each_window()
    {
        var query = Query("query: tidy\nsql: DELETE FROM events WHERE ts >= {from} AND ts < {to} AND host = 'b'\nschedule: \"@hourly\"");
        Assert.Equal(new(3, 0, false), await RunAsync(query, s_first));
        await _scratch.ExecuteAsync("INSERT INTO events VALUES (TIMESTAMP '2026-01-01 00:10:00', 'b', 1)");
        Assert.Equal(new(3, 0, true), await RunAsync(query, s_first));
        Assert.Equal(
            7L,
            Convert.ToInt64(
                (await _scratch.QueryAsync("SELECT count(*) FROM events WHERE host = 'b'"))[0][0],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
    }

    [Theory]
    [InlineData("into: nowhere", "VRV373", "there is no table nowhere")]
    [InlineData("into: varve.query_windows", "VRV373", "Varve's own")]
    [InlineData("into: sums\nwrite: replace\ntime: n", "VRV373", "timestamp or a date")]
    [InlineData("into: sums\nwrite: replace\ntime: nothing", "VRV373", "no column nothing")]
    public async Task A_table_that_cannot_take_the_rows_is_told_before_anything_runs(string keys, string code, string says)
    {
        await RunAsync(Sums("append"), s_first);
        var query = Query(
            $"query: q\nsql: SELECT ts, 1 AS n FROM events WHERE ts >= {{from}} AND ts < {{to}}\nschedule: \"@hourly\"\n{keys}"
        );
        var problem = Assert.Single(await WorkAsync(w => w.CheckAsync(query, s_first, default)));
        Assert.Equal(code, problem.Code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal(code, (await Assert.ThrowsAsync<PolicyException>(() => RunAsync(query, Hour(1)))).Code);
    }

    [Fact]
    public async Task What_the_database_says_of_the_statement_is_told_before_anything_runs()
    {
        Assert.Empty(await WorkAsync(w => w.CheckAsync(Sums("append"), s_first, default)));
        var problem = Assert.Single(
            await WorkAsync(w =>
                w.CheckAsync(Sums("append", "SELECT tz AS ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}"), s_first, default)
            )
        );
        Assert.Contains("tz", problem.Message, StringComparison.Ordinal);
        var mistyped = Assert.Single(
            await WorkAsync(w =>
                w.CheckAsync(Sums("append", "SELEC ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}"), s_first, default)
            )
        );
        Assert.Equal("VRV374", mistyped.Code);
        Assert.DoesNotContain("defect", mistyped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tier_of_a_policy_takes_no_rows_of_a_query()
    {
        await using (var database = await _scratch.OpenAsync())
        {
            var lifecycle = new Lifecycle(database);
            await lifecycle.ApplyAsync(
                PolicyYaml.Parse("table: events\ntime: ts\nseries: [host]\nmeasures: { v: [count] }\ntiers: [{ every: 1h }]", "")
            );
            await foreach (var _ in lifecycle.RunAsync(Selection.All, new() { AsOf = InstantText.Parse("2026-01-02") }, default)) { }
        }

        var broken = await Assert.ThrowsAsync<PolicyException>(() =>
            RunAsync(
                Query("query: q\nsql: SELECT ts FROM events WHERE ts >= {from} AND ts < {to}\nschedule: \"@hourly\"\ninto: events_1h"),
                s_first
            )
        );
        Assert.Contains("is a tier of the policy events", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_in_the_middle_it_leaves_nothing()
    {
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        await using var database = await _scratch.OpenAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new QueryWork(database.Engine, "varve", TimeProvider.System).RunAsync(
                Sums("append"),
                7,
                s_first,
                false,
                "run-1",
                "ann",
                ended.Token
            )
        );
        Assert.Empty(await SumsAsync());
    }

    private static RecurrentQuery Sums(
        string write,
        string sql =
            "SELECT date_trunc('hour', ts) AS ts, count(*) AS n FROM events WHERE ts >= {from} AND ts < {to} GROUP BY 1 -- by hours"
    ) => Query($"query: sums\nsql: |\n  {sql}\nschedule: \"@hourly\"\ninto: sums\nwrite: {write}");

    private static RecurrentQuery Query(string yaml) => QueryYaml.Parse(yaml, "").Single().Query;

    private static TimeRange Hour(int hour) =>
        new(InstantText.Parse("2026-01-01") + Duration.FromHours(hour), InstantText.Parse("2026-01-01") + Duration.FromHours(hour + 1));

    private Task<WindowResult> RunAsync(RecurrentQuery query, TimeRange window, bool again = false) =>
        WorkAsync(w => w.RunAsync(query, 7, window, again, "run-1", "ann", default));

    private async Task<T> WorkAsync<T>(Func<QueryWork, Task<T>> work)
    {
        await using var database = await _scratch.OpenAsync();
        return await work(new(database.Engine, "varve", TimeProvider.System));
    }

    private async Task<IReadOnlyList<(string Hour, long N, string Note)>> SumsAsync() =>
        [
            .. (await _scratch.QueryAsync("SELECT CAST(ts AS VARCHAR), n, note FROM sums ORDER BY ts")).Select(r =>
                (((string)r[0]!)[11..13], Convert.ToInt64(r[1], System.Globalization.CultureInfo.InvariantCulture), (string)r[2]!)
            ),
        ];
}
