using NodaTime;
using Varve.Scheduling;
using Varve.Time;
using Xunit;

namespace Varve.Tests.Scheduling;

/// <summary>Instants that were computed with an independent zone database.</summary>
public sealed class CronVectorTests
{
    [Theory]
    [InlineData("0 2 * * 0", "Europe/Berlin", "2024-10-26T00:00Z", "2024-10-27T00:00Z 2024-11-03T01:00Z")]
    [InlineData("0 2 * * 0", "Europe/Berlin", "2024-10-27T00:30Z", "2024-11-03T01:00Z")]
    [InlineData("0 2 * * *", "America/New_York", "2024-03-09T12:00Z", "2024-03-10T07:00Z 2024-03-11T06:00Z")]
    [InlineData("0,15,30,45 6-22 * * *", "Europe/Brussels", "2023-10-28T20:30Z", "2023-10-28T20:45Z 2023-10-29T05:00Z 2023-10-29T05:15Z")]
    [InlineData(
        "0 */2 * * *",
        "America/Toronto",
        "2023-03-12T04:00Z",
        "2023-03-12T05:00Z 2023-03-12T07:00Z 2023-03-12T08:00Z 2023-03-12T10:00Z 2023-03-12T12:00Z"
    )]
    [InlineData("0 * * * * *", "Europe/Amsterdam", "2023-10-29T01:10Z", "2023-10-29T01:11Z 2023-10-29T01:12Z")]
    [InlineData(
        "*/30 * * * *",
        "Europe/Amsterdam",
        "2023-10-28T23:45Z",
        "2023-10-29T00:00Z 2023-10-29T00:30Z 2023-10-29T01:00Z 2023-10-29T01:30Z 2023-10-29T02:00Z"
    )]
    [InlineData("0 * * * *", "Asia/Kolkata", "2024-05-05T12:00Z", "2024-05-05T12:30Z 2024-05-05T13:30Z")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2024-10-26T12:00Z", "2024-10-27T00:00Z 2024-10-27T00:30Z 2024-10-28T01:00Z")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2024-10-27T00:45Z", "2024-10-28T01:00Z 2024-10-28T01:30Z")]
    [InlineData("0 0 29 2 *", "UTC", "2024-03-01T00:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z")]
    [InlineData("@daily", "Asia/Kolkata", "2024-05-05T12:00Z", "2024-05-05T18:30Z 2024-05-06T18:30Z")]
    [InlineData(
        "*/15 * * * *",
        "Australia/Lord_Howe",
        "2024-04-06T14:20Z",
        "2024-04-06T14:30Z 2024-04-06T14:45Z 2024-04-06T15:00Z 2024-04-06T15:15Z 2024-04-06T15:30Z"
    )]
    public void A_cron_expression_fires_at(string cron, string zone, string after, string at)
    {
        var expected = at.Split(' ');
        var times = new Timetable(new() { Cron = CronRule.Parse(cron) }, zone, "s");
        Assert.Equal(expected.Select(t => InstantText.Format(InstantText.Parse(t))), Runs(times, after, expected.Length));
    }

    [Theory]
    [InlineData("2w", "2024-02-25T02:01", "America/Chicago", "2024-03-01T00:00Z", "2024-03-10T08:00Z 2024-03-24T07:01Z")]
    [InlineData("15m", null, "UTC", "2024-03-01T00:00Z", "2024-03-01T00:15Z 2024-03-01T00:30Z")]
    [InlineData("90m", "2024-03-01T00:10Z", "UTC", "2024-03-01T00:00Z", "2024-03-01T00:10Z 2024-03-01T01:40Z")]
    [InlineData("1d", null, "Europe/Berlin", "2024-03-30T12:00Z", "2024-03-30T23:00Z 2024-03-31T22:00Z")]
    [InlineData("1w", null, "UTC", "2024-03-30T12:00Z", "2024-04-01T00:00Z 2024-04-08T00:00Z")]
    [InlineData("1mo", "2024-01-31T09:00", "UTC", "2024-02-01T00:00Z", "2024-02-29T09:00Z 2024-03-31T09:00Z 2024-04-30T09:00Z")]
    [InlineData("1q", null, "UTC", "2024-02-01T00:00Z", "2024-04-01T00:00Z 2024-07-01T00:00Z")]
    [InlineData("1y", null, "UTC", "1969-06-01T00:00Z", "1970-01-01T00:00Z 1971-01-01T00:00Z")]
    [InlineData("7s", null, "UTC", "1969-12-31T23:59:50Z", "1969-12-31T23:59:53Z 1970-01-01T00:00:00Z")]
    public void A_period_comes_round_at(string every, string? start, string zone, string after, string at)
    {
        var expected = at.Split(' ');
        var times = new Timetable(
            new() { Every = RunPeriod.Parse(every), Start = start is null ? null : ScheduleMoment.Parse(start) },
            zone,
            "s"
        );
        Assert.Equal(expected.Select(t => InstantText.Format(InstantText.Parse(t))), Runs(times, after, expected.Length));
    }

    /// <summary>The table of docs/scheduling.md: the instants of the two days on which Berlin's clocks are changed.</summary>
    [Theory]
    [InlineData("30 2 * * *", "2024-03-31", "2024-03-31T01:00Z")]
    [InlineData("30 2 * * *", "2024-10-27", "2024-10-27T00:30Z")]
    [InlineData("0,30 2 * * *", "2024-03-31", "2024-03-31T01:00Z")]
    [InlineData("0,30 2 * * *", "2024-10-27", "2024-10-27T00:00Z 2024-10-27T00:30Z")]
    public void Fixed_times_of_a_day_on_which_clocks_change(string cron, string day, string at) =>
        Assert.Equal(
            at.Split(' ').Select(t => InstantText.Format(InstantText.Parse(t))),
            OfDay(new() { Cron = CronRule.Parse(cron) }, day)
        );

    [Theory]
    [InlineData("2024-03-31", 23)]
    [InlineData("2024-10-27", 25)]
    [InlineData("2024-06-01", 24)]
    public void Every_hour_of_a_day_has_its_run(string day, int hours) =>
        Assert.Equal(hours, OfDay(new() { Cron = CronRule.Parse("0 * * * *") }, day).Distinct().Count());

    [Theory]
    [InlineData("2024-03-31", "2024-03-31T01:00:00Z")]
    [InlineData("2024-10-27", "2024-10-27T00:30:00Z")]
    public void A_daily_period_keeps_its_time_of_day(string day, string at) =>
        Assert.Equal([at], OfDay(new() { Every = RunPeriod.Parse("1d"), Start = ScheduleMoment.Parse("2024-01-01T02:30") }, day));

    private static List<string> OfDay(Schedule schedule, string day)
    {
        var times = new Timetable(schedule, "Europe/Berlin", "s");
        var date = NodaTime.Text.LocalDatePattern.Iso.Parse(day).Value;
        var (from, to) = (times.Zone.AtStartOfDay(date).ToInstant(), times.Zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
        return [.. times.Upcoming(from - Duration.Epsilon, 100).Where(o => o.Scheduled < to).Select(o => InstantText.Format(o.Scheduled))];
    }

    private static IEnumerable<string> Runs(Timetable times, string after, int count) =>
        times.Upcoming(InstantText.Parse(after), count).Select(o => InstantText.Format(o.Scheduled));
}
