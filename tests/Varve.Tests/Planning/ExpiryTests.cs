using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

public sealed class ExpiryTests
{
    private const string Week = "keep: 7d, " + Seen.Tiers;

    [Fact]
    public void What_is_past_its_keep_goes_with_the_tiers_that_prove_it()
    {
        var plan = Seen.Plan(Week, Seen.Table);
        Assert.Equal(["expire source 1..3 proven by 1h"], plan.Steps());
        Assert.Equal("older than 7d: ended before 2025-01-03T00:00:00Z", plan.Steps[0].Reason);
        Assert.Equal((2000, 20_000), (plan.Steps[0].Rows, plan.Steps[0].Bytes));
        Assert.Null(plan.Brake);
    }

    [Fact]
    public void Only_buckets_that_are_past_their_keep_as_a_whole_go() =>
        Assert.Equal(
            ["rollup 1h < source 10..10T05", "expire source 1..3T05 proven by 1h"],
            Seen.Plan(Week, Seen.Table, "10T05:59").Steps()
        );

    [Fact]
    public void A_table_without_tiers_loses_exactly_what_is_past_its_keep() =>
        Assert.Equal(["expire source 1..3T05:59 proven by"], Seen.Plan("keep: 7d", Seen.State(new()), "10T05:59").Steps());

    [Fact]
    public void Without_a_tier_of_at_most_a_day_whole_days_go()
    {
        var months = new RelationLedger { Created = true, Covered = Jan.Set("1..32") };
        var plan = Seen.Plan(
            "keep: 40d, tiers: [{ every: 1mo }]",
            Seen.State(new(), ("1mo", months)) with
            {
                First = Jan.At("1T05"),
            },
            "45T07"
        );
        Assert.Equal(["expire source 1..5 proven by 1mo"], plan.Steps());
    }

    [Fact]
    public void What_is_gone_is_not_removed_again()
    {
        Assert.Empty(Seen.Plan(Week, Table(new() { Frozen = Jan.Set("-inf..3") })).Steps());
        Assert.Equal(["expire source 2..3 proven by 1h"], Seen.Plan(Week, Table(new() { Frozen = Jan.Set("1..2") })).Steps());
        Assert.Empty(Seen.Plan(Week, Seen.Table with { First = Jan.At("3") }).Steps());
        Assert.Equal(["expire source 2T05..3 proven by 1h"], Seen.Plan(Week, Seen.Table with { First = Jan.At("2T05:30") }).Steps());
    }

    [Fact]
    public void Where_the_source_fell_silent_it_expires_all_the_same_unless_it_is_held()
    {
        var silent = Seen.Table with { Last = Jan.At("9") };
        Assert.Equal(["expire source 1..3 proven by 1h"], Seen.Plan(Week, silent).Steps());
        Assert.Equal(["expire source 1..2 proven by 1h"], Seen.Plan("on_silence: hold, " + Week, silent).Steps());
        Assert.Empty(Seen.Plan("on_silence: hold, " + Week, silent with { Last = null }).Steps());
    }

    [Fact]
    public void A_tier_goes_after_its_input_in_whole_buckets_of_what_is_built_from_it()
    {
        var plan = Seen.Plan(Tier, Stored, "10T05");
        Assert.Equal(["rollup 1h < source 10..10T05", "expire source 1..3T05 proven by 1h", "expire 1h 1..2 proven by 1d"], plan.Steps());
        Assert.Equal("older than 8d: ended before 2025-01-02T00:00:00Z", plan.Steps[2].Reason);
    }

    [Fact]
    public void The_first_slice_is_that_of_the_oldest_row_that_is_past_its_keep() =>
        Assert.Equal(
            ["expire 1h 1..2 proven by 1d", "expire source 2..3 proven by 1h"],
            Seen.Plan(Tier, Stored with { First = Jan.At("2"), Rows = 20_000_000L * 8 }).Steps()
        );

    [Fact]
    public void A_slice_ends_with_a_whole_bucket() =>
        Assert.Equal(
            [
                "expire source 0T20..2 proven by 7h",
                "expire source 2..2T21 proven by 7h",
                "expire source 2T21..3T18 proven by 7h",
                "expire source 3T18..4T22 proven by 7h",
            ],
            Seen.Plan(
                    "keep: 5d, tiers: [{ every: 7h }]",
                    Seen.State(new(), ("7h", new() { Created = true, Covered = Jan.Set("0T20..9T21") })) with
                    {
                        Rows = 20_000_000L * 9,
                    }
                )
                .Steps()
        );

    [Fact]
    public void Slices_reach_to_the_edge_also_where_late_rows_are_waited_for_longer() =>
        Assert.Equal(
            ["expire source 9T20..9T21 proven by", "expire source 9T21..9T22 proven by", "expire source 9T22..9T23 proven by"],
            Seen.Plan("keep: 1h, late: 2h", Seen.State(new()) with { First = Jan.At("9T20"), Rows = 200_000_000 }).Steps()
        );

    [Fact]
    public void A_range_before_the_oldest_row_is_no_step() =>
        Assert.Equal(
            ["expire source 2T06..3 proven by 1h"],
            Seen.Plan(
                    Week,
                    (Seen.Table with { First = Jan.At("2T05:30") }).Holding(
                        new Hold("1", null, Jan.Range("2T05:30..2T06"), "audit", "eve", null)
                    )
                )
                .Steps()
        );

    [Fact]
    [Rule("proof-input-gone")]
    public void A_tier_waits_for_the_source_bucket_by_bucket()
    {
        var plan = Seen.Plan(Tier, Stored.Holding(new Hold("1", RelationId.Source, Jan.Range("1T03:30..1T04:10"), "audit", "eve", null)));
        Assert.Equal(
            [
                "expire source 1..1T03:30 proven by 1h",
                "expire source 1T04:10..3 proven by 1h",
                "expire 1h 1..1T03 proven by 1d",
                "expire 1h 1T05..2 proven by 1d",
            ],
            plan.Steps()
        );
        Assert.Equal(
            [
                "source 1T03:30..1T04:10: held by eve: audit (policy release ends it)",
                "1h 1T03:30..1T04:10: the same range of source is still there",
            ],
            plan.Waiting()
        );
    }

    [Fact]
    [Rule("oldest-first")]
    public void Slices_are_proven_and_removed_one_after_the_other() =>
        Assert.Equal(
            ["expire source 1..2 proven by 1h", "expire source 2..3 proven by 1h"],
            Seen.Plan(Week, Seen.Table with { Rows = 20_000_000L * 9 }).Steps()
        );

    private const string Tier = "keep: 7d, tiers: [{ every: 1h, keep: 8d }, { every: 1d }]";

    private static TableState Stored =>
        Seen.Table with
        {
            Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(216, 2160, Jan.At("1")) },
        };

    private static TableState Table(RelationLedger source) => Seen.State(source, ("1h", Seen.Whole), ("1d", Seen.Whole));
}
