using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class GridFixedTests
{
    [Theory]
    [Rule("fixed-floor")]
    [Rule("origin")]
    [InlineData("15m", "1970-01-01", "2025-01-01T00:14:59.999999Z", "2025-01-01T00:00Z")]
    [InlineData("15m", "1970-01-01", "2025-01-01T00:15:00Z", "2025-01-01T00:15Z")]
    [InlineData("1h", "1970-01-01", "1969-12-31T23:59:59.999999Z", "1969-12-31T23:00Z")]
    [InlineData("7m", "1970-01-01", "1969-12-31T23:59:00Z", "1969-12-31T23:53Z")]
    [InlineData("1h", "2025-01-01T00:07Z", "1950-01-01T00:00Z", "1949-12-31T23:07Z")]
    [InlineData("168h", "2025-01-06", "2024-12-31", "2024-12-30")]
    [InlineData("1h", "1970-01-01", "0001-01-01T00:59:59Z", "0001-01-01")]
    [InlineData("1h", "1970-01-01", "2025-10-26T01:30Z", "2025-10-26T01:00Z")] // the repeated hour in Berlin is another one
    public void The_bucket_starts_at_the_origin_and_a_floored_multiple_of_the_width(string width, string origin, string at, string start) =>
        Assert.Equal(At.Utc(start), At.Fixed(width, origin).Floor(At.Utc(at)));

    [Theory]
    [InlineData("1h", "1970-01-01", "1h")]
    [InlineData("60m", "2025-01-01", "1h")]
    [InlineData("1h", "2025-01-01T00:07Z", "1h+00:07:00")]
    [InlineData("1h", "1969-12-31T23:07Z", "1h+00:07:00")]
    [InlineData("48h", "1970-01-02T06:00Z", "48h+30:00:00")]
    [InlineData("1500ms", "1970-01-01T00:00:00.250Z", "1500ms+00:00:00.25")]
    public void The_id_names_the_origin_only_where_it_matters(string width, string origin, string id)
    {
        Assert.Equal(id, At.Fixed(width, origin).Id);
        Assert.Equal(id, At.Fixed(width, origin).ToString());
        Assert.Equal(DateTimeZone.Utc, At.Fixed(width, origin).Zone);
    }

    [Theory]
    [InlineData("2025-01-01T00:00Z", "2025-01-01T02:00Z", 2)]
    [InlineData("2025-01-01T00:30Z", "2025-01-01T02:00Z", 2)]
    [InlineData("2025-01-01T00:30Z", "2025-01-01T02:01Z", 3)]
    public void The_buckets_of_a_range_are_one_run(string from, string to, int count) =>
        Assert.Equal(
            [new BucketRun(At.Utc("2025-01-01"), Duration.FromHours(1), count)],
            At.Fixed("1h", "1970-01-01").Runs(At.Range(from, to))
        );

    [Fact]
    public void An_origin_must_be_finite_and_in_whole_milliseconds()
    {
        Assert.Contains(
            "-inf must be an instant in whole milliseconds",
            Assert.Throws<ArgumentException>(() => Grid.Fixed(new(1000), Instant.MinValue)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => At.Fixed("1s", "1970-01-01T00:00:00.0001Z"));
    }

    [Fact]
    public void Ranges_are_floored_or_covered_and_unbounded_ends_stay()
    {
        var grid = At.Fixed("1h");
        var range = At.Range("2025-01-01T00:30Z", "2025-01-01T02:30Z");
        Assert.Equal(At.Range("2025-01-01T00:00Z", "2025-01-01T02:00Z"), grid.Floor(range));
        Assert.Equal(At.Range("2025-01-01T00:00Z", "2025-01-01T03:00Z"), grid.Cover(range));
        Assert.Equal(TimeRange.All, grid.Floor(TimeRange.All));
        Assert.Equal(TimeRange.All, grid.Cover(TimeRange.All));
        Assert.Equal(Instant.MaxValue, grid.Ceiling(At.Utc("9999-12-31T23:30Z")));
    }

    [Fact]
    public void Infinity_is_in_no_bucket()
    {
        var grid = At.Fixed("1h");
        Assert.False(grid.IsBoundary(Instant.MinValue));
        Assert.False(grid.IsBoundary(Instant.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => grid.BucketOf(Instant.MinValue));
        Assert.Contains(
            "No bucket holds an infinite instant",
            Assert.Throws<ArgumentOutOfRangeException>(() => grid.BucketOf(Instant.MaxValue)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[-inf, +inf) must have both ends",
            Assert.Throws<ArgumentException>(() => grid.Buckets(TimeRange.All)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => grid.Runs(TimeRange.Since(At.Utc("2025-01-01"))));
    }

    [Fact]
    public void A_fixed_width_is_one_run()
    {
        var range = At.Range("2025-01-01T00:30Z", "2025-01-03T00:00:00.000001Z");
        Assert.Equal([new BucketRun(At.Utc("2025-01-01"), Duration.FromHours(1), 49)], At.Fixed("1h").Runs(range));
        Assert.Equal(At.Utc("2025-01-03T01:00Z"), At.Fixed("1h").Runs(range)[0].End);
    }

    [Theory]
    [InlineData("2025-01-01T00:00Z")]
    [InlineData("2025-01-01T00:30Z")]
    public void An_empty_range_has_no_bucket_and_no_run(string at)
    {
        var empty = At.Range(at, at);
        Assert.Empty(At.Fixed("1h").Buckets(empty));
        Assert.Empty(At.Fixed("1h").Runs(empty));
        Assert.Empty(At.Calendar("1d", "Europe/Berlin").Runs(empty));
    }

    [Fact]
    public void A_run_counts_a_last_bucket_of_which_a_nanosecond_is_asked_for()
    {
        var range = new TimeRange(At.Utc("1990-01-01"), At.Utc("2025-01-01") + Duration.Epsilon);
        Assert.Equal(((long)(At.Utc("2025-01-01") - At.Utc("1990-01-01")).TotalSeconds) + 1, At.Fixed("1s").Runs(range)[0].Count);
    }

    [Fact]
    public void Seconds_of_all_years_are_one_run()
    {
        var range = At.Range("0001-01-01", "2025-01-01");
        Assert.Equal(
            [new BucketRun(range.From, Duration.FromSeconds(1), (long)(range.To - range.From).TotalSeconds)],
            At.Fixed("1s").Runs(range)
        );
    }

    [Fact]
    public void A_run_at_the_end_of_time_ends_there()
    {
        var run = Assert.Single(At.Fixed("1h").Runs(At.Range("9999-12-31T22:30Z", "9999-12-31T23:30Z")));
        Assert.Equal((2, Instant.MaxValue), (run.Count, run.End));
    }
}
