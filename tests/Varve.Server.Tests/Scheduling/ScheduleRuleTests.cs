using NodaTime;
using Varve.Scheduling;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Tests.Scheduling;

public abstract class ScheduleRuleTests(HomeKind kind)
{
    private static readonly RunResult Failure = new(RunState.Failed, null, null, new("VRV401", "the table is gone", 4, [], []));

    [Fact]
    public async Task A_schedule_that_is_new_or_changed_never_fires_by_itself()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.TickAsync("2026-01-01T10:31Z");
        await works.LearnAsync(("p", Cron("*/5 * * * *"), "2026-01-01T10:31Z"));
        await works.TickAsync("2026-01-01T10:32Z");
        Assert.Empty(await works.ListAsync());
        await works.TickAsync("2026-01-01T10:35Z");
        Assert.Equal(["2026-01-01T10:35:00Z"], await works.ScheduledAsync());
    }

    [Fact]
    public async Task More_than_one_statement_takes_are_due_in_one_minute_and_each_runs_once()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        (string, Schedule, string)[] all =
        [
            .. Enumerable.Range(0, HomeTables.MostRows + 10).Select(n => ($"p{n}", Cron("0 * * * *"), "2025-01-01T00:00Z")),
        ];
        await works.LearnAsync(all);
        await works.TickAsync("2026-01-01T11:00Z");
        await works.Queue.IdleAsync();
        Assert.Equal(all.Length, works.Begun.Count);
        await works.RestartAsync(all);
        await works.TickAsync("2026-01-01T11:00Z");
        await works.Queue.IdleAsync();
        Assert.Equal(all.Length, works.Begun.Count);
    }

    [Fact]
    public async Task A_run_that_is_due_while_one_is_under_way_is_left_out_and_said_why()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        var gate = Gate(works);
        await works.LearnAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.TickOpenAsync("2026-01-01T11:00Z");
        await works.TickOpenAsync("2026-01-01T12:00Z");
        gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.Equal([("2026-01-01T12:00:00Z", "the run before it is still under way")], await works.SkippedAsync());
        await works.TickAsync("2026-01-01T13:00Z");
        Assert.Equal(["2026-01-01T11:00:00Z", "2026-01-01T13:00:00Z"], await works.ScheduledAsync());
    }

    [Fact]
    public async Task With_queue_one_waits_and_a_second_one_is_left_out()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        var gate = Gate(works);
        await works.LearnAsync(("p", Cron("0 * * * *") with { Overlap = Overlap.Queue }, "2025-01-01T00:00Z"));
        await works.TickOpenAsync("2026-01-01T11:00Z");
        await works.TickOpenAsync("2026-01-01T12:00Z");
        await works.TickOpenAsync("2026-01-01T13:00Z");
        Assert.Equal((1, 1), (works.Queue.Running, works.Queue.Waiting));
        gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.Equal([("2026-01-01T13:00:00Z", "one run waits already")], await works.SkippedAsync());
        Assert.Equal(["2026-01-01T11:00:00Z", "2026-01-01T12:00:00Z"], await works.ScheduledAsync());
    }

    [Fact]
    public async Task One_that_fails_rests_longer_each_time_and_holds_up_nobody()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:00:30Z", (1, 1));
        works.Act = (run, _) => Task.FromResult(run.Policy == "bad" ? Failure : new RunResult(RunState.Done, null, null, null));
        await works.LearnAsync(("bad", Cron("* * * * *"), "2025-01-01T00:00Z"), ("good", Cron("* * * * *"), "2025-01-01T00:00Z"));
        await works.PassAsync("2026-01-01T00:00:30Z", "2026-01-01T00:20:30Z", Duration.FromSeconds(30));
        var runs = await works.ListAsync();
        Assert.Equal(20, runs.Count(r => r is { Policy: "good", State: RunState.Done }));
        Assert.Equal(
            [1, 2, 4, 8, 16],
            runs.Where(r => r is { Policy: "bad", State: RunState.Failed }).Select(r => r.Scheduled!.Value.InUtc().Minute)
        );
        Assert.StartsWith("it failed 2 times one after the other", (await works.SkippedAsync())[0].Reason, StringComparison.Ordinal);
        works.Act = (_, _) => Task.FromResult(new RunResult(RunState.Done, null, null, null));
        await works.PassAsync("2026-01-01T00:33Z", "2026-01-01T00:34Z");
        Assert.Equal((0, null), (works.State("bad").Failures, works.State("bad").CircuitUntil));
    }

    [Fact]
    public async Task After_enough_failures_it_is_paused_and_a_cancelled_run_is_none()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:30Z");
        await works.LearnAsync(("p", Cron("0 */3 * * *") with { PauseAfter = 2 }, "2025-01-01T00:00Z"));
        works.Act = (_, _) => Task.FromResult(Failure);
        await works.TickAsync("2026-01-01T03:00Z");
        works.Act = (_, _) => Task.FromResult(new RunResult(RunState.Cancelled, null, "it was cancelled", null));
        await works.TickAsync("2026-01-01T06:00Z");
        Assert.Null(works.State("p").Pause);
        works.Act = (_, _) => Task.FromResult(Failure);
        await works.TickAsync("2026-01-01T09:00Z");
        Assert.Equal("2 failures one after the other, the last: VRV401", works.State("p").Pause!.Reason);
        await works.TickAsync("2026-01-01T12:00Z");
        Assert.Equal(3, (await works.ListAsync()).Count);
        Assert.Contains(
            await works.Audit.ListAsync(Caller.AllTenants, null, 10, CancellationToken.None),
            e => e is { Action: "schedule.paused", Subject: "schedule", Target: "db/p" }
        );
    }

    [Fact]
    public async Task Skip_once_leaves_out_one_run_and_says_who_asked()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.Keeper.ChangeAsync(
            new(Clockwork.Connection, "p"),
            Ann,
            "default",
            "schedule.skipped",
            [],
            s => s with { SkipBy = "ann" },
            CancellationToken.None
        );
        await works.TickAsync("2026-01-01T11:00Z");
        await works.TickAsync("2026-01-01T12:00Z");
        Assert.Equal([("2026-01-01T11:00:00Z", "left out once, as ann asked")], await works.SkippedAsync());
        Assert.Equal(["2026-01-01T12:00:00Z"], await works.ScheduledAsync());
    }

    [Fact]
    public async Task An_excepted_instant_is_kept_with_its_window()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *") with { Except = [ExceptWindow.Parse("11:00-12:00")] }, "2025-01-01T00:00Z"));
        await works.TickAsync("2026-01-01T11:00Z");
        Assert.Equal([("2026-01-01T11:00:00Z", "nothing begins in 11:00-12:00")], await works.SkippedAsync());
    }

    [Fact]
    public async Task A_thousand_schedules_of_one_instant_are_decided_in_one_look()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z", (0, 0));
        await works.LearnAsync([.. Enumerable.Range(0, 1_000).Select(i => ($"p{i}", Cron("0 * * * *"), "2025-01-01T00:00Z"))]);
        await works.TickOpenAsync("2026-01-01T11:00Z");
        Assert.Equal(1_000, works.Queue.Waiting);
        Assert.Equal(1_000, (await works.ListAsync()).Count);
        await works.TickOpenAsync("2026-01-01T11:00:01Z");
        Assert.Equal(1_000, works.Queue.Waiting);
    }

    [Fact]
    public async Task What_a_kill_leaves_queued_is_run_by_the_next_server_and_nothing_is_decided_twice()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z", (0, 0));
        await works.LearnAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.TickOpenAsync("2026-01-01T11:00Z");
        await works.RestartAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.TickOpenAsync("2026-01-01T11:01Z");
        var run = Assert.Single(await works.ListAsync());
        Assert.Equal(RunState.Queued, run.State);
        Assert.Equal([run.Id], (await works.Runs.OpenAsync(CancellationToken.None)).Select(r => r.Id));
    }

    [Fact]
    public async Task A_run_that_is_taken_twice_runs_once()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        var gate = Gate(works);
        var run = new ServerRun(ServerRun.NewId(), Clockwork.Connection, "p", RunTrigger.Manual, works.Clock.Now, "ann");
        await works.Runs.AddAsync(run, CancellationToken.None);
        works.Queue.Admit(run);
        works.Queue.Admit(run);
        Assert.Equal((1, 0), (works.Queue.Running, works.Queue.Waiting));
        gate.SetResult();
        await works.Queue.IdleAsync();
        works.Queue.Admit(run);
        await works.Queue.IdleAsync();
        Assert.Single(works.Begun);
        Assert.Equal(RunState.Done, Assert.Single(await works.ListAsync()).State);
    }

    [Fact]
    public async Task What_was_ended_elsewhere_before_its_turn_does_not_begin()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        var run = new ServerRun(ServerRun.NewId(), Clockwork.Connection, "p", RunTrigger.Manual, works.Clock.Now, "ann");
        await works.Runs.AddAsync(run, CancellationToken.None);
        await works.Keeper.EndedAsync(run with { State = RunState.Cancelled, Finished = works.Clock.Now });
        works.Queue.Admit(run);
        await works.Queue.IdleAsync();
        Assert.Empty(works.Begun);
        Assert.Equal(RunState.Cancelled, Assert.Single(await works.ListAsync()).State);
    }

    [Fact]
    public async Task A_policy_that_has_no_schedule_any_more_has_none()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *"), "2025-01-01T00:00Z"), ("q", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.RestartAsync(("q", Cron("0 * * * *"), "2025-01-01T00:00Z"));
        await works.TickAsync("2026-01-01T11:00Z");
        Assert.Equal("q", Assert.Single(await works.ListAsync()).Policy);
    }

    private static Caller Ann { get; } = new("ann", "token", Role.Operator, "default", null);

    private static Schedule Cron(string rule) => new() { Cron = CronRule.Parse(rule) };

    private static TaskCompletionSource Gate(Clockwork works)
    {
        var gate = new TaskCompletionSource();
        works.Act = async (_, _) =>
        {
            await gate.Task;
            return new(RunState.Done, null, null, null);
        };
        return gate;
    }
}

public sealed class ScheduleRuleTestsOnDuckDb() : ScheduleRuleTests(HomeKind.DuckDb);

public sealed class ScheduleRuleTestsOnPostgreSql() : ScheduleRuleTests(HomeKind.PostgreSql);

public sealed class ScheduleRuleTestsOnCrateDb() : ScheduleRuleTests(HomeKind.CrateDb);
