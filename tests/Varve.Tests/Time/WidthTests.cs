using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class WidthTests
{
    [Theory]
    [InlineData("90s", "90s")]
    [InlineData("60s", "1m")]
    [InlineData("15m", "15m")]
    [InlineData("60m", "1h")]
    [InlineData("3600s", "1h")]
    [InlineData("86400s", "24h")]
    [InlineData("24h", "24h")]
    [InlineData("1500ms", "1500ms")]
    [InlineData("1d", "1d")]
    [InlineData("1w", "1w")]
    [InlineData("1mo", "1mo")]
    [InlineData("2mo", "2mo")]
    [InlineData("3mo", "1q")]
    [InlineData("1q", "1q")]
    [InlineData("4mo", "4mo")]
    [InlineData("6mo", "6mo")]
    [InlineData("12mo", "1y")]
    [InlineData("1y", "1y")]
    public void Widths_have_one_name(string text, string name)
    {
        Assert.Equal(name, Width.Parse(text).Name);
        Assert.Equal(Width.Parse(text), Width.Parse(name));
    }

    [Theory]
    [Rule("calendar-widths")]
    [InlineData("2d", "48h for a fixed width")]
    [InlineData("7d", "1w")]
    [InlineData("2w", "336h for a fixed width")]
    [InlineData("36500d", "876000h for a fixed width")]
    [InlineData("5200w", "873600h for a fixed width")]
    [InlineData("5mo", "4mo")]
    [InlineData("8mo", "6mo")]
    [InlineData("2q", "6mo")]
    [InlineData("2y", "1y")]
    [InlineData("0s", "at least 1s")]
    [InlineData("999ms", "at least 1s")]
    [InlineData("0d", "1d")]
    [InlineData("999999999999h", "at most 876000h")]
    [InlineData("1M", "15m")]
    [InlineData("1x", "no unit \"x\"")]
    [InlineData("1.5h", "whole number")]
    [InlineData("-1h", "whole number")]
    [InlineData("1 h", "whole number")]
    [InlineData("1h30m", "whole number")]
    [InlineData("1h\n", "whole number")]
    [InlineData("", "whole number")]
    [InlineData("day", "whole number")]
    public void Others_are_refused_and_told_what_to_write(string text, string expected)
    {
        Assert.False(Width.TryParse(text, out _, out var error));
        Assert.Contains($"\"{text}\"", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<FormatException>(() => Width.Parse(text)).Message);
    }

    [Theory]
    [InlineData("36501d")]
    [InlineData("5201w")]
    [InlineData("0d")]
    [InlineData("0w")]
    public void No_fixed_width_is_told_that_cannot_be(string text)
    {
        Assert.False(Width.TryParse(text, out _, out var error));
        Assert.EndsWith("one of the calendar widths 1d, 1w, 1mo, 2mo, 1q, 4mo, 6mo and 1y.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_not_a_width() => Assert.False(Width.TryParse(null, out _, out _));

    [Fact]
    [Rule("calendar-widths")]
    public void A_day_of_24_hours_is_not_a_local_day() => Assert.NotEqual(Width.Parse("24h"), Width.Parse("1d"));

    [Fact]
    public void Widths_that_cannot_be_do_not_construct()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Width.Fixed(999));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Width.Fixed(long.MaxValue));
        Assert.Contains(
            "1mo, 2mo, 1q",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Width.Calendar(CalendarUnit.Month, 3)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new Width.Calendar(CalendarUnit.Day, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Width.Calendar((CalendarUnit)9, 1));
    }

    [Fact]
    public void The_name_of_every_fixed_width_is_read_back() =>
        Gen.Long[Width.Fixed.Least, Width.Fixed.Most]
            .Sample(ms =>
                Width.Parse(new Width.Fixed(ms).Name) is Width.Fixed read
                && read.Milliseconds == ms
                && read.Longest == Duration.FromMilliseconds(ms)
            );

    [Theory]
    [InlineData("1d")]
    [InlineData("1w")]
    [InlineData("1mo")]
    [InlineData("2mo")]
    [InlineData("1q")]
    [InlineData("4mo")]
    [InlineData("6mo")]
    [InlineData("1y")]
    public void No_bucket_of_any_zone_since_1970_is_longer_or_shorter_than_said(string text)
    {
        var width = (Width.Calendar)Width.Parse(text);
        var lengths = DateTimeZoneProviders
            .Tzdb.Ids.Select(id => Grid.Calendar(width, Zones.Of(id)))
            .SelectMany(grid =>
                BucketsAtClockChanges(grid, At.Range("1971-01-01", "2040-01-01"))
                    .Select(bucket => (Length: bucket.To - bucket.From, grid.Id, bucket.From))
            )
            .ToList();
        Assert.True(width.Shortest <= lengths.Min().Length, $"{lengths.Min()}");
        Assert.True(width.Longest >= lengths.Max().Length, $"{lengths.Max()}");
    }

    [Theory]
    [InlineData("90m", 1.5, 1.5)]
    [InlineData("1d", 12, 31)]
    [InlineData("1w", 6 * 24, (7 * 24) + 7)]
    [InlineData("1mo", 27 * 24, (31 * 24) + 7)]
    [InlineData("2mo", 58 * 24, (62 * 24) + 7)]
    [InlineData("1q", 89 * 24, (92 * 24) + 7)]
    [InlineData("4mo", 119 * 24, (123 * 24) + 7)]
    [InlineData("6mo", 180 * 24, (184 * 24) + 7)]
    [InlineData("1y", 364 * 24, (366 * 24) + 7)]
    public void Lengths_are_those_of_the_calendar_give_or_take_a_clock_change(string text, double shortest, double longest)
    {
        Assert.Equal(Duration.FromHours(shortest), Width.Parse(text).Shortest);
        Assert.Equal(Duration.FromHours(longest), Width.Parse(text).Longest);
    }

    private static IEnumerable<TimeRange> BucketsAtClockChanges(Grid grid, TimeRange span)
    {
        foreach (
            var interval in grid
                .Zone.GetZoneIntervals(span.From, span.To)
                .Where(interval => interval.HasStart && span.Contains(interval.Start))
        )
        {
            yield return grid.BucketOf(interval.Start - Duration.Epsilon);
            yield return grid.BucketOf(interval.Start);
        }
    }
}
