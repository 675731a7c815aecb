using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class SlicesTests
{
    [Theory]
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
    public void Without_an_extent_it_is_a_year(string? first, string? last) => Assert.Equal("1y", Slices.For(Table(first, last), long.MaxValue).Id);

    [Fact]
    public void Less_than_an_hour_counts_as_an_hour()
    {
        Assert.Equal("12h", Slices.For(Table("1", "1T01"), 4_000_000).Id);
        Assert.Equal("12h", Slices.For(Table("1", "1T00:01"), 4_000_000).Id);
    }

    private static TableState Table(string? first, string? last) => Seen.Table with
    {
        First = first is null ? null : Jan.At(first),
        Last = last is null ? null : Jan.At(last),
    };
}
