using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class MicrosTests
{
    [Fact]
    public void Infinite_ends_are_the_ends_of_long()
    {
        Assert.Equal(long.MinValue, Micros.From(Instant.MinValue));
        Assert.Equal(long.MaxValue, Micros.From(Instant.MaxValue));
        Assert.Equal(Instant.MinValue, Micros.ToInstant(long.MinValue));
        Assert.Equal(Instant.MaxValue, Micros.ToInstant(long.MaxValue));
        Assert.Equal(Instant.MinValue, Micros.FloorToMilliseconds(Instant.MinValue));
        Assert.Equal(Instant.MaxValue, Micros.FloorToMilliseconds(Instant.MaxValue));
    }

    [Fact]
    public void Instants_before_1970_are_floored_too()
    {
        var justBefore = Instant.FromUnixTimeTicks(0).PlusNanoseconds(-1);
        Assert.Equal(-1, Micros.From(justBefore));
        Assert.Equal(Instant.FromUnixTimeMilliseconds(-1), Micros.FloorToMilliseconds(justBefore));
    }

    [Theory]
    [InlineData(long.MinValue + 2)]
    [InlineData(long.MaxValue - 2)]
    public void Micros_outside_of_the_calendar_are_refused(long micros) =>
        Assert.Contains(
            "within the years -9998 to 9999",
            Assert.Throws<ArgumentOutOfRangeException>(() => Micros.ToInstant(micros)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Flooring_loses_less_than_one_unit() =>
        At.Any.Sample(at =>
        {
            Assert.InRange(at - Micros.ToInstant(Micros.From(at)), Duration.Zero, Duration.FromNanoseconds(999));
            Assert.InRange(at - Micros.FloorToMilliseconds(at), Duration.Zero, Duration.FromNanoseconds(999_999));
        });
}
