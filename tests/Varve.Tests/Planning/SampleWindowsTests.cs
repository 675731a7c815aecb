using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class SampleWindowsTests
{
    [Theory]
    [InlineData("-30", "12..40")]
    [InlineData("21", "26..40")]
    [InlineData("36T12", "37..40")]
    [InlineData("39T19", "39T19..40")]
    public void The_rate_is_of_whole_weeks_or_days_where_there_are_some(string first, string window) =>
        Assert.Equal(
            window,
            Jan.Text(SampleWindows.Recent(Seen.Table with { First = Jan.At(first), Last = Jan.At("39T23") }, Jan.At("40")))
        );

    [Fact]
    public void Fewer_than_two_instants_have_no_window()
    {
        Assert.True(SampleWindows.Recent(Seen.Table with { First = null, Last = null }, Jan.At("40")).IsEmpty);
        Assert.True(SampleWindows.Recent(Seen.Table with { First = Jan.At("5"), Last = Jan.At("5") }, Jan.At("40")).IsEmpty);
    }

    [Theory]
    [InlineData("1h", "1..10", 9000, "1..10")]
    [InlineData("1h", "1T00:30..9T22:30", 9000, "1T01..9T22")]
    [InlineData("1d", "1T00:30..9T22:30", 9000, "2..9")]
    [InlineData("1h", "-30..10", 9000, "-18..10")]
    [InlineData("1h", "1..5", 8_000_000, "4..5")]
    [InlineData("1mo", "2..10", 9000, "2..10")]
    public void A_tier_without_rows_is_counted_in_the_newest_whole_buckets_or_in_all_there_is(
        string tier,
        string extent,
        long rows,
        string window
    ) =>
        Assert.Equal(
            window,
            Jan.Text(SampleWindows.Sample(Seen.Policy($"tiers: [{{ every: {tier} }}]").Tiers[0], Jan.Range(extent), rows))
        );

    [Theory]
    [InlineData("1..1T10", "1m")]
    [InlineData("1..10", "15m")]
    [InlineData("1..365", "12h")]
    [InlineData("-20000..10000", "720h")]
    public void The_bins_of_the_source_are_a_thousand_at_most(string extent, string width) =>
        Assert.Equal(width, SampleWindows.Bins(Jan.At(extent.Split("..")[0]), Jan.At(extent.Split("..")[1])).Id);

    [Theory]
    [InlineData("1h", "1..30", null)]
    [InlineData("5m", "1..30", "45m")]
    [InlineData("1d", "-20000..30", null)]
    public void The_bins_of_a_tier_are_whole_buckets(string tier, string extent, string? width) =>
        Assert.Equal(
            width,
            SampleWindows
                .Bins(Seen.Policy($"tiers: [{{ every: {tier} }}]").Tiers[0], Jan.At(extent.Split("..")[0]), Jan.At(extent.Split("..")[1]))
                ?.Width.Name
        );

    [Theory]
    [InlineData("1h", "UTC", "1..3", 48)]
    [InlineData("1d", "UTC", "1..366", 365)]
    [InlineData("1d", "Europe/Berlin", "0T23..364T23", 364)]
    [InlineData("1w", "UTC", "6..27", 3)]
    [InlineData("1mo", "UTC", "1..60", 2)]
    [InlineData("1q", "UTC", "1..366", 4)]
    [InlineData("1y", "UTC", "1..366", 1)]
    [InlineData("1y", "UTC", "1..1", 0)]
    public void Buckets_are_counted_by_the_calendar(string tier, string zone, string range, double buckets) =>
        Assert.Equal(buckets, Seen.Policy($"zone: {zone}, tiers: [{{ every: {tier} }}]").Tiers[0].Buckets(Jan.Range(range)));

    [Fact]
    public void A_part_of_a_stratum_has_its_share_of_the_rows()
    {
        var stratum = new RowSegment(Jan.Range("1..5"), 400);
        Assert.Equal(
            [400, 100, 0, 200],
            [
                stratum.In(Jan.Set("-inf..+inf")),
                stratum.In(Jan.Set("-inf..2")),
                stratum.In(Jan.Set("5..6")),
                stratum.In(Jan.Set("1..2 4..9")),
            ]
        );
    }
}
