using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class InstantTextTests
{
    [Theory]
    [InlineData("2023-06-27", "2023-06-27T00:00:00Z")]
    [InlineData("20230627", "2023-06-27T00:00:00Z")]
    [InlineData("2023-06-27T14:30:00Z", "2023-06-27T14:30:00Z")]
    [InlineData("2023-06-27T14:30Z", "2023-06-27T14:30:00Z")]
    [InlineData("2023-06-27T14:30:00+02:00", "2023-06-27T12:30:00Z")]
    [InlineData("2023-06-27T14:30:00+05:45", "2023-06-27T08:45:00Z")]
    [InlineData("2023-06-27T14:30:00-03:30", "2023-06-27T18:00:00Z")]
    [InlineData("2023-06-27T14:30:00", "2023-06-27T14:30:00Z")]
    [InlineData("2023-06-27T14:30", "2023-06-27T14:30:00Z")]
    [InlineData("2023-06-27T14:30:00.120Z", "2023-06-27T14:30:00.12Z")]
    [InlineData("2023-06-27T14:30:00.123456", "2023-06-27T14:30:00.123456Z")]
    [InlineData("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z")]
    public void A_date_or_an_instant_is_read_as_UTC(string text, string written) =>
        Assert.Equal(written, InstantText.Format(InstantText.Parse(text)));

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("1687876200000")]
    [InlineData("1687876200")]
    [InlineData("2023-6-27")]
    [InlineData("2023-02-29")]
    [InlineData("20231301")]
    [InlineData("27.06.2023")]
    [InlineData("06/27/2023")]
    [InlineData("2023-06-27 14:30")]
    [InlineData("2023-06-27T14:30:00 Z")]
    [InlineData("2023-06-27T14:30:00.1234567Z")]
    [InlineData("2023-06-27T14:30:00 Europe/Berlin")]
    [InlineData("9999-12-31T23:00:00-05:00")]
    [InlineData("-9998-01-01T00:00:00+05:00")]
    [InlineData("-inf")]
    public void Anything_else_is_refused_and_told_what_to_write(string text)
    {
        var error = Assert.Throws<FormatException>(() => InstantText.Parse(text));
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("2023-06-27T14:30:00Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_not_an_instant() => Assert.False(InstantText.TryParse(null, out _, out _));

    [Fact]
    public void What_is_finer_than_a_microsecond_is_cut_towards_the_past()
    {
        Assert.Equal("2025-01-01T00:00:00.000001Z", InstantText.Format(At.Utc("2025-01-01").PlusNanoseconds(1_999)));
        Assert.Equal("1969-12-31T23:59:59.999999Z", InstantText.Format(Instant.FromUnixTimeTicks(0).PlusNanoseconds(-1)));
    }

    [Fact]
    public void The_ends_of_time_are_infinite_and_what_is_next_to_them_is_not()
    {
        Assert.Equal("-inf", InstantText.Format(Instant.MinValue));
        Assert.Equal("+inf", InstantText.Format(Instant.MaxValue));
        Assert.Equal("-9998-01-01T00:00:00Z", InstantText.Format(Instant.MinValue + Duration.Epsilon));
        Assert.Equal("9999-12-31T23:59:59.999999Z", InstantText.Format(Instant.MaxValue - Duration.Epsilon));
    }

    [Fact]
    public void Every_microsecond_is_read_back() =>
        At.Any.Sample(at =>
        {
            var micros = Micros.ToInstant(Micros.From(at));
            Assert.Equal(micros, InstantText.Parse(InstantText.Format(at)));
        });
}
