using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class EstimateTests
{
    [Theory]
    [InlineData("2..3", 1000)]
    [InlineData("-inf..2T12", 1500)]
    [InlineData("9T12..+inf", 500)]
    [InlineData("10..12", 0)]
    [InlineData("11..12", 0)]
    [InlineData("-5..1", 0)]
    [InlineData("-inf..+inf", 9000)]
    public void Rows_of_the_source_are_taken_as_evenly_spread(string range, long rows) =>
        Assert.Equal(rows, Estimate.Source(Seen.Table, Jan.Range(range)));

    [Theory]
    [InlineData("5..6", 9000)]
    [InlineData("4..5", 0)]
    public void Rows_of_one_instant_are_all_there_or_not_at_all(string range, long rows) =>
        Assert.Equal(rows, Estimate.Source(Seen.Table with { First = Jan.At("5"), Last = Jan.At("5") }, Jan.Range(range)));

    [Fact]
    public void An_empty_source_has_no_rows()
    {
        Assert.Equal(0, Estimate.Source(Seen.Table with { Rows = 0 }, Jan.Range("1..10")));
        Assert.Equal(0, Estimate.Source(Seen.Table with { First = null }, Jan.Range("1..10")));
        Assert.Equal(0, Estimate.Source(Seen.Table with { Last = null }, Jan.Range("1..10")));
    }

    [Theory]
    [InlineData(0, 48)]
    [InlineData(1, 48)]
    [InlineData(3, 144)]
    [InlineData(1000, 2000)]
    public void A_new_tier_has_a_row_for_each_bucket_and_series_but_not_more_than_its_source(long series, long rows) =>
        Assert.Equal(rows, Written(Seen.Table with { Series = series }, "1..3"));

    [Fact]
    public void A_bucket_that_is_begun_counts_and_nothing_before_the_history_does()
    {
        Assert.Equal(3, Written(Seen.Table, "1..1T02:30"));
        Assert.Equal(24, Written(Seen.Table, "-inf..2"));
        Assert.Equal(0, Written(Seen.State(new()) with { First = null }, "1..2"));
    }

    [Fact]
    public void A_tier_with_rows_has_its_own_density() => Assert.Equal(200, Written(Stored, "1..3"));

    [Fact]
    public void What_a_tier_loses_begins_with_its_first_row()
    {
        Assert.Equal((200, 2000), Removed("-inf..3"));
        Assert.Equal((0, 0), Removed("-5..1"));
        Assert.Equal((0, 0), Removed("-5..0"));
        Assert.Equal((225, 2250), Removed("-inf..4", first: "2"));
    }

    [Fact]
    public void Bytes_follow_the_rows()
    {
        Assert.Equal(10_000, Estimate.Bytes(Seen.Table, RelationId.Source, 1000));
        Assert.Equal(0, Estimate.Bytes(Seen.Table with { Rows = 0 }, RelationId.Source, 1000));
        Assert.Equal(0, Estimate.Bytes(Seen.Table, new("1h"), 1000));
        Assert.Equal(1000, Estimate.Bytes(Stored, new("1h"), 100));
    }

    [Fact]
    public void Rows_of_all_ranges_are_added() => Assert.Equal(2000, Written(Seen.Table with { Series = 1000 }, "1..2 3..4"));

    private static TableState Stored =>
        Seen.Table with
        {
            Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(900, 9000, Jan.At("1")) },
        };

    private static (long Rows, long Bytes) Removed(string range, string first = "1")
    {
        var state = Stored with
        {
            Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = Stored.Tiers[new("1h")] with { First = Jan.At(first) } },
        };
        var rows = Estimate.Rows(new ProjectedLedger(Seen.Policy(Seen.Forever), state), state, new("1h"), Jan.Range(range));
        return (rows, Estimate.Bytes(state, new("1h"), rows));
    }

    private static long Written(TableState state, string ranges)
    {
        var blueprint = Seen.Policy(Seen.Forever);
        return Estimate.Written(new ProjectedLedger(blueprint, state), state, blueprint.Tier(new("1h")), Jan.Set(ranges));
    }
}
