using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class KeepTests
{
    [Theory]
    [Rule("durations")]
    [InlineData("90s", "90s")]
    [InlineData("120s", "2m")]
    [InlineData("36h", "36h")]
    [InlineData("24h", "1d")]
    [InlineData("7d", "7d")]
    [InlineData("2w", "14d")]
    [InlineData("18mo", "18mo")]
    [InlineData("12mo", "1y")]
    [InlineData("1q", "3mo")]
    [InlineData("8q", "2y")]
    [InlineData("2y", "2y")]
    [InlineData("0s", "0s")]
    [InlineData("0mo", "0s")]
    [InlineData("forever", "forever")]
    public void Durations_have_one_spelling(string text, string canonical)
    {
        Assert.Equal(canonical, Keep.Parse(text).Text);
        Assert.Equal(Keep.Parse(text), Keep.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("-7d")]
    [InlineData("1.5d")]
    [InlineData("7 d")]
    [InlineData("7D")]
    [InlineData("1y6mo")]
    [InlineData("500ms")]
    [InlineData("10000y")]
    [InlineData("999999999999w")]
    [InlineData("Forever")]
    public void Others_are_refused_and_told_what_to_write(string text)
    {
        Assert.False(Keep.TryParse(text, out _, out var error));
        Assert.Contains($"\"{text}\"", error, StringComparison.Ordinal);
        Assert.Contains("rite", error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<FormatException>(() => Keep.Parse(text)).Message);
    }

    [Fact]
    public void Nothing_is_not_a_duration() => Assert.False(Keep.TryParse(null, out _, out _));

    [Theory]
    [Rule("months-clamped")]
    [InlineData("2025-03-31", "1mo", "UTC", "2025-02-28")]
    [InlineData("2024-03-31", "1mo", "UTC", "2024-02-29")]
    [InlineData("2024-02-29", "1y", "UTC", "2023-02-28")]
    [InlineData("2025-01-31", "18mo", "UTC", "2023-07-31")]
    [InlineData("2025-07-15", "1q", "UTC", "2025-04-15")]
    [InlineData("2025-04-15", "1d", "UTC", "2025-04-14")]
    [InlineData("2025-04-15T12:00Z", "36h", "UTC", "2025-04-14")]
    [InlineData("1969-01-15", "2w", "UTC", "1969-01-01")]
    [InlineData("2025-04-14T22:00Z", "1mo", "Europe/Berlin", "2025-03-14T23:00Z")] // local midnight to local midnight
    [InlineData("2025-04-14T22:00Z", "31d", "Europe/Berlin", "2025-03-14T22:00Z")] // days are 24 hours
    [InlineData("2025-03-30T22:00Z", "1mo", "Europe/Berlin", "2025-02-27T23:00Z")] // local 03-31 00:00
    [InlineData("2025-04-30T00:30Z", "1mo", "Europe/Berlin", "2025-03-30T01:00Z")] // 02:30 does not exist: the change itself
    [InlineData("2025-11-26T01:30Z", "1mo", "Europe/Berlin", "2025-10-26T00:30Z")] // 02:30 occurs twice: the first
    [InlineData("2025-04-15", "0s", "Europe/Berlin", "2025-04-15")]
    public void Subtracting_follows_the_calendar_for_months_only(string asOf, string keep, string zone, string expected) =>
        Assert.Equal(At.Utc(expected), Keep.Parse(keep).SubtractFrom(At.Utc(asOf), Zones.Of(zone)));

    [Theory]
    [InlineData("2025-01-31", "1mo", "2025-02-28")]
    [InlineData("2024-02-29", "1y", "2025-02-28")]
    [InlineData("2025-04-15T12:00Z", "36h", "2025-04-17")]
    [InlineData("2025-04-15", "0s", "2025-04-15")]
    [InlineData("2025-04-15", "forever", "+inf")]
    [InlineData("9999-12-01", "1mo", "+inf")]
    [InlineData("9999-12-01", "40d", "+inf")]
    public void Adding_follows_the_calendar_for_months_only(string from, string keep, string expected) =>
        Assert.Equal(expected == "+inf" ? Instant.MaxValue : At.Utc(expected), Keep.Parse(keep).AddTo(At.Utc(from), DateTimeZone.Utc));

    [Theory]
    [InlineData("3mo", 4, "1y")]
    [InlineData("7d", 2, "14d")]
    [InlineData("forever", 2, "forever")]
    public void Several_times_as_long(string keep, int count, string expected) =>
        Assert.Equal(expected, Keep.Parse(keep).Times(count).Text);

    [Fact]
    public void Beyond_the_first_instant_there_is_only_minus_infinity()
    {
        var utc = DateTimeZone.Utc;
        var asOf = At.Utc("2025-01-01");
        Assert.Equal(Instant.MinValue, Keep.Forever.SubtractFrom(asOf, utc));
        Assert.Equal(At.Utc("0026-01-01"), Keep.Parse("1999y").SubtractFrom(asOf, utc));
        Assert.Equal(Instant.MinValue, Keep.Parse("9999y").SubtractFrom(At.Utc("0001-01-01"), utc));
        Assert.Equal(Instant.MinValue, Keep.Parse("9999y").SubtractFrom(At.Utc("-0001-01-01"), utc));
        Assert.Equal(Instant.MinValue, Keep.Parse("1mo").SubtractFrom(At.Utc("-9998-01-31"), utc));
        Assert.Equal(Instant.MinValue, Keep.Parse("3649635d").SubtractFrom(At.Utc("-9990-01-01T00:00:00Z"), utc));
        Assert.Equal(Instant.MinValue, Keep.Parse("7d").SubtractFrom(Instant.MinValue, utc));
        Assert.Throws<ArgumentOutOfRangeException>(() => Keep.Parse("7d").SubtractFrom(Instant.MaxValue, utc));
        Assert.Throws<ArgumentNullException>(() => Keep.Parse("7d").SubtractFrom(asOf, null!));
    }

    [Fact]
    public void The_last_day_of_9999_can_be_counted_from_in_every_zone() =>
        Assert.All(
            Zones.Odd,
            id =>
                Assert.InRange(
                    Keep.Parse("1mo").SubtractFrom(At.Utc("9999-12-31T23:59:59Z"), Zones.Of(id)),
                    At.Utc("9999-11-29"),
                    At.Utc("9999-12-02")
                )
        );

    [Theory]
    [InlineData("1mo", 28, 31)]
    [InlineData("1q", 89, 92)]
    [InlineData("1y", 365, 366)]
    [InlineData("18mo", 365 + 181, 366 + 184)]
    [InlineData("7d", 7, 7)]
    public void Months_have_the_fewest_and_the_most_days_they_can(string text, int fewest, int most)
    {
        Assert.Equal(Duration.FromDays(fewest), Keep.Parse(text).Shortest);
        Assert.Equal(Duration.FromDays(most), Keep.Parse(text).Longest);
    }

    [Fact]
    public void For_ever_is_longer_than_anything()
    {
        Assert.Equal(Duration.MaxValue, Keep.Parse("forever").Shortest);
        Assert.Equal(Duration.MaxValue, Keep.Parse("forever").Longest);
    }

    // What is left of the calendar before them may not hold the month, so that up to three days too many are cut off.
    [Theory]
    [InlineData("UTC")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("America/Sao_Paulo")]
    public void Months_that_reach_beyond_the_calendar_end_where_it_does(string id)
    {
        for (var days = 0; days < 60; days++)
        {
            var begin = Instant.MinValue + Duration.FromDays(days) + Duration.FromHours(25);
            var before = Keep.Parse("1mo").SubtractFrom(begin, Zones.Of(id));
            Assert.True(
                days < 33
                    ? before == Instant.MinValue
                    : days < 34 || (before > Instant.MinValue && begin - before >= Duration.FromDays(27)),
                $"{days}: {before}"
            );
        }
    }

    [Fact]
    public void No_number_of_months_is_ever_shorter_or_longer_than_said()
    {
        var days = Enumerable.Range(0, 8 * 366).Select(day => At.Utc("1896-01-01") + Duration.FromDays(day)).ToList();
        for (var months = 1; months <= 36; months++)
        {
            var keep = Keep.Parse($"{months}mo");
            var lengths = days.Select(day => day - keep.SubtractFrom(day, DateTimeZone.Utc)).ToList();
            Assert.True(keep.Shortest <= lengths.Min() && lengths.Max() <= keep.Longest, $"{months}: {lengths.Min()} {lengths.Max()}");
        }
    }

    [Theory]
    [InlineData("forever", "forever", true)]
    [InlineData("forever", "100y", true)]
    [InlineData("100y", "forever", false)]
    [InlineData("12mo", "1y", true)]
    [InlineData("1y", "12mo", true)]
    [InlineData("4q", "1y", true)]
    [InlineData("366d", "1y", true)]
    [InlineData("365d", "1y", false)]
    [InlineData("1y", "365d", true)]
    [InlineData("1mo", "28d", true)]
    [InlineData("1mo", "29d", false)]
    [InlineData("7m", "7mo", false)]
    [InlineData("0s", "0mo", true)]
    [InlineData("1mo", "0s", true)]
    [InlineData("0s", "1s", false)]
    public void Comparing_takes_the_unsafe_end(string left, string right, bool expected) =>
        Assert.Equal(expected, Keep.Parse(left).IsAtLeast(Keep.Parse(right)));

    [Fact]
    public void The_cutoff_lies_within_the_lengths_give_or_take_a_clock_change() =>
        Gen.Select(At.Historic, Gen.Int[1, 60], Gen.OneOf<string>(Zones.Odd))
            .Sample(
                (asOf, months, zone) =>
                {
                    var keep = Keep.Parse($"{months}mo");
                    var length = asOf - keep.SubtractFrom(asOf, Zones.Of(zone));
                    Assert.InRange(length, keep.Shortest - Duration.FromHours(25), keep.Longest + Duration.FromHours(25));
                }
            );
}
