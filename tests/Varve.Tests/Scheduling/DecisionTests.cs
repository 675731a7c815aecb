using NodaTime;
using Varve.Scheduling;
using Varve.Time;
using Xunit;

namespace Varve.Tests.Scheduling;

public sealed class DecisionTests
{
    [Fact]
    public void One_run_stands_for_all_that_was_missed()
    {
        var fire = Assert.IsType<Decision.Fire>(Every("5m").Decide(At("2026-01-01T00:00Z"), At("2026-01-01T01:02Z")));
        Assert.Equal((At("2026-01-01T01:00Z"), 11, false), (fire.At.Scheduled, fire.Missed, fire.IsLeast));
    }

    [Fact]
    public void A_year_of_seconds_is_one_run_and_takes_no_time()
    {
        var fire = Assert.IsType<Decision.Fire>(Cron("* * * * * *").Decide(At("2025-01-01T00:00Z"), At("2026-01-01T00:00:00.5Z")));
        Assert.Equal((At("2026-01-01T00:00Z"), Timetable.MostCounted, true), (fire.At.Scheduled, fire.Missed, fire.IsLeast));
    }

    [Fact]
    public void What_was_due_before_the_hour_that_exists_twice_still_fires_once()
    {
        var times = Cron("0 2 * * 0", "Europe/Berlin");
        var fire = Assert.IsType<Decision.Fire>(times.Decide(At("2024-10-26T20:00Z"), At("2024-10-27T00:30Z")));
        Assert.Equal((At("2024-10-27T00:00Z"), 0), (fire.At.Scheduled, fire.Missed));
        var wait = Assert.IsType<Decision.Wait>(times.Decide(fire.At.Scheduled, At("2024-10-27T01:00:01Z")));
        Assert.Equal(At("2024-11-03T01:00Z"), wait.Next!.Scheduled);
    }

    [Fact]
    public void A_clock_that_was_set_back_runs_at_its_next_tick()
    {
        var times = Cron("0 * * * *");
        var (ahead, now) = (At("2026-01-02T10:00Z"), At("2026-01-01T10:20Z"));
        Assert.Equal(new Decision.Rearm(now), times.Decide(ahead, now));
        Assert.Equal(At("2026-01-01T11:00Z"), Assert.IsType<Decision.Fire>(times.Decide(now, At("2026-01-01T11:00Z"))).At.Scheduled);
    }

    [Fact]
    public void Nothing_runs_before_the_start_nor_from_the_end_on()
    {
        var times = new Timetable(
            new()
            {
                Cron = CronRule.Parse("0 * * * *"),
                Start = ScheduleMoment.Parse("2026-01-01T02:00"),
                End = ScheduleMoment.Parse("2026-01-01T04:00"),
            },
            "UTC",
            "s"
        );
        Assert.Equal(
            [At("2026-01-01T02:00Z"), At("2026-01-01T03:00Z")],
            times.Upcoming(At("2025-12-01T00:00Z"), 10).Select(o => o.Scheduled)
        );
        Assert.Equal(new Decision.Wait(null), times.Decide(At("2026-01-01T03:00Z"), At("2026-02-01T00:00Z")));
    }

    [Fact]
    public void In_a_window_nothing_begins_and_it_is_said_which()
    {
        var times = new Timetable(
            new() { Every = RunPeriod.Parse("1h"), Except = [ExceptWindow.Parse("mon-fri 08:00-18:00"), ExceptWindow.Parse("2026-01-01")] },
            "Europe/Berlin",
            "s"
        );
        var skip = Assert.IsType<Decision.Skip>(times.Decide(At("2025-12-31T22:30Z"), At("2025-12-31T23:00Z")));
        Assert.Equal("nothing begins in 2026-01-01", skip.Reason);
        Assert.Equal(At("2026-01-01T23:00Z"), times.Upcoming(At("2025-12-31T22:30Z"), 1)[0].Scheduled);
        Assert.Equal(At("2026-01-02T17:00Z"), times.Upcoming(At("2026-01-02T06:30Z"), 1)[0].Scheduled);
    }

    [Theory]
    [InlineData("22:00-06:00", "2026-01-05T23:00", true)]
    [InlineData("22:00-06:00", "2026-01-05T05:59", true)]
    [InlineData("22:00-06:00", "2026-01-05T06:00", false)]
    [InlineData("fri 22:00-06:00", "2026-01-10T03:00", true)]
    [InlineData("fri 22:00-06:00", "2026-01-09T03:00", false)]
    [InlineData("sat-sun", "2026-01-10T00:00", true)]
    [InlineData("sat-sun", "2026-01-12T00:00", false)]
    [InlineData("sun-tue", "2026-01-12T00:00", true)]
    [InlineData("mon,wed 08:00-24:00", "2026-01-07T23:59", true)]
    [InlineData("mon,wed 08:00-24:00", "2026-01-08T00:00", false)]
    [InlineData("2026-01-05T18:00/2026-01-06", "2026-01-05T18:00", true)]
    [InlineData("2026-01-05T18:00/2026-01-06", "2026-01-06T00:00", false)]
    public void A_window_covers(string window, string local, bool covers) =>
        Assert.Equal(covers, ExceptWindow.Parse(window).Covers(ScheduleMoment.Parse(local).At));

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("18:00-18:00")]
    [InlineData("fri")]
    [InlineData("friday 08:00-09:00")]
    [InlineData("2026-01-02/2026-01-01")]
    [InlineData("2026-01-01T00:00Z/2026-01-02")]
    [InlineData("")]
    public void Only_a_window_is_one(string text) => Assert.Equal(text == "fri", ExceptWindow.TryParse(text, out _, out _));

    [Fact]
    public void Jitter_puts_each_name_off_by_its_own_and_always_the_same()
    {
        var offsets = Enumerable
            .Range(0, 200)
            .Select(i =>
                new Timetable(new() { Every = RunPeriod.Parse("1h"), Jitter = Keep.Parse("10m") }, "UTC", $"p{i}")
                    .Upcoming(At("2026-01-01T00:00Z"), 3)
                    .Select(o => o.Due - o.Scheduled)
                    .Distinct()
                    .Single()
            )
            .ToList();
        Assert.All(offsets, o => Assert.InRange(o.TotalSeconds, 0, 600));
        Assert.True(offsets.Distinct().Count() > 190);
        Assert.InRange(offsets.Average(o => o.TotalSeconds), 250, 350);
    }

    [Fact]
    public void A_run_that_is_put_off_is_due_then_and_not_before()
    {
        var times = new Timetable(new() { Every = RunPeriod.Parse("1h"), Jitter = Keep.Parse("10m") }, "UTC", "p1");
        var next = times.Next(At("2026-01-01T00:00Z"))!;
        Assert.True(next.Due > next.Scheduled);
        Assert.IsType<Decision.Wait>(times.Decide(At("2026-01-01T00:00Z"), next.Due - Duration.Epsilon));
        Assert.Equal(next, Assert.IsType<Decision.Fire>(times.Decide(At("2026-01-01T00:00Z"), next.Due)).At);
    }

    [Fact]
    public void A_cron_expression_that_asks_for_both_days_is_told()
    {
        var report = Varve.Policies.PolicyRules.Check(Policies.Texts.Policy("table: t\ntime: ts\nkeep: 1d\nschedule: 0 0 13 * 5\n"));
        Assert.Equal(("VRV194", true), (Assert.Single(report).Code, report[0].IsWarning));
        Assert.Equal(At("2026-02-13T00:00Z"), Cron("0 0 13 * 5").Upcoming(At("2026-01-01T00:00Z"), 1)[0].Scheduled);
    }

    private static Timetable Every(string period) => new(new() { Every = RunPeriod.Parse(period) }, "UTC", "s");

    private static Timetable Cron(string rule, string zone = "UTC") => new(new() { Cron = CronRule.Parse(rule) }, zone, "s");

    private static Instant At(string text) => InstantText.Parse(text);
}
