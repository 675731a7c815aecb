using NodaTime;
using Varve.CrateDb;
using Varve.CrateDb.Partitions;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Policies;
using Varve.Queries;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Recurrent queries without transactions: a statement that counts once however often it is run, then the record of it. On the
/// stand-in that executes statements.
/// </summary>
public sealed class WindowTests : IAsyncLifetime
{
    private static readonly TimeRange s_hour = new(InstantText.Parse("2026-01-01"), InstantText.Parse("2026-01-01T01:00Z"));

    private ExecutingCrate _crate = null!;

    public async ValueTask InitializeAsync()
    {
        _crate = await ExecutingCrate.StartAsync();
        foreach (
            var statement in new[]
            {
                "CREATE TABLE m.events (ts TIMESTAMP WITH TIME ZONE, v INTEGER) CLUSTERED INTO 1 SHARDS",
                "CREATE TABLE m.sums (hour TIMESTAMP WITH TIME ZONE PRIMARY KEY, n BIGINT) CLUSTERED INTO 1 SHARDS",
                "INSERT INTO m.events (ts, v) VALUES ('2026-01-01T00:00:00Z', 1), ('2026-01-01T00:59:59.999Z', 2), ('2026-01-01T01:00:00Z', 3)",
            }
        )
            await _crate.DoAsync(statement);
    }

    public ValueTask DisposeAsync() => _crate.DisposeAsync();

    [Fact]
    public async Task A_statement_is_run_once_for_each_window_and_written_down()
    {
        Assert.Equal(new(1, 0, false), await RunAsync(s_hour));
        Assert.Equal(new(1, 0, true), await RunAsync(s_hour));
        Assert.Equal(new(1, 0, false), await RunAsync(new(s_hour.To, s_hour.To + Duration.FromHours(1))));
        Assert.Equal([(0L, 2L), (1L, 1L)], await SumsAsync());
        Assert.Equal(2, (await WorkAsync(w => w.DoneAsync("sums", TimeRange.All, default))).Count);
        var shared = new TimeRange(s_hour.From, s_hour.To + Duration.FromMinutes(30));
        Assert.Equal("VRV371", (await Assert.ThrowsAsync<PolicyException>(() => RunAsync(shared))).Code);
    }

    [Fact]
    public async Task Killed_between_the_statement_and_its_record_it_counts_once()
    {
        var isCut = false;
        _crate.Before = (call, _) =>
            !isCut && call.Says("INSERT INTO \"varve\".\"query_windows\"") && (isCut = true)
                ? throw new IOException("The connection is cut before it.")
                : Task.FromResult<Reply?>(null);
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(s_hour));
        Assert.True(isCut);
        Assert.Empty(await WorkAsync(w => w.DoneAsync("sums", s_hour, default)));
        Assert.Equal(new(1, 0, false), await RunAsync(s_hour));
        Assert.Equal([(0L, 2L)], await SumsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_a_shard_is_missing_a_window_is_not_taken_for_done(bool meanwhile)
    {
        if (meanwhile)
            _crate.After = (call, reply) =>
            {
                if (call.Says("INTO m.sums"))
                    _crate.Lose("m", "events");
                return Task.FromResult(reply);
            };
        else
            _crate.Lose("m", "events");
        var error = await Assert.ThrowsAsync<EngineException>(() => RunAsync(s_hour));
        Assert.True(error.IsTransient);
        Assert.Contains("m.events: the table has 0 of 1 primary shards", error.Message, StringComparison.Ordinal);
        Assert.Equal(meanwhile ? 1 : 0, (await SumsAsync()).Count);
        _crate.After = (_, reply) => Task.FromResult(reply);
        _crate.Lose("m", "events", isLost: false);
        Assert.Equal(new(1, 0, false), await RunAsync(s_hour));
        Assert.Equal([(0L, 2L)], await SumsAsync());
    }

    /// <summary>Nothing that was written is seen on a cluster before somebody refreshes the table.</summary>
    [Theory]
    [InlineData("SELECT a FROM cpu", "cpu")]
    [InlineData("select A from DOC.Cpu -- mem", "cpu mem")]
    [InlineData("INSERT INTO x SELECT * FROM \"a\"\"b\"", "a\"b")]
    [InlineData("SELECT cpus, cpu_ FROM xcpu", "")]
    [InlineData("SELECT * FROM loads", "cpu")]
    [InlineData("SELECT * FROM deep", "cpu mem")]
    public void What_a_statement_may_read_is_what_it_mentions(string statement, string tables) =>
        Assert.Equal(
            tables,
            string.Join(
                ' ',
                MentionedTables
                    .In(
                        statement,
                        [("loads", "SELECT v FROM \"doc\".\"cpu\""), ("deep", "SELECT * FROM loads, mem")],
                        [new("doc", "cpu"), new("doc", "mem"), new("doc", "a\"b")]
                    )
                    .Select(t => t.Name)
            )
        );

    [Fact]
    public async Task Rows_that_go_into_a_table_take_transactions_and_the_way_out_is_told()
    {
        var query = Query("SELECT ts AS hour, v AS n FROM m.events WHERE ts >= {from} AND ts < {to}\ninto: m.sums");
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            WorkAsync(w => w.RunAsync(query, 1, s_hour, false, "run-1", "ann", default))
        );
        Assert.Equal("VRV370", refused.Code);
        Assert.Contains("an upsert into m.sums", refused.Message, StringComparison.Ordinal);
        Assert.Equal("VRV370", Assert.Single(await WorkAsync(w => w.CheckAsync(query, s_hour, default))).Code);
        Assert.Empty(await WorkAsync(w => w.CheckAsync(Sums, s_hour, default)));
    }

    private static RecurrentQuery Sums =>
        Query(
            "INSERT INTO m.sums (hour, n) SELECT date_trunc('hour', ts), count(*) FROM m.events WHERE ts >= {from} AND ts < {to} GROUP BY 1 ON CONFLICT (hour) DO UPDATE SET n = excluded.n"
        );

    private static RecurrentQuery Query(string sql) =>
        QueryYaml.Parse($"query: sums\nschedule: \"@hourly\"\nsql: {sql}", "").Single().Query;

    private Task<WindowResult> RunAsync(TimeRange window) => WorkAsync(w => w.RunAsync(Sums, 1, window, false, "run-1", "ann", default));

    private async Task<T> WorkAsync<T>(Func<QueryWork, Task<T>> work)
    {
        await using var database = await CrateDbDatabase.OpenAsync(DatabaseUrl.Parse(_crate.Url));
        return await work(new(database.Engine, "varve", TimeProvider.System));
    }

    private async Task<IReadOnlyList<(long Hour, long N)>> SumsAsync()
    {
        using var told = System.Text.Json.JsonDocument.Parse(await _crate.AnswerAsync("SELECT hour, n FROM m.sums ORDER BY hour"));
        return
        [
            .. told
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .Select(r => ((r[0].GetInt64() - s_hour.From.ToUnixTimeMilliseconds()) / 3_600_000, r[1].GetInt64())),
        ];
    }
}
