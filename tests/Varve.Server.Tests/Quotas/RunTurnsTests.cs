using NodaTime;
using Varve.Server.Home;
using Varve.Server.Runs;
using Varve.Server.Tests.Scheduling;

namespace Varve.Server.Tests.Quotas;

/// <summary>Whose turn it is among runs that wait.</summary>
public sealed class RunTurnsTests
{
    [Fact]
    public void Tenants_take_turns_however_many_runs_one_has_waiting()
    {
        var turns = new RunTurns(new(1, _ => 16, c => c[..1], _ => null));
        List<ServerRun> waiting = [.. Enumerable.Range(0, 5).Select(i => Run($"a{i}")), Run("b0"), Run("b1"), Run("c0")];
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"], Order(turns, waiting));
    }

    [Fact]
    public void Who_has_fewest_under_way_begins_first()
    {
        var turns = new RunTurns(new(4, _ => 16, c => c[..1], _ => null));
        Assert.Equal("b0", turns.Next([Run("a2"), Run("b0")], [Run("a0"), Run("a1")])!.Connection);
        Assert.Null(turns.Next([Run("a2")], [Run("a0"), Run("a1"), Run("b0"), Run("b1")]));
    }

    [Fact]
    public void A_quota_keeps_back_those_of_its_tenant_and_lets_others_pass()
    {
        var turns = new RunTurns(new(4, _ => 16, c => c[..1], tenant => tenant == "a" ? 1 : null));
        List<ServerRun> waiting = [Run("a1"), Run("a2"), Run("b0")];
        Assert.Equal("b0", turns.Next(waiting, [Run("a0")])!.Connection);
        Assert.Null(turns.Next(waiting[..2], [Run("a0")]));
        Assert.Equal(
            "1 of the tenant a is under way, which is all that its quota allows at once",
            turns.Hindrance(waiting[0], [Run("a0")])
        );
    }

    [Theory]
    [InlineData(HomeKind.DuckDb)]
    [InlineData(HomeKind.PostgreSql)]
    [InlineData(HomeKind.CrateDb)]
    public async Task A_run_over_the_quota_waits_says_why_and_runs_when_another_has_ended(HomeKind kind)
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:00Z");
        works.OfTenant = 1;
        var gate = new TaskCompletionSource();
        works.Act = async (_, _) =>
        {
            await gate.Task;
            return new(RunState.Done, null, null, null);
        };
        foreach (var name in new[] { "one", "two" })
        {
            var run = new ServerRun($"m-{name}", Clockwork.Connection, name, RunTrigger.Manual, works.Clock.Now, "ann");
            await works.Runs.AddAsync(run, default);
            works.Queue.Admit(run);
        }

        Assert.Equal((1, 1), (works.Queue.Running, works.Queue.Waiting));
        var waits = works.Queue.Told((await works.Runs.FindAsync("m-two", default))!);
        Assert.Contains("all that its quota allows", waits.Reason, StringComparison.Ordinal);
        gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.All(await works.ListAsync(), r => Assert.Equal((RunState.Done, null), (r.State, r.Reason)));
        Assert.Equal(2, (await works.ListAsync()).Count);
    }

    private static List<string> Order(RunTurns turns, List<ServerRun> waiting)
    {
        List<string> order = [];
        while (turns.Next(waiting, []) is { } next)
        {
            order.Add(next.Connection);
            waiting.Remove(next);
        }

        return order;
    }

    private static ServerRun Run(string connection) =>
        new($"m-{connection}", connection, "p", RunTrigger.Manual, Instant.FromUnixTimeSeconds(0), "ann");
}
