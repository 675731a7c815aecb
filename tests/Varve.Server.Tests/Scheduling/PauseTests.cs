using NodaTime;
using Varve.Scheduling;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Tests.Scheduling;

/// <summary>What a pause does to runs that wait for their turn.</summary>
public abstract class PauseTests(HomeKind kind)
{
    private const string Hourly = "query: q\nsql: DELETE FROM t WHERE ts < {to}\nschedule: \"0 * * * *\"\nstart_date: 2026-01-01T08:00Z\n";

    private static readonly RunResult Failure = new(RunState.Failed, null, null, new("VRV374", "refused", 4, [], []));

    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task Runs_that_wait_are_left_out_what_is_under_way_goes_on_and_what_a_person_asked_for_too()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z", (1, 1));
        Hold(works);
        await works.LearnAsync(Hour("a"), Hour("b"), Hour("c"));
        await works.TickOpenAsync("2026-01-01T11:00Z");
        var asked = new ServerRun("m-asked", Clockwork.Connection, "b", RunTrigger.Manual, works.Clock.Now, "ann");
        await works.Runs.AddAsync(asked, default);
        works.Queue.Admit(asked);
        Assert.Equal((1, 3), (works.Queue.Running, works.Queue.Waiting));
        string? underWay;
        while ((underWay = (await works.ListAsync()).SingleOrDefault(r => r.State == RunState.Running)?.Policy) is null)
            await Task.Yield();

        Assert.Equal(3, await PauseAsync(works, "a", "b", "c"));
        Assert.Equal((1, 1), (works.Queue.Running, works.Queue.Waiting));
        _gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.Equal(2, works.Begun.Count);
        Assert.Equal(
            Enumerable.Repeat(("2026-01-01T11:00:00Z", "the schedule was paused by ann before its turn came: a move"), 2),
            await works.SkippedAsync()
        );
        var told = (await works.Audit.ListAsync(Caller.AllTenants, null, 10, default)).Where(e => e.Action == "schedule.paused").ToList();
        Assert.Equal(3, told.Count);
        foreach (var entry in told)
            Assert.Equal(
                entry.Target == $"db/{underWay}" ? """{"reason":"a move"}""" : """{"reason":"a move","leftOut":1}""",
                entry.Detail
            );
        Assert.True((await works.Audit.VerifyAsync([], default)).Holds);

        // The next instant does what they would have done.
        await ResumeAsync(works, "a", "b", "c");
        await works.TickAsync("2026-01-01T12:00Z");
        Assert.Equal(3, (await works.ScheduledAsync()).Count(at => at == "2026-01-01T12:00:00Z"));
    }

    [Fact]
    public async Task A_pause_after_failures_leaves_out_the_run_that_waits()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        Hold(works, Failure);
        await works.LearnAsync(
            (
                "p",
                new()
                {
                    Cron = CronRule.Parse("0 * * * *"),
                    Overlap = Overlap.Queue,
                    PauseAfter = 1,
                },
                "2025-01-01T00:00Z"
            )
        );
        await works.TickOpenAsync("2026-01-01T11:00Z");
        await works.TickOpenAsync("2026-01-01T12:00Z");
        Assert.Equal(1, works.Queue.Waiting);
        _gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.Single(works.Begun);
        Assert.StartsWith("the schedule was paused by schedule before its turn came", Assert.Single(await works.SkippedAsync()).Reason);
    }

    [Fact]
    public async Task Windows_of_a_query_are_held_back_say_why_and_are_done_after_the_pause()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T11:30Z");
        Hold(works);
        await works.LearnQueriesAsync((Hourly, "2026-01-01T11:30Z"));
        await works.TickOpenAsync("2026-01-01T11:30Z");
        await PauseQueryAsync(works, works.Clock.Now + Duration.FromHours(2));
        _gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.Single(await works.WindowsAsync());
        var waits = (await works.ListAsync()).Where(r => r.State == RunState.Queued).ToList();
        Assert.Equal(2, waits.Count);
        Assert.Equal("it waits for its turn: the schedule is paused by ann: a move", works.Queue.Told(waits[0]).Reason);

        // A server that starts meanwhile holds them back too.
        await works.RestartAsync();
        await works.LearnQueriesAsync((Hourly, "2026-01-01T11:30Z"));
        foreach (var run in waits)
            works.Queue.Admit(run);
        await works.TickAsync("2026-01-01T13:29Z");
        Assert.Single(await works.WindowsAsync());
        await works.TickAsync("2026-01-01T13:30Z");
        Assert.Equal(5, (await works.WindowsAsync()).Count);
    }

    [Fact]
    public async Task Windows_that_wait_behind_one_that_failed_rest_with_it()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T11:30Z");
        works.Act = (run, _) => Task.FromResult(run.Window!.From.InUtc().Hour == 8 ? Failure : new(RunState.Done, null, null, null));
        await works.LearnQueriesAsync((Hourly, "2026-01-01T11:30Z"));
        var began = works.Clock.Now;
        await works.TickAsync("2026-01-01T11:30Z");
        Assert.Single(works.Begun);
        Assert.Equal(began + Duration.FromMinutes(1), works.Keeper.All.Single().State.CircuitUntil);
        Assert.Equal(began + Duration.FromMinutes(1), await works.Keeper.TickAsync(default));
        await works.TickAsync("2026-01-01T11:31Z");
        Assert.Equal(["01-01T09:00 01-01T10:00", "01-01T10:00 01-01T11:00"], await works.WindowsAsync());
    }

    [Fact]
    public async Task A_query_that_is_paused_after_failures_fails_no_further_windows()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T11:30Z");
        works.Act = (_, _) => Task.FromResult(Failure);
        await works.LearnQueriesAsync((Hourly.Replace("\"0 * * * *\"", "{ cron: \"0 * * * *\", pause_after: 2 }"), "2026-01-01T11:30Z"));
        await works.PassAsync("2026-01-01T11:30Z", "2026-01-01T14:00Z");
        Assert.Equal(2, (await works.WindowsAsync(RunState.Failed)).Count);
        Assert.Equal(["01-01T10:00 01-01T11:00", "01-01T11:00 01-01T12:00"], await works.WindowsAsync(RunState.Queued));
        Assert.NotNull(works.Keeper.All.Single().State.Pause);
    }

    private static (string, Schedule, string) Hour(string policy) =>
        (policy, new() { Cron = CronRule.Parse("0 * * * *") }, "2025-01-01T00:00Z");

    private static Task<int> PauseAsync(Clockwork works, params string[] policies) =>
        ChangeAsync(works, "schedule.paused", s => s with { Pause = new(works.Clock.Now, "ann", "a move", null) }, policies);

    private static Task<int> ResumeAsync(Clockwork works, params string[] policies) =>
        ChangeAsync(works, "schedule.resumed", s => s with { Pause = null, Armed = Instant.Max(s.Armed, works.Clock.Now) }, policies);

    private static Task<int> ChangeAsync(Clockwork works, string action, Func<ScheduleState, ScheduleState> change, string[] policies) =>
        works.Keeper.ChangeAsync(
            [.. policies.Select(p => new ScheduleKey(Clockwork.Connection, p))],
            _ => new("ann", "token", Role.Operator, "default", null),
            action,
            action == "schedule.paused" ? new() { ["reason"] = "a move" } : [],
            change,
            default
        );

    private static Task<int> PauseQueryAsync(Clockwork works, Instant until) =>
        works.Keeper.ChangeAsync(
            [new ScheduleKey(Clockwork.Connection, "q", true)],
            _ => new("ann", "token", Role.Operator, "default", null),
            "schedule.paused",
            [],
            s => s with { Pause = new(works.Clock.Now, "ann", "a move", until) },
            default
        );

    private void Hold(Clockwork works, RunResult? result = null) =>
        works.Act = async (_, _) =>
        {
            await _gate.Task;
            return result ?? new(RunState.Done, null, null, null);
        };
}

public sealed class PauseTestsOnDuckDb() : PauseTests(HomeKind.DuckDb);

public sealed class PauseTestsOnPostgreSql() : PauseTests(HomeKind.PostgreSql);

public sealed class PauseTestsOnCrateDb() : PauseTests(HomeKind.CrateDb);
