using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class RowBytesTests
{
    private static readonly PolicyLayout Policy = Seen.Policy(Seen.Forever);

    [Theory]
    [InlineData(9000, 90_000, 10, 0, ForecastBytes.Measured)]
    [InlineData(100_000, 5_000_000, 50, 0, ForecastBytes.Measured)]
    [InlineData(1000, 262_144, 33, 229_144, ForecastBytes.Types)]
    [InlineData(0, 0, 33, 0, ForecastBytes.Types)]
    public void A_source_is_measured_unless_its_blocks_are_emptier_than_its_rows_are_long(
        long rows,
        long bytes,
        double perRow,
        double beyond,
        ForecastBytes basis
    ) => Assert.Equal(new(perRow, beyond, basis), RowBytes.OfSource(Policy, Seen.Table with { Rows = rows, Bytes = bytes }));

    // ts 8, host 16, rows and covered 16, load: count, sum and three kinds of no number 40, door: last 1 and its time 8.
    [Fact]
    public void A_tier_that_nobody_can_measure_takes_what_its_types_take()
    {
        Assert.Equal(new(89, 0, ForecastBytes.Types), Tier("1h"));
        Assert.Equal(new(97, 0, ForecastBytes.Types), Tier("1d"));
    }

    [Fact]
    public void A_small_tier_takes_for_a_row_what_the_one_takes_that_takes_least()
    {
        Assert.Equal(new(20, 0, ForecastBytes.Comparable, new("1h")), Tier("1d", ("1h", 10_000, 200_000)));
        Assert.Equal(new(20, 260_144, ForecastBytes.Comparable, new("1h")), Tier("1d", ("1h", 10_000, 200_000), ("1d", 100, 262_144)));
        Assert.Equal(new(20, 0, ForecastBytes.Measured), Tier("1h", ("1h", 10_000, 200_000), ("1d", 100, 262_144)));
        Assert.Equal(new(50, 0, ForecastBytes.Measured), Tier("1h", ("1h", 100_000, 5_000_000), ("1d", 10_000, 200_000)));
    }

    [Fact]
    public void Of_several_that_one_is_asked()
    {
        var policy = Seen.Policy("tiers: [{ every: 1h }, { every: 6h }, { every: 1d }]");
        var state = Seen.Table with
        {
            Tiers = new Dictionary<RelationId, TierSize>
            {
                [new("1h")] = new(10_000, 300_000, Jan.At("1")),
                [new("6h")] = new(2000, 40_000, Jan.At("1")),
            },
        };
        Assert.Equal(new(20, 0, ForecastBytes.Comparable, new("6h")), RowBytes.OfTier(policy, state, policy.Tier(new("1d"))));
    }

    [Fact]
    public void What_is_taken_besides_the_rows_stays() => Assert.Equal(1500, new RowBytes(10, 500, ForecastBytes.Types).Of(100));

    private static RowBytes Tier(string id, params (string Tier, long Rows, long Bytes)[] sizes) =>
        RowBytes.OfTier(
            Policy,
            Seen.Table with
            {
                Tiers = sizes.ToDictionary(s => new RelationId(s.Tier), s => new TierSize(s.Rows, s.Bytes, Jan.At("1"))),
            },
            Policy.Tier(new(id))
        );
}
