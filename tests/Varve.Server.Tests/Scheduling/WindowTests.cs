using NodaTime;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Tests.Scheduling;

/// <summary>No window of a query is lost, none is done twice, and those that are left out are said.</summary>
public abstract class WindowTests(HomeKind kind)
{
    private const string Hourly = "query: q\nsql: DELETE FROM t WHERE ts < {to}\nschedule: \"0 * * * *\"\nstart_date: 2026-01-01T08:00Z\n";

    [Fact]
    public async Task Every_window_since_the_start_is_done_once_oldest_first()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T11:30Z");
        await works.LearnQueriesAsync((Hourly, "2026-01-01T11:30Z"));
        await works.TickAsync("2026-01-01T11:30Z");
        Assert.Equal(["01-01T08:00 01-01T09:00", "01-01T09:00 01-01T10:00", "01-01T10:00 01-01T11:00"], await works.WindowsAsync());
        await works.PassAsync("2026-01-01T11:31Z", "2026-01-01T13:10Z");
        Assert.Equal(5, (await works.WindowsAsync()).Count);
    }

    [Fact]
    public async Task A_restart_does_nothing_twice_and_goes_on_where_it_was()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T10:30Z");
        await works.LearnQueriesAsync((Hourly, "2026-01-01T10:30Z"));
        await works.TickAsync("2026-01-01T10:30Z");
        await works.RestartAsync();
        await works.LearnQueriesAsync((Hourly, "2026-01-01T10:30Z"));
        await works.TickAsync("2026-01-01T14:30Z");
        Assert.Equal(6, (await works.WindowsAsync()).Count);
        Assert.Equal(6, (await works.WindowsAsync()).Distinct().Count());
    }

    [Fact]
    public async Task With_latest_the_newest_is_done_and_the_others_are_counted()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T12:30Z");
        await works.LearnQueriesAsync((Hourly + "catchup: latest", "2026-01-01T12:30Z"));
        await works.TickAsync("2026-01-01T12:30Z");
        Assert.Equal(["01-01T11:00 01-01T12:00"], await works.WindowsAsync());
        Assert.Equal(["01-01T08:00 01-01T11:00"], await works.WindowsAsync(RunState.Skipped));
        Assert.Equal("catchup: latest; 3 windows were missed", (await works.ListAsync()).Single(r => r.State == RunState.Skipped).Reason);

        // Somebody is told of them, once; of a window that is done nobody is.
        await works.TickAsync("2026-01-01T12:40Z");
        Assert.Equal(
            [
                "Nothing was done from 2026-01-01T08:00:00Z to 2026-01-01T11:00:00Z (catchup: latest; 3 windows were missed). A backfill does it.",
            ],
            await works.ToldAsync("missed")
        );
    }

    [Fact]
    public async Task With_none_only_what_ends_while_the_server_runs_is_done()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T12:30Z");
        await works.LearnQueriesAsync((Hourly + "catchup: none", "2026-01-01T12:30Z"));
        await works.TickAsync("2026-01-01T12:30Z");
        Assert.Empty(await works.WindowsAsync());
        Assert.Equal(2, (await works.WindowsAsync(RunState.Skipped)).Count);
        await works.TickAsync("2026-01-01T13:00:02Z");
        Assert.Equal(["01-01T12:00 01-01T13:00"], await works.WindowsAsync());
    }

    [Fact]
    public async Task A_pause_loses_no_window_and_an_edit_neither()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T09:00Z");
        await works.LearnQueriesAsync((Hourly, "2026-01-01T09:00Z"));
        await works.TickAsync("2026-01-01T09:00Z");
        var key = new ScheduleKey(Clockwork.Connection, "q", true);
        Assert.True(
            await works.Keeper.ChangeAsync(
                key,
                Access.Caller.Scheduler,
                "default",
                "schedule.paused",
                [],
                s => s with { Pause = new(works.Clock.Now, "ann", "a move", works.Clock.Now + Duration.FromHours(2)) },
                default
            )
        );
        await works.PassAsync("2026-01-01T09:01Z", "2026-01-01T10:59Z");
        Assert.Single(await works.WindowsAsync());
        await works.TickAsync("2026-01-01T11:00Z");
        Assert.Equal(3, (await works.WindowsAsync()).Count);
        await works.LearnQueriesAsync((Hourly.Replace("0 * * * *", "30 * * * *", StringComparison.Ordinal), "2026-01-01T11:10Z"));
        await works.TickAsync("2026-01-01T12:31Z");
        Assert.Equal(["01-01T11:00 01-01T11:30", "01-01T11:30 01-01T12:30"], (await works.WindowsAsync()).Skip(3));
    }

    /// <summary>So many wait at once; the others come when those have ended, and none is forgotten.</summary>
    [Fact]
    public async Task Thousands_of_windows_come_by_the_hundred_in_their_order()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-12T12:00Z");
        List<Instant> begun = [];
        var most = 0;
        works.Act = (run, _) =>
        {
            begun.Add(run.Window!.From);
            most = Math.Max(most, works.Queue.Open(run.Key));
            return Task.FromResult(new RunResult(RunState.Done, null, null, null));
        };
        await works.LearnQueriesAsync((Hourly, "2026-01-12T12:00Z"));
        for (var ticks = 0; ticks < 4; ticks++)
            await works.TickAsync("2026-01-12T12:00Z");
        Assert.Equal(268, begun.Count);
        Assert.Equal(begun.Order(), begun);
        Assert.InRange(most, 1, 100);
    }

    [Fact]
    public async Task A_window_that_fails_holds_up_those_behind_it_no_longer_than_the_rest_and_none_is_lost()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T08:30Z");
        works.Act = (run, _) =>
            Task.FromResult(
                run.Window!.From.InUtc().Hour == 9
                    ? new RunResult(RunState.Failed, null, null, new("VRV374", "refused", 4, [], []))
                    : new RunResult(RunState.Done, null, null, null)
            );
        await works.LearnQueriesAsync((Hourly, "2026-01-01T08:30Z"));
        await works.PassAsync("2026-01-01T08:30Z", "2026-01-01T12:10Z");
        Assert.Equal(["01-01T09:00 01-01T10:00"], await works.WindowsAsync(RunState.Failed));
        Assert.Equal(3, (await works.WindowsAsync()).Count);
    }

    [Fact]
    public async Task A_policy_and_a_query_of_one_name_are_two()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T08:30Z");
        await works.LearnAsync(("q", new() { Cron = Varve.Scheduling.CronRule.Parse("0 * * * *") }, "2025-01-01T00:00Z"));
        await works.LearnQueriesAsync((Hourly, "2026-01-01T08:30Z"));
        await works.TickAsync("2026-01-01T09:00Z");
        var runs = await works.ListAsync();
        Assert.Equal(2, runs.Select(r => r.Id).Distinct().Count());
        Assert.Equal([false, true], runs.Select(r => r.IsQuery).Order());
        await works.LearnAsync();
        Assert.True(Assert.Single(works.Keeper.All).State.Key.IsQuery);
    }
}

public sealed class WindowTestsOnDuckDb() : WindowTests(HomeKind.DuckDb);

public sealed class WindowTestsOnPostgreSql() : WindowTests(HomeKind.PostgreSql);
