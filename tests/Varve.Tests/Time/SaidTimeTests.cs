using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class SaidTimeTests
{
    // A Thursday, five days after the clocks of Berlin were put back.
    private const string Now = "2025-10-30T23:30:00Z";

    [Theory]
    [Rule("typed-times")]
    [InlineData("now", "2025-10-30T23:30:00Z")]
    [InlineData("NOW", "2025-10-30T23:30:00Z")]
    [InlineData("-24h", "2025-10-29T23:30:00Z")]
    [InlineData("now-1d", "2025-10-29T23:30:00Z")]
    [InlineData("now-1d12h", "2025-10-29T11:30:00Z")]
    [InlineData("now-1d+30m", "2025-10-30T00:00:00Z")]
    [InlineData("+90s", "2025-10-30T23:31:30Z")]
    [InlineData("-1mo", "2025-09-29T22:30:00Z")]
    [InlineData("-1y", "2024-10-30T23:30:00Z")]
    [InlineData("now/d", "2025-10-30T23:00:00Z")]
    [InlineData("now-1d/d", "2025-10-29T23:00:00Z")]
    [InlineData("now/w", "2025-10-26T23:00:00Z")]
    [InlineData("now/mo", "2025-09-30T22:00:00Z")]
    [InlineData("now/y", "2024-12-31T23:00:00Z")]
    [InlineData("today", "2025-10-30T23:00:00Z")]
    [InlineData("Yesterday", "2025-10-29T23:00:00Z")]
    [InlineData("tomorrow", "2025-10-31T23:00:00Z")]
    [InlineData("today-1w", "2025-10-23T23:00:00Z")]
    [InlineData("yesterday 18:00", "2025-10-30T17:00:00Z")]
    [InlineData("14:30", "2025-10-31T13:30:00Z")]
    [InlineData("2026-11", "2026-10-31T23:00:00Z")]
    [InlineData("2026-07", "2026-06-30T22:00:00Z")]
    [InlineData("2026", "2025-12-31T23:00:00Z")]
    [InlineData("2026-Q3", "2026-06-30T22:00:00Z")]
    [InlineData("2026-W01", "2025-12-28T23:00:00Z")]
    [InlineData("2026-11-05", "2026-11-04T23:00:00Z")]
    [InlineData("20261105", "2026-11-04T23:00:00Z")]
    [InlineData("2026-07-05T14:30", "2026-07-05T12:30:00Z")]
    [InlineData("2026-07-05 14:30:15", "2026-07-05T12:30:15Z")]
    [InlineData("2026-07-05T14:30Z", "2026-07-05T14:30:00Z")]
    [InlineData("2026-07-05 14:30:00-03:30", "2026-07-05T18:00:00Z")]
    public void A_time_is_read_as_the_clocks_of_the_zone_show_it(string text, string expected) =>
        Assert.Equal(expected, In(text, "Europe/Berlin"));

    [Theory]
    [InlineData("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z")]
    [InlineData("2010-11-07", "America/Goose_Bay", "2010-11-07T03:00:00Z")]
    [InlineData("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z")]
    [InlineData("2025-10-26", "Europe/Berlin", "2025-10-25T22:00:00Z")]
    public void A_date_is_the_beginning_of_its_local_day_whatever_the_clocks_do(string text, string zone, string expected)
    {
        Assert.Equal(expected, In(text, zone));
        var grid = Grid.Calendar(new Width.Calendar(CalendarUnit.Day, 1), Zones.Of(zone));
        Assert.True(grid.IsBoundary(InstantText.Parse(expected)));
    }

    [Theory]
    [InlineData("-24h")]
    [InlineData("now-7d")]
    [InlineData("2026-07-05T14:30Z")]
    public void What_is_the_same_in_every_zone_says_so(string text)
    {
        Assert.True(SaidTime.TryParse(text, out var said, out _));
        Assert.False(said.NeedsZone);
        Assert.All(Zones.Odd, zone => Assert.Equal(In(text, "UTC"), In(text, zone)));
    }

    [Fact]
    [Rule("typed-ambiguous")]
    public void A_clock_that_comes_twice_is_refused_with_both_instants()
    {
        var twice = Assert.Throws<FormatException>(() => In("2025-10-26T02:30", "Europe/Berlin"));
        Assert.Contains("2025-10-26T00:30:00Z", twice.Message, StringComparison.Ordinal);
        Assert.Contains("2025-10-26T01:30:00Z", twice.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("typed-ambiguous")]
    public void A_clock_that_never_comes_is_refused_with_the_instant_of_the_change() =>
        Assert.Contains(
            "2025-03-30T01:00:00Z",
            Assert.Throws<FormatException>(() => In("2025-03-30T02:30", "Europe/Berlin")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("24h")]
    [InlineData("-24")]
    [InlineData("-1M")]
    [InlineData("now-1d/h")]
    [InlineData("yesterdya")]
    [InlineData("2026-13")]
    [InlineData("2026-02-30")]
    [InlineData("2026-W54")]
    [InlineData("2026-Q5")]
    [InlineData("1687876200000")]
    [InlineData("25:00")]
    [InlineData("-inf")]
    [InlineData("05.11.2026")]
    [InlineData("now-99999999999999999999d")]
    public void What_is_no_time_is_refused_with_a_way_out(string text)
    {
        Assert.False(SaidTime.TryParse(text, out _, out var error));
        Assert.Contains("rite ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-9999y-9999y")]
    [InlineData("now+9000y")]
    [InlineData("9999-12-31T23:59")]
    public void What_lies_beyond_all_years_is_refused(string text) => Assert.Throws<FormatException>(() => In(text, "America/New_York"));

    private static string In(string text, string zone)
    {
        Assert.True(SaidTime.TryParse(text, out var said, out var error), error);
        return InstantText.Format(said.In(InstantText.Parse(Now), Zones.Of(zone)));
    }
}
