using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class TimeRangeTests
{
    private static readonly TimeRange Day = At.Range("2025-01-01", "2025-01-02");

    [Fact]
    [Rule("half-open")]
    public void A_range_is_half_open()
    {
        Assert.True(Day.Contains(At.Utc("2025-01-01")));
        Assert.True(Day.Contains(At.Utc("2025-01-01T23:59:59.999999Z")));
        Assert.False(Day.Contains(At.Utc("2025-01-02")));
        Assert.False(Day.Contains(At.Utc("2024-12-31T23:59:59Z")));
    }

    [Fact]
    public void A_range_that_ends_before_it_starts_is_refused_with_both_ends()
    {
        var error = Assert.Throws<ArgumentException>(() => At.Range("2025-01-02", "2025-01-01"));
        Assert.Contains("2025-01-01T00:00:00Z is before 2025-01-02T00:00:00Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_ends_make_an_empty_range_that_every_range_contains_and_none_overlaps()
    {
        var empty = At.Range("2025-06-01", "2025-06-01");
        Assert.True(empty.IsEmpty);
        Assert.True(Day.Contains(empty));
        Assert.False(TimeRange.All.Overlaps(empty));
    }

    [Fact]
    public void Ranges_that_touch_do_not_overlap()
    {
        var next = At.Range("2025-01-02", "2025-01-03");
        Assert.False(Day.Overlaps(next));
        Assert.True(Day.Intersect(next).IsEmpty);
    }

    [Fact]
    public void The_intersection_is_what_both_have()
    {
        Assert.Equal(At.Range("2025-01-01T12:00", "2025-01-02"), Day.Intersect(TimeRange.Since(At.Utc("2025-01-01T12:00"))));
        Assert.Equal(Day, TimeRange.All.Intersect(Day));
        Assert.True(Day.Intersect(TimeRange.Before(At.Utc("2024-01-01"))).IsEmpty);
    }

    [Theory]
    [InlineData("[2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)")]
    [InlineData("[-inf, 1969-12-31T23:59:59.5Z)")]
    [InlineData("[0001-01-01T00:00:00Z, +inf)")]
    [InlineData("[-inf, +inf)")]
    public void Text_is_read_back_as_the_same_range(string text) => Assert.Equal(text, TimeRange.Parse(text).ToString());

    [Fact]
    public void Text_accepts_dates_as_ends() => Assert.Equal(Day, TimeRange.Parse("[2025-01-01, 20250102)"));

    [Theory]
    [InlineData("")]
    [InlineData("2025-01-01, 2025-01-02")]
    [InlineData("[2025-01-01, 2025-01-02]")]
    [InlineData("[2025-01-02, 2025-01-01)")]
    [InlineData("[2025-01-01)")]
    [InlineData("[, )")]
    public void Other_text_is_refused(string text) => Assert.Throws<FormatException>(() => TimeRange.Parse(text));

    [Theory]
    [InlineData("2025-01-01, 2025-01-02", "is not a time range. Write a range as")]
    [InlineData("[2025-01-02, 2025-01-01)", "ends before it starts. Write a range as")]
    public void What_is_refused_is_named_with_what_to_write(string text, string expected)
    {
        var error = Assert.Throws<FormatException>(() => TimeRange.Parse(text));
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unbounded_ends_are_the_ends_of_time()
    {
        Assert.True(TimeRange.Before(At.Utc("2025-01-01")).FromStart);
        Assert.True(TimeRange.Since(At.Utc("2025-01-01")).ToEnd);
        Assert.Equal(new TimeRange(Instant.MinValue, Instant.MaxValue), TimeRange.All);
    }
}
