using NodaTime;
using Varve.Queries;
using Varve.Time;

namespace Varve.Tests.Queries;

public sealed class QueryTimesTests
{
    [Fact]
    public void Windows_reach_from_one_instant_of_the_schedule_to_the_next()
    {
        var times = Times("schedule: \"5 * * * *\"\nstart_date: 2026-01-01T00:30");
        var first = times.First(At("2026-06-01"));
        Assert.Equal(At("2026-01-01T01:05Z"), first);
        Assert.Equal(
            ["[2026-01-01T01:05:00Z, 2026-01-01T02:05:00Z)", "[2026-01-01T02:05:00Z, 2026-01-01T03:05:00Z)"],
            times.Due(first, At("2026-01-01T03:05Z"), 10).Select(w => w.ToString())
        );
    }

    [Fact]
    public void Without_a_start_the_first_window_is_the_one_that_is_open_when_it_is_stored()
    {
        var times = Times("schedule: \"@daily\"");
        Assert.Equal(At("2026-06-01"), times.First(At("2026-06-01T12:00Z")));
        Assert.Equal("[2026-06-01T00:00:00Z, 2026-06-02T00:00:00Z)", times.Next(At("2026-06-01"))!.ToString());
    }

    [Fact]
    public void Days_of_a_zone_are_windows_of_23_and_25_hours()
    {
        var times = Times("schedule: \"0 0 * * *\"\nzone: Europe/Berlin\nstart_date: 2024-03-30");
        var all = times.Due(times.First(At("2026-01-01")), At("2024-04-02"), 10);
        Assert.Equal([24, 23, 24], all.Take(3).Select(w => (w.To - w.From).TotalHours));
        var autumn = Times("schedule: \"0 0 * * *\"\nzone: Europe/Berlin\nstart_date: 2024-10-27");
        Assert.Equal(25, (autumn.Next(autumn.First(At("2026-01-01")))!.To - autumn.First(At("2026-01-01"))).TotalHours);
    }

    [Fact]
    public void The_last_window_ends_at_the_end()
    {
        var times = Times("schedule: { every: 1h }\nstart_date: 2026-01-01\nend_date: 2026-01-01T03:00");
        Assert.Equal(3, times.Due(At("2026-01-01"), At("2027-01-01"), 100).Count);
        Assert.Null(times.Next(At("2026-01-01T03:00Z")));
    }

    /// <summary>The newest of them is found without counting: they may be millions.</summary>
    [Fact]
    public void The_newest_window_that_is_due_is_the_last_of_all_that_are()
    {
        var times = Times("schedule: { cron: \"*/7 * * * *\", jitter: 3m }\nstart_date: 2026-01-01");
        foreach (var now in new[] { "2026-01-01T00:30Z", "2026-01-01T09:14Z", "2026-01-03T00:00Z" })
        {
            var all = times.Due(times.First(At("2027-01-01")), At(now), 100_000);
            Assert.Equal(all[^1], times.Newest(times.First(At("2027-01-01")), At(now)));
        }

        Assert.Null(times.Newest(At("2026-01-01"), At("2026-01-01T00:06Z")));
        Assert.Equal(
            At("2026-01-01").Plus(Duration.FromDays(365)),
            Times("schedule: \"* * * * *\"\nstart_date: 1990-01-01").Newest(At("1990-01-01"), At("2027-01-01"))!.To
        );
    }

    [Fact]
    public void Of_a_range_only_whole_windows_are_taken()
    {
        var times = Times("schedule: \"@hourly\"");
        Assert.Equal(
            ["[2026-01-01T01:00:00Z, 2026-01-01T02:00:00Z)"],
            times.Within(new(At("2026-01-01T00:30Z"), At("2026-01-01T02:59Z")), 10).Select(w => w.ToString())
        );
        Assert.Equal(10, times.Within(new(At("2026-01-01"), At("2027-01-01")), 10).Count);
    }

    private static QueryTimes Times(string keys) => QueryYaml.Parse($"query: q\nsql: SELECT 1\n{keys}\n", "").Single().Query.Times();

    private static Instant At(string text) => InstantText.Parse(text);
}
