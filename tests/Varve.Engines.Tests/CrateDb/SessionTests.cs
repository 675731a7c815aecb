using Microsoft.Extensions.Time.Testing;
using Varve.CrateDb.Http;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Engines.Tests.CrateDb;

public sealed class SessionTests : CrateDbSuite
{
    [Fact]
    public async Task The_settings_of_a_session_are_on_every_connection_that_it_has()
    {
        var session = Session(new() { StatementTimeout = TimeSpan.FromSeconds(90), Tag = "run-1:3" });
        Cluster.Fails = call => call.Says("SHOW") && Cluster.Calls.Count == 1 ? Fault.Closes : Fault.None;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("true", (await session.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
            Assert.Equal("90000ms", (await session.QueryAsync($"SHOW statement_timeout", Token)).Rows[0].Text(0));
        }

        Assert.Equal(2, session.Connections);
        Assert.Equal(2, Cluster.Calls.Select(c => c.Connection).Distinct().Count());
        Assert.All(Cluster.Calls, call => Assert.StartsWith("/* varve run-1:3 */ SHOW", call.Statement, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_sessions_are_two_connections()
    {
        var (one, other) = (Session(new() { FailsFast = false }), Session());
        Assert.Equal("false", (await one.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
        Assert.Equal("true", (await other.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
        Assert.Equal("false", (await one.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
        Assert.Equal(2, Cluster.Calls.Select(c => c.Connection).Distinct().Count());
    }

    [Fact]
    public async Task Statements_of_one_session_follow_each_other()
    {
        var (at, most) = (0, 0);
        Cluster.Answers = _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref at));
            Interlocked.Decrement(ref at);
            return Reply.Done();
        };
        var session = Session();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => session.ExecuteAsync($"REFRESH TABLE {(long)i}", Token)));
        Assert.Equal((1, 1), (most, session.Connections));
        Assert.Equal(20, Cluster.Calls.Count);
    }

    [Fact]
    public async Task A_node_that_dies_between_two_statements_is_followed_by_another_one()
    {
        await NodesAsync(3);
        Cluster.Answers = _ => Reply.Done();
        var session = Session(new() { Tag = "r" });
        await session.ExecuteAsync($"REFRESH TABLE a", Token);
        await Cluster.KillAsync(0);
        await session.ExecuteAsync($"REFRESH TABLE b", Token);
        Assert.Equal([0, 1], Cluster.Calls.Select(c => c.Node));
        Assert.Equal("true", Cluster.Setting(Cluster.Calls[1].Connection, "insert_select_fail_fast"));
        Assert.Equal(2, session.Connections);
    }

    [Fact]
    public async Task What_changes_something_is_never_sent_twice_though_its_answer_is_lost()
    {
        await NodesAsync(2);
        Cluster.Answers = _ => Reply.Done();
        foreach (var fault in new[] { Fault.Cut, Fault.LostBefore, Fault.LostAfter })
        {
            var before = Cluster.Calls.Count;
            Cluster.Fails = call => call.Says("DELETE") ? fault : Fault.None;
            var lost = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"DELETE FROM t WHERE day = 1", Token));
            Assert.Equal((ServerCodes.AnswerLost, true, 4), (lost.Code, lost.IsTransient, lost.ExitCode));
            Assert.Contains("Whether it was done is not known", lost.Message, StringComparison.Ordinal);
            Assert.Equal(1, Cluster.Calls.Count - before);
        }
    }

    [Fact]
    public async Task What_reads_is_sent_again_to_another_host()
    {
        await NodesAsync(2);
        Cluster.Answers = _ => Reply.Rows([("n", 10)], [7L]);
        foreach (var fault in new[] { Fault.Cut, Fault.LostBefore, Fault.LostAfter })
        {
            Cluster.Fails = call => call.Node == 0 && call.Says("SELECT") ? fault : Fault.None;
            var session = Session();
            Assert.Equal(7, (await session.QueryAsync($"SELECT count(*) FROM t", Token)).Rows[0].Long(0));
            Assert.Equal(1, Cluster.Calls[^1].Node);
        }
    }

    [Fact]
    public async Task What_reads_is_sent_again_where_waiting_helps_and_not_for_ever()
    {
        var refusals = 2;
        Cluster.Answers = _ => refusals-- > 0 ? Reply.Unavailable : Reply.Rows([("n", 10)], [7L]);
        Assert.Equal(7, (await Session().QueryAsync($"SELECT 1", Token)).Rows[0].Long(0));
        Cluster.Answers = _ => Reply.TooMany;
        var before = Cluster.Calls.Count;
        var refused = await Assert.ThrowsAsync<EngineException>(() => Session().QueryAsync($"SELECT 1", Token));
        Assert.Equal((ServerCodes.Overloaded, true), (refused.Code, refused.IsTransient));
        Assert.Equal(4, Cluster.Calls.Count - before);
    }

    [Fact]
    public async Task A_statement_that_changes_something_is_not_repeated_though_waiting_would_help()
    {
        Cluster.Answers = _ => Reply.TooMany;
        await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"DELETE FROM t WHERE day = 1", Token));
        Assert.Single(Cluster.Calls);
    }

    [Fact]
    public async Task A_host_that_failed_lately_is_tried_last()
    {
        await NodesAsync(2);
        Cluster.Answers = _ => Reply.Done();
        await Cluster.KillAsync(0);
        var client = new SqlClient(Options());
        await using var first = client.Session();
        await first.ExecuteAsync($"REFRESH TABLE a", Token);
        Cluster.Revive(0);
        await using var second = client.Session();
        await second.ExecuteAsync($"REFRESH TABLE b", Token);
        Assert.Equal([1, 1], Cluster.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task Where_no_host_answers_each_is_named_with_its_reason()
    {
        await NodesAsync(2);
        await Cluster.KillAsync(0);
        await Cluster.KillAsync(1);
        var error = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"REFRESH TABLE a", Token));
        Assert.Equal((ServerCodes.Unreachable, true), (error.Code, error.IsTransient));
        Assert.All(
            Cluster.Hosts.Split(','),
            host => Assert.Contains($"{host}: nothing listens there", error.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_host_that_takes_the_connection_and_says_nothing_is_given_up()
    {
        await NodesAsync(2);
        Cluster.Answers = _ => Reply.Done();
        var clock = new FakeTimeProvider();
        Cluster.Fails = call => call.Node == 0 ? Silent(clock) : Fault.None;
        var session = Session(options: Options(clock: clock));
        await session.ExecuteAsync($"REFRESH TABLE a", Token);
        Assert.Equal(1, Assert.Single(Cluster.Calls).Node);
        await Cluster.KillAsync(1);
        var error = await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync($"REFRESH TABLE b", Token));
        Assert.Contains("it took the connection and did not answer in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_has_a_time_limit_of_its_own()
    {
        var clock = new FakeTimeProvider();
        Cluster.Fails = call => call.Says("DELETE") ? Silent(clock) : Fault.None;
        var session = Session(options: Options(clock: clock));
        var error = await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync($"DELETE FROM t WHERE day = 1", Token));
        Assert.Equal(ServerCodes.AnswerLost, error.Code);
        Assert.Contains("within the time limit of the client", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_cancels_gets_no_error_of_the_network()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Cluster.Fails = call =>
        {
            if (call.Says("SET"))
                return Fault.None;
            cancel.Cancel();
            return Fault.Silent;
        };
        var session = Session();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.QueryAsync($"SELECT 1", cancel.Token));
        Cluster.Fails = _ => Fault.None;
        Cluster.Answers = _ => Reply.Done();
        await session.ExecuteAsync($"REFRESH TABLE a", Token);
        Assert.Equal(2, session.Connections);
    }

    [Fact]
    public async Task Who_stops_reading_in_the_middle_can_go_on_with_the_session()
    {
        var many = Reply.Rows(
            [("n", 10), ("t", 4)],
            [.. Enumerable.Range(0, 50_000).Select(i => (IReadOnlyList<object?>)[i, "some text that makes it long"])]
        );
        Cluster.Answers = call => call.Says("FROM many") ? many : null;
        var session = Session();
        var seen = 0L;
        await foreach (var row in session.StreamAsync($"SELECT n, t FROM many", Token))
        {
            seen = row.Long(0);
            if (seen == 10)
                break;
        }

        Assert.Equal(10, seen);
        Assert.Equal("true", (await session.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
        var count = 0;
        await foreach (var row in session.StreamAsync($"SELECT n, t FROM many", Token))
            count++;
        Assert.Equal(50_000, count);
    }

    [Fact]
    public async Task A_stream_that_breaks_after_its_first_row_is_not_begun_anew()
    {
        Cluster.Answers = _ =>
            Reply.Rows([("n", 10), ("t", 4)], [.. Enumerable.Range(0, 5_000).Select(i => (IReadOnlyList<object?>)[i, "text"])]);
        Cluster.Fails = call => call.Says("FROM many") ? Fault.Cut : Fault.None;
        var cut = new TaskCompletionSource();
        Cluster.CutWhen = cut.Task;
        List<long> seen = [];
        var error = await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await foreach (var row in Session().StreamAsync($"SELECT n, t FROM many", Token))
            {
                seen.Add(row.Long(0));
                cut.TrySetResult();
            }
        });
        Assert.Equal((ServerCodes.AnswerLost, true), (error.Code, error.IsTransient));
        Assert.NotEmpty(seen);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Single(Cluster.Calls);
    }

    [Fact]
    public async Task A_long_statement_is_sent_compressed_and_a_short_one_is_not()
    {
        Cluster.Answers = _ => Reply.Done();
        var session = Session();
        await session.ExecuteAsync($"INSERT INTO t (a) VALUES ({new string('x', 20_000)})", Token);
        Assert.Equal(["", "gzip"], Cluster.Encodings.Order(StringComparer.Ordinal));
        Assert.Equal(20_000, Cluster.Calls[0].Args[0].GetString()!.Length);
    }

    [Fact]
    public async Task Every_request_says_who_asks_and_in_which_schema()
    {
        Cluster.Answers = _ => Reply.Done();
        await Session(options: Options(new Credential.Basic("ann", "pass"), schema: "metrics")).ExecuteAsync($"REFRESH TABLE a", Token);
        await Session(options: Options(new Credential.Token("eyJ.x.y"))).ExecuteAsync($"REFRESH TABLE a", Token);
        await Session().ExecuteAsync($"REFRESH TABLE a", Token);
        Assert.Equal(
            ["Basic YW5uOnBhc3M=", "Bearer eyJ.x.y", ""],
            Cluster.Calls.Select(c => c.Headers.GetValueOrDefault("Authorization", ""))
        );
        Assert.Equal(["metrics", "", ""], Cluster.Calls.Select(c => c.Headers.GetValueOrDefault("Default-Schema", "")));
    }

    [Fact]
    public async Task Of_a_bulk_statement_each_row_has_its_own_outcome()
    {
        Cluster.Answers = _ => Recorded.Of("views", "bulk insert, one row into a sealed partition and one beside").Reply;
        IReadOnlyList<IReadOnlyList<SqlValue>> rows =
        [
            [new SqlValue.Integer(1700006400001), new SqlValue.Integer(1), new SqlValue.Real(double.NaN)],
            [new SqlValue.Integer(1701648000001), SqlValue.Null, new SqlValue.Exact(1.50m)],
        ];
        var outcomes = await Session().BulkAsync($"INSERT INTO varve_t.vsrc (ts, h, v) VALUES (?, ?, ?)", rows, Token);
        Assert.Equal([null, 1], outcomes.Select(o => o.RowCount));
        Assert.Equal(ServerCodes.Blocked, Assert.IsType<EngineException>(outcomes[0].Error).Code);
        Assert.Null(outcomes[1].Error);
        var bulk = Cluster.Calls[0].Bulk!;
        Assert.Equal(["1700006400001", "1", "\"NaN\""], bulk[0].Select(v => v.GetRawText()));
        Assert.Equal(["1701648000001", "null", "\"1.50\""], bulk[1].Select(v => v.GetRawText()));
    }

    /// <summary>Nothing is said, and the time of every limit passes.</summary>
    private static Fault Silent(FakeTimeProvider clock)
    {
        clock.Advance(TimeSpan.FromMinutes(2));
        return Fault.Silent;
    }

    [Theory]
    [InlineData("a*/ DROP TABLE t /*")]
    [InlineData("a b")]
    [InlineData("")]
    public void A_tag_cannot_end_its_comment(string tag) =>
        Assert.Throws<ArgumentException>(() => new SessionSettings { Tag = tag }.Comment);
}
