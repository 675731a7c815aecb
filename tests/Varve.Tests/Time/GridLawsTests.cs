using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

/// <summary>What holds for every grid, at random instants and around the clock changes of odd zones.</summary>
public sealed class GridLawsTests
{
    private static readonly Gen<(Grid Grid, Instant At)> Somewhere = Gen.Select(
        At.AnyGrid,
        Gen.OneOf<Instant>(At.Any, At.Historic),
        Gen.Bool,
        Gen.Int[-90_000, 90_000],
        (grid, at, near, seconds) => (grid, near ? At.Near(grid.Zone, at, seconds) : at)
    );

    [Fact]
    public void Every_instant_is_in_exactly_one_bucket() =>
        Somewhere.Sample(_ =>
        {
            var (grid, at) = _;
            var bucket = grid.BucketOf(at);
            Assert.True(bucket.Contains(at));
            Assert.Equal(bucket.From, grid.Floor(at));
            Assert.Equal(bucket, grid.BucketOf(bucket.From));
            Assert.Equal(bucket, grid.BucketOf(bucket.To - Duration.Epsilon));
            Assert.Equal(bucket.To, grid.BucketOf(bucket.To).From);
            Assert.Equal(bucket.From, grid.BucketOf(bucket.From - Duration.Epsilon).To);
        });

    [Fact]
    public void Ceiling_is_the_next_boundary_and_a_boundary_is_its_own() =>
        Somewhere.Sample(_ =>
        {
            var (grid, at) = _;
            var bucket = grid.BucketOf(at);
            Assert.Equal(at == bucket.From ? at : bucket.To, grid.Ceiling(at));
            Assert.True(grid.IsBoundary(bucket.From));
            Assert.True(grid.IsBoundary(bucket.To));
            Assert.Equal(at == bucket.From, grid.IsBoundary(at));
            Assert.Equal(bucket.To, grid.Ceiling(bucket.To));
        });

    [Fact]
    public void The_ends_of_time_stay_and_buckets_are_cut_there() =>
        At.AnyGrid.Sample(grid =>
        {
            Assert.Equal(Instant.MinValue, grid.Ceiling(Instant.MinValue));
            Assert.Equal(Instant.MaxValue, grid.Ceiling(Instant.MaxValue));
            Assert.Equal(Instant.MinValue, grid.Floor(Instant.MinValue + Duration.Epsilon));
            Assert.Equal(Instant.MaxValue, grid.Ceiling(Instant.MaxValue - Duration.Epsilon));
        });

    [Fact]
    public void A_later_instant_is_never_in_an_earlier_bucket() =>
        Gen.Select(Somewhere, Gen.Int[0, 200_000])
            .Sample((start, seconds) => start.Grid.Floor(start.At) <= start.Grid.Floor(start.At + Duration.FromSeconds(seconds)));

    [Fact]
    public void Runs_are_the_buckets_one_by_one() =>
        Gen.Select(Somewhere, Gen.Int[0, 400])
            .Sample(
                (start, length) =>
                {
                    var (grid, at) = start;
                    var range = new TimeRange(at, at + Duration.Min(grid.Width.Shortest * length, At.Utc("9999-01-01") - at));
                    var runs = grid.Runs(range);
                    Assert.Equal(grid.Buckets(range), runs.SelectMany(Buckets));
                    Assert.All(
                        runs.Zip(runs.Skip(1)),
                        pair => Assert.True(pair.First.End == pair.Second.Start && pair.First.Width != pair.Second.Width)
                    );
                    Assert.All(grid.Buckets(range), bucket => Assert.True(bucket.Overlaps(range)));
                }
            );

    [Fact]
    [Rule("local-day")]
    public void A_calendar_bucket_starts_at_the_first_instant_of_its_local_date() =>
        Gen.Select(At.CalendarGrid, At.Historic, Gen.Int[-90_000, 90_000])
            .Sample(
                (grid, at, seconds) =>
                {
                    var start = grid.BucketOf(At.Near(grid.Zone, at, seconds)).From;
                    var label = grid.LabelOf(start);
                    Assert.True(LocalDateAt(grid.Zone, start) >= label);
                    for (var before = start - Duration.Epsilon; before > start - Duration.FromDays(3); before -= Duration.FromMinutes(10))
                    {
                        Assert.True(LocalDateAt(grid.Zone, before) < label);
                    }
                }
            );

    [Theory]
    [InlineData("1d")]
    [InlineData("1w")]
    [InlineData("1mo")]
    public void The_longest_bucket_is_the_longest_of_them(string width)
    {
        foreach (var zone in Zones.Odd)
        {
            var grid = At.Calendar(width, zone);
            var span = At.Range("1840-01-01T05:00Z", "1912-01-01");
            Assert.Equal(grid.Runs(span).Max(run => run.Width), grid.LongestBucket(span));
        }
    }

    [Fact]
    public void The_longest_bucket_of_a_random_span_is_the_longest_of_them() =>
        Gen.Select(At.CalendarGrid, At.Historic, Gen.Int[-90_000, 90_000], Gen.Int[1, 5_000_000])
            .Sample(
                (grid, at, seconds, length) =>
                {
                    var from = At.Near(grid.Zone, at, seconds);
                    var span = new TimeRange(from, from + Duration.FromSeconds(length));
                    Assert.Equal(grid.Buckets(span).Max(bucket => bucket.To - bucket.From), grid.LongestBucket(span));
                }
            );

    [Fact]
    public void The_longest_bucket_of_all_times_is_found()
    {
        Assert.Equal(Duration.FromHours(48), At.Calendar("1d", "Pacific/Apia").LongestBucket(TimeRange.All));
        Assert.Equal(Duration.FromHours(1), At.Fixed("1h").LongestBucket(TimeRange.All));
        Assert.Equal(Duration.FromDays(366), At.Calendar("1y", "UTC").LongestBucket(TimeRange.All));
        Assert.Equal(
            Duration.FromHours(23),
            At.Calendar("1d", "Europe/Berlin").LongestBucket(new(At.Utc("2025-03-30"), At.Utc("2025-03-30")))
        );
    }

    [Theory]
    [InlineData("2025-10-20", "2025-10-26", 25)] // the clock goes back after the span, within its last bucket
    [InlineData("1945-04-01T23:00Z", "1945-05-24T21:00Z", 24)] // it goes forward on the first and on the last day
    [InlineData("2025-03-29T23:00Z", "2025-03-30T22:00Z", 23)]
    public void The_longest_bucket_may_be_first_last_or_between(string from, string to, int hours) =>
        Assert.Equal(Duration.FromHours(hours), At.Calendar("1d", "Europe/Berlin").LongestBucket(At.Range(from, to)));

    private static LocalDate LocalDateAt(DateTimeZone zone, Instant at) => at.InZone(zone).Date;

    private static IEnumerable<TimeRange> Buckets(BucketRun run) =>
        Enumerable
            .Range(0, (int)run.Count)
            .Select(index => new TimeRange(run.Start + (run.Width * index), run.Start + (run.Width * (index + 1))));
}
