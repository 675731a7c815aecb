using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

/// <summary>Centuries of months are stretches of one clock each: the same buckets, and few of them.</summary>
public sealed class GridStretchesTests
{
    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("Europe/Berlin")]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Pacific/Apia")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Monrovia")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("UTC")]
    public void Stretches_over_two_thousand_years_are_the_buckets_one_by_one(string zone)
    {
        foreach (var width in new[] { "1mo", "1q", "1y" })
        {
            var grid = At.Calendar(width, zone);
            var range = At.Range("0001-01-03T07:00Z", "2041-07-15T11:00Z");
            var stretches = grid.Stretches(range);
            Assert.Equal(grid.Buckets(range), stretches.SelectMany(Buckets));
            Assert.All(stretches, s => Assert.Equal(s.Count, Buckets(s).Count()));
            Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
            Assert.InRange(stretches.Count, 1, 1_000);
        }
    }

    [Fact]
    public void Each_length_of_a_bucket_is_known()
    {
        var grid = At.Calendar("1q", "UTC");
        var civil = Assert.IsType<BucketStretch.Civil>(Assert.Single(grid.Stretches(At.Range("0101-01-01", "2101-01-01"))));
        Assert.Equal(grid.Buckets(new(civil.Start, civil.End)).Select(b => b.To - b.From).Distinct().Order(), civil.Lengths());
    }

    [Fact]
    public void Some_years_of_months_are_the_runs_that_they_were()
    {
        var grid = At.Calendar("1mo", "Europe/Berlin");
        var range = At.Range("2019-01-01", "2026-01-01");
        Assert.Equal(grid.Runs(range), grid.Stretches(range).Select(s => Assert.IsType<BucketStretch.Even>(s).Run));
    }

    private static IEnumerable<TimeRange> Buckets(BucketStretch stretch)
    {
        if (stretch is BucketStretch.Even { Run: var run })
            return Enumerable
                .Range(0, (int)run.Count)
                .Select(i => new TimeRange(run.Start + (run.Width * i), run.Start + (run.Width * (i + 1))));
        var civil = (BucketStretch.Civil)stretch;
        Instant Start(int i) =>
            Instant.FromUnixTimeSeconds(CivilDay.OfMonth(civil.First + (i * civil.Months)) * NodaConstants.SecondsPerDay) - civil.Offset;
        return Enumerable.Range(0, (int)civil.Count).Select(i => new TimeRange(Start(i), Start(i + 1)));
    }
}
