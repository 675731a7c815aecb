using NodaTime;
using Varve.Scheduling;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Tests.Scheduling;

/// <summary>
/// What users of other schedulers reported, through scheduler and store: the right instants were computed with an
/// independent zone database.
/// </summary>
public abstract class ScheduleVectorTests(HomeKind kind)
{
    private const string Long_ago = "2020-01-01T00:00Z";

    [Fact]
    public async Task Two_o_clock_of_the_day_that_has_it_twice_is_one_run()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-10-26T12:00Z");
        await works.LearnAsync(("p", Cron("0 2 * * 0", "Europe/Berlin"), Long_ago));
        Assert.Equal(["2024-10-27T00:00:00Z", "2024-11-03T01:00:00Z"], await works.PassAsync("2024-10-26T12:00Z", "2024-11-03T02:00Z"));
    }

    [Fact]
    public async Task Asked_late_within_the_hour_that_exists_twice_it_still_fires_once()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-10-26T12:00Z");
        await works.LearnAsync(("p", Cron("0 2 * * 0", "Europe/Berlin"), Long_ago));
        Assert.Equal(["2024-10-27T00:00:00Z"], await works.PassAsync("2024-10-27T00:30Z", "2024-10-27T12:00Z"));
    }

    [Fact]
    public async Task A_manual_run_moves_no_instant_of_the_schedule()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-03-09T12:00Z");
        await works.LearnAsync(("p", Cron("0 2 * * *", "America/New_York"), Long_ago));
        await works.PassAsync("2024-03-09T12:00Z", "2024-03-10T07:29Z");
        works.Clock.Now = Instant.FromUtc(2024, 3, 10, 7, 30);
        var manual = new ServerRun(ServerRun.NewId(), Clockwork.Connection, "p", RunTrigger.Manual, works.Clock.Now, "ann");
        Assert.True(await works.Runs.AddAsync(manual, CancellationToken.None));
        works.Queue.Admit(manual);
        await works.Queue.IdleAsync();
        Assert.Equal(["2024-03-10T07:00:00Z", "2024-03-11T06:00:00Z"], await works.PassAsync("2024-03-10T07:30Z", "2024-03-11T07:00Z"));
    }

    [Fact]
    public async Task Quarters_of_working_hours_go_on_once_after_the_clock_was_put_back()
    {
        await using var works = await Clockwork.AtAsync(kind, "2023-10-28T20:31Z");
        await works.LearnAsync(("p", Cron("0,15,30,45 6-22 * * *", "Europe/Brussels"), Long_ago));
        Assert.Equal(["2023-10-28T20:45:00Z", "2023-10-29T05:00:00Z"], await works.PassAsync("2023-10-28T20:31Z", "2023-10-29T05:14Z"));
    }

    [Fact]
    public async Task Every_other_hour_of_a_short_day_comes_once_each()
    {
        await using var works = await Clockwork.AtAsync(kind, "2023-03-12T04:00Z");
        await works.LearnAsync(("p", Cron("0 */2 * * *", "America/Toronto"), Long_ago));
        Assert.Equal(
            ["2023-03-12T05:00:00Z", "2023-03-12T07:00:00Z", "2023-03-12T08:00:00Z", "2023-03-12T10:00:00Z", "2023-03-12T12:00:00Z"],
            await works.PassAsync("2023-03-12T04:00Z", "2023-03-12T12:30Z")
        );
    }

    [Fact]
    public async Task Every_minute_is_every_minute_in_the_second_hour_too()
    {
        await using var works = await Clockwork.AtAsync(kind, "2023-10-29T01:10Z");
        await works.LearnAsync(("p", Cron("0 * * * * *", "Europe/Amsterdam"), Long_ago));
        Assert.Equal(
            ["2023-10-29T01:11:00Z", "2023-10-29T01:12:00Z", "2023-10-29T01:13:00Z"],
            await works.PassAsync("2023-10-29T01:10Z", "2023-10-29T01:13:30Z")
        );
    }

    [Fact]
    public async Task Every_other_Sunday_at_a_time_that_does_not_exist_comes_once()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-03-01T00:00Z");
        await works.LearnAsync(
            (
                "p",
                new()
                {
                    Every = RunPeriod.Parse("2w"),
                    Start = ScheduleMoment.Parse("2024-02-25T02:01"),
                    Zone = "America/Chicago",
                },
                Long_ago
            )
        );
        Assert.Equal(["2024-03-10T08:00:00Z", "2024-03-24T07:01:00Z"], await works.PassAsync("2024-03-01T00:00Z", "2024-03-25T00:00Z"));
    }

    [Fact]
    public async Task Hours_of_a_zone_with_half_an_hour_are_its_own()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-05-05T12:00Z");
        await works.LearnAsync(("p", Cron("0 * * * *", "Asia/Kolkata"), Long_ago));
        Assert.Equal(["2024-05-05T12:30:00Z", "2024-05-05T13:30:00Z"], await works.PassAsync("2024-05-05T12:00Z", "2024-05-05T14:00Z"));
    }

    [Fact]
    public async Task Runs_that_were_foreseen_before_a_clock_change_are_no_runs_of_their_own()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-03-29T12:00Z");
        var daily = Cron("30 8 * * *", "Europe/Berlin");
        await works.LearnAsync(("p", daily, Long_ago));
        await works.PassAsync("2024-03-29T12:00Z", "2024-03-30T12:00Z");
        await works.RestartAsync(("p", daily, Long_ago));
        Assert.Equal(
            ["2024-03-30T07:30:00Z", "2024-03-31T06:30:00Z", "2024-04-01T06:30:00Z"],
            await works.PassAsync("2024-03-30T12:00Z", "2024-04-01T12:00Z")
        );
    }

    [Fact]
    public async Task Whatever_comes_while_the_queue_is_full_runs()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:00Z", (2, 2));
        var gate = new TaskCompletionSource();
        works.Act = async (_, _) =>
        {
            await gate.Task;
            return new(RunState.Done, null, null, null);
        };
        for (var i = 0; i < 20; i++)
        {
            var run = new ServerRun(ServerRun.NewId(), Clockwork.Connection, $"p{i}", RunTrigger.Manual, works.Clock.Now, "ann");
            await works.Runs.AddAsync(run, CancellationToken.None);
            works.Queue.Admit(run);
        }

        Assert.Equal((2, 18), (works.Queue.Running, works.Queue.Waiting));
        gate.SetResult();
        await works.Queue.IdleAsync();
        Assert.All(await works.ListAsync(), r => Assert.Equal(RunState.Done, r.State));
        Assert.Equal(20, works.Begun.Count);
    }

    [Fact]
    public async Task A_pause_lets_the_timer_pass_and_after_it_the_next_instant_runs()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *"), Long_ago));
        await works.TickAsync("2026-01-01T10:45Z");
        await PauseAsync(works, new(works.Clock.Now, "ann", "the disk is full", null));
        await works.TickAsync("2026-01-01T11:00:01Z");
        await works.TickAsync("2026-01-01T12:10Z");
        Assert.Empty(await works.ScheduledAsync());
        await PauseAsync(works, null);
        Assert.Equal(["2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z"], await works.PassAsync("2026-01-01T12:10Z", "2026-01-01T14:30Z"));
    }

    [Fact]
    public async Task A_pause_with_an_end_outlives_the_server_and_ends_by_itself()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        var hourly = Cron("0 * * * *");
        await works.LearnAsync(("p", hourly, Long_ago));
        await PauseAsync(works, new(works.Clock.Now, "ann", "a holiday", Instant.FromUtc(2026, 1, 1, 12, 30)));
        await works.TickAsync("2026-01-01T11:30Z");
        await works.RestartAsync(("p", hourly, Long_ago));
        Assert.Equal(("ann", "a holiday"), (works.State("p").Pause!.By, works.State("p").Pause!.Reason));
        Assert.Equal(["2026-01-01T13:00:00Z"], await works.PassAsync("2026-01-01T11:30Z", "2026-01-01T13:30Z"));
        Assert.Null(works.State("p").Pause);
    }

    [Fact]
    public async Task A_clock_that_went_a_day_ahead_and_came_back_runs_at_its_next_tick()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnAsync(("p", Cron("0 * * * *"), Long_ago));
        await works.TickAsync("2026-01-01T11:00:01Z");
        await works.TickAsync("2026-01-02T11:20Z");
        await works.TickAsync("2026-01-01T11:25Z");
        Assert.Equal(["2026-01-01T11:00:00Z", "2026-01-02T11:00:00Z"], await works.ScheduledAsync());
        await works.PassAsync("2026-01-01T11:25Z", "2026-01-02T12:00Z");
        var all = await works.ScheduledAsync();
        Assert.Equal(all.Distinct(), all);
        Assert.Equal(26, all.Count);
    }

    [Fact]
    public async Task A_schedule_made_a_hundred_times_shorter_is_one_run()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:30Z");
        await works.LearnAsync(("p", new() { Every = RunPeriod.Parse("100m") }, Long_ago));
        await works.PassAsync("2026-01-01T00:30Z", "2026-01-02T00:00Z");
        var before = (await works.ScheduledAsync()).Count;
        works.Clock.Now = Instant.FromUtc(2026, 1, 2, 0, 30);
        await works.LearnAsync(("p", new() { Every = RunPeriod.Parse("1m") }, "2026-01-02T00:20Z"));
        await works.TickAsync("2026-01-02T00:30Z");
        Assert.Equal(before + 1, (await works.ScheduledAsync()).Count);
        Assert.Equal(9, (await works.ListAsync())[^1].Missed);
    }

    [Fact]
    public async Task A_laptop_that_slept_wakes_to_one_run()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:00:30Z");
        await works.LearnAsync(("p", Cron("* * * * *"), Long_ago));
        await works.TickAsync("2026-01-03T08:00Z");
        await works.TickAsync("2026-01-03T08:00:30Z");
        var run = Assert.Single(await works.ListAsync());
        Assert.Equal((Instant.FromUtc(2026, 1, 3, 8, 0), Timetable.MostCounted), (run.Scheduled!.Value, run.Missed));
    }

    [Fact]
    public async Task A_restart_between_the_two_hours_is_one_run_each_and_one_warning()
    {
        await using var works = await Clockwork.AtAsync(kind, "2024-10-26T12:00Z");
        var twice = Cron("0,30 2 * * *", "Europe/Berlin") with { ExpectWithin = Varve.Time.Keep.Parse("1h") };
        works.Act = (_, _) => Task.FromResult(new RunResult(RunState.Failed, null, null, new("VRV401", "no", 4, [], [])));
        await works.LearnAsync(("p", twice, Long_ago));
        await works.PassAsync("2024-10-26T12:00Z", "2024-10-27T00:45Z");
        await works.RestartAsync(("p", twice, Long_ago));
        await works.PassAsync("2024-10-27T00:45Z", "2024-10-27T03:00Z");
        Assert.Equal(["2024-10-27T00:00:00Z", "2024-10-27T00:30:00Z"], await works.ScheduledAsync());
        Assert.Single(
            await works.Audit.ListAsync(Caller.AllTenants, null, 100, CancellationToken.None),
            e => e.Action == "schedule.overdue"
        );
    }

    private static Schedule Cron(string rule, string? zone = null) => new() { Cron = CronRule.Parse(rule), Zone = zone };

    private static Task<bool> PauseAsync(Clockwork works, SchedulePause? pause) =>
        works.Keeper.ChangeAsync(
            new(Clockwork.Connection, "p"),
            new("ann", "token", Role.Operator, "default", null),
            "default",
            pause is null ? "schedule.resumed" : "schedule.paused",
            [],
            state => state with { Pause = pause, Armed = pause is null ? Instant.Max(state.Armed, works.Clock.Now) : state.Armed },
            CancellationToken.None
        );
}

public sealed class ScheduleVectorTestsOnDuckDb() : ScheduleVectorTests(HomeKind.DuckDb);

public sealed class ScheduleVectorTestsOnPostgreSql() : ScheduleVectorTests(HomeKind.PostgreSql);
