using Microsoft.Extensions.Time.Testing;
using Varve.CrateDb;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// CrateDB works on where a client has gone: what a run left behind is ended, and waited for, before the next one writes to the same
/// tables.
/// </summary>
public sealed class DeadStatementTests : DaysSuite
{
    private const string Insert = "INSERT INTO \"m\".\"cpu_1h_states\"";

    [Fact]
    public async Task A_statement_of_a_run_that_is_gone_is_ended_before_the_next_one_writes()
    {
        var crate = await CrateAsync();
        var story = await DaysAsync();
        using var gone = new CancellationTokenSource();
        TaskCompletionSource begun = new(),
            ended = new();
        crate.Before = async (call, killed) =>
        {
            if (!call.Says(Insert))
                return null;
            crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            begun.SetResult();
            using var _ = killed.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, killed);
            return null;
        };
        var first = RunAsync(gone.Token);
        await Task.WhenAny(begun.Task, first);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(ended.Task.IsCompleted);

        var from = crate.Http.Calls.Count;
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.True(ended.Task.IsCompleted);
        var calls = crate.Http.Calls.Skip(from).ToList();
        Assert.InRange(calls.FindIndex(c => c.Says("KILL ")), 0, calls.FindIndex(c => c.Says("UPDATE \"varve\".\"locks\"")) - 1);
        await story.ExpectTiersAsync(Rows);

        async Task RunAsync(CancellationToken cancellationToken)
        {
            await using var database = await Db.OpenAsync();
            var lifecycle = new Lifecycle(database, new() { TimeProvider = new SettableTime(At("2025-04-10T12:00Z")) });
            await lifecycle.RunToEndAsync(Selection.All, new() { Yes = true }, cancellationToken);
        }
    }
}

/// <summary>The same, where the server does not end them.</summary>
public sealed class UndyingStatementTests : CrateDbSuite
{
    [Fact]
    public async Task One_that_does_not_end_keeps_the_next_run_waiting_and_then_away()
    {
        Cluster.Answers = call =>
            call.Says("sys.jobs") ? Reply.Rows([("id", 4), ("started", 11)], ["one", 0L], ["two", 0L]) : Reply.Done(0);
        var clock = new FakeTimeProvider();
        var ending = DeadStatements.EndAsync(Session(), "dead", clock, Token);
        await PassAsync(clock, ending);

        var error = await Assert.ThrowsAsync<EngineException>(() => ending);
        Assert.Contains("2 statements of a run that died", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.Equal(["one", "two"], Cluster.Calls.Where(c => c.Says("KILL ")).Select(c => c.Args[0].GetString()).Distinct());
    }

    [Fact]
    public async Task The_lease_of_a_run_that_left_it_is_not_taken()
    {
        Cluster.Answers = call =>
            call.Says("sys.jobs") ? Reply.Rows([("id", 4), ("started", 11)], ["one", 0L])
            : call.Says("FROM \"varve\".\"locks\"")
                ? Reply.Rows([("h", 4), ("f", 10), ("u", 10), ("n", 10), ("s", 10), ("p", 10)], ["dead.run", 7L, 1_000L, 2_000L, 3L, 1L])
            : call.Says("UPDATE \"varve\".\"locks\"") ? Reply.Rows([("s", 10), ("p", 10)], [4L, 1L])
            : Reply.Done(0);
        var clock = new FakeTimeProvider();
        await using var engine = new CrateDbEngine(new(Options()), null, false, clock);
        var taking = CrateDbLease.TakeAsync(engine, "p", clock, Token);
        await PassAsync(clock, taking);

        var error = await Assert.ThrowsAsync<EngineException>(() => taking);
        Assert.Contains("1 statements of a run that died", error.Message, StringComparison.Ordinal);
        Assert.Contains(Cluster.Calls, c => c.Says("KILL "));
        Assert.DoesNotContain(Cluster.Calls, c => c.Says("UPDATE "));
    }

    // No time passes before they were told to end, however long that takes here.
    private async Task PassAsync(FakeTimeProvider clock, Task waiting)
    {
        while (!waiting.IsCompleted)
        {
            if (Cluster.Calls.Any(c => c.Says("KILL ")))
                clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Token);
        }
    }
}
