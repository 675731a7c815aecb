using NodaTime;
using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class SlicesTests
{
    [Theory]
    [Rule("slice-length")]
    [InlineData(27_322, "1y")]
    [InlineData(27_323, "1mo")]
    [InlineData(322_580, "1mo")]
    [InlineData(322_581, "1d")]
    [InlineData(50_000_000, "1d")]
    [InlineData(50_000_001, "12h")]
    [InlineData(100_000_000, "12h")]
    [InlineData(100_000_001, "8h")]
    [InlineData(200_000_000, "6h")]
    [InlineData(300_000_000, "4h")]
    [InlineData(400_000_000, "3h")]
    [InlineData(600_000_000, "2h")]
    [InlineData(1_200_000_000, "1h")]
    [InlineData(9_000_000_000, "1h")]
    public void A_slice_is_as_long_as_its_rows_allow(long rowsADay, string slice) =>
        Assert.Equal(slice, Slices.For(Table("1", "10"), rowsADay * 9).Id);

    [Theory]
    [InlineData(null, null)]
    [InlineData("1", null)]
    [InlineData(null, "1")]
    [InlineData("2", "2")]
    public void Without_an_extent_it_is_a_year(string? first, string? last) =>
        Assert.Equal("1y", Slices.For(Table(first, last), long.MaxValue).Id);

    [Fact]
    public void Less_than_an_hour_counts_as_an_hour()
    {
        Assert.Equal("12h", Slices.For(Table("1", "1T01"), 4_000_000).Id);
        Assert.Equal("12h", Slices.For(Table("1", "1T00:01"), 4_000_000).Id);
    }

    [Fact]
    [Rule("slices-few")]
    public void Days_without_rows_have_no_slices_and_few_rows_share_one()
    {
        Assert.Equal(["4", "10"], Ends("1..10", (1, 10_000_000), (4, 1)));
        Assert.Equal(["2", "4", "10"], Ends("1..10", (1, 6_000_000), (2, 6_000_000), (4, 6_000_000)));
        Assert.Equal(["10"], Ends("1..10", (1, 4_000_000), (2, 4_000_000)));
        Assert.Equal(["10"], Ends("1..10"));
    }

    [Fact]
    [Rule("slice-length")]
    public void A_day_that_holds_too_many_rows_is_cut_into_hours() =>
        Assert.Equal(["1T12", "2", "10"], Ends("1..10", (1, 100_000_000), (2, 1)));

    [Fact]
    [Rule("slices-fixed")]
    public void Years_share_a_slice_while_they_are_few_rows_and_its_boundaries_are_those_of_the_calendar()
    {
        string[] ends =
        [
            .. Slices
                .Ends(
                    Counted((-738_000, 1), (-20_000, 6_000_000), (-10_000, 6_000_000), (-1, 1), (0, 3)),
                    0,
                    new(Instant.MinValue, Jan.At("10"))
                )
                .Select(e => e.InUtc().Date.ToString("uuuu-MM-dd", null)),
        ];
        Assert.Equal(["1970-01-01", "1990-01-01", "2000-01-01", "2025-01-10"], ends);
    }

    [Theory]
    [Rule("slices-fixed")]
    [InlineData("3")]
    [InlineData("4T13")]
    [InlineData("5")]
    [InlineData("6T01")]
    public void A_later_run_has_the_same_boundaries(string to)
    {
        (int, long)[] days = [(1, 10_000_000), (2, 60_000_000), (3, 6_000_000), (4, 6_000_000), (5, 20_000_000), (6, 1)];
        Assert.Equal([.. Ends("1..10", days).Where(end => Jan.At(end) < Jan.At(to)), to], Ends($"1..{to}", days));
    }

    private static string[] Ends(string range, params (int Day, long Rows)[] days) =>
        [.. Slices.Ends(Counted([.. days.Select(d => (d.Day - 1, d.Rows))]), 0, Jan.Range(range)).Select(Jan.Text)];

    private static TableState Counted(params (int Day, long Rows)[] days) =>
        Seen.Table with
        {
            Days =
            [
                .. days.Select(d => new DayRows(
                    new(Jan.At("1") + Duration.FromDays(d.Day), Jan.At("2") + Duration.FromDays(d.Day)),
                    d.Rows
                )),
            ],
        };

    private static TableState Table(string? first, string? last) =>
        Seen.Table with
        {
            First = first is null ? null : Jan.At(first),
            Last = last is null ? null : Jan.At(last),
        };
}
