using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class StitchedViewTests
{
    [Fact]
    public void A_table_without_tiers_answers_everything() => Assert.Equal(["source -inf..+inf"], Parts("keep: 7d"));

    [Fact]
    public void The_source_answers_until_a_tier_is_built() =>
        Assert.Equal(["source -inf..+inf"], Parts(Seen.Forever, ("1h", new()), ("1d", new())));

    [Fact]
    [Rule("stitched-once")]
    public void The_finest_tier_answers_where_it_has_everything_and_the_source_what_is_open() =>
        Assert.Equal(["1h -inf..10T05", "source 10T05..+inf"], Parts(Seen.Forever, ("1h", Covered("1..10T05")), ("1d", Covered("1..10"))));

    [Fact]
    public void A_coarser_tier_answers_what_expired_from_the_finer_one_up_to_its_own_boundary() =>
        Assert.Equal(
            ["1d -inf..4", "1h 4..10T05", "source 10T05..+inf"],
            Parts(Seen.Forever, ("1h", Covered("1..10T05") with { Frozen = Jan.Set("-inf..3T05") }), ("1d", Covered("1..10")))
        );

    [Fact]
    [Rule("new-tier-lost")]
    public void A_coarser_tier_answers_what_the_finer_one_lost() =>
        Assert.Equal(
            ["1d -inf..5", "1h 5..10", "source 10..+inf"],
            Parts(Seen.Forever, ("1h", Covered("5..10") with { Lost = Jan.Set("1..5") }), ("1d", Covered("1..10")))
        );

    [Fact]
    public void The_source_does_not_answer_for_what_is_lost()
    {
        Assert.Equal(
            ["1h -inf..7", "source 7..+inf"],
            Parts(Seen.Forever, ("1h", new() { Created = true, Lost = Jan.Set("5..7") }), ("1d", new()))
        );
        Assert.Equal(
            ["1h -inf..7", "source 7..+inf"],
            Parts(Seen.Forever, ("1h", Covered("1..5") with { Lost = Jan.Set("5..7") }), ("1d", new()))
        );
    }

    [Fact]
    [Rule("stitched-lost")]
    public void Where_the_coarser_tier_lost_its_last_buckets_the_finer_one_answers_what_it_has()
    {
        Assert.Equal(
            ["1d -inf..3T10", "1h 3T10..10", "source 10..+inf"],
            Parts(
                Seen.Forever,
                ("1h", Covered("1..10") with { Frozen = Jan.Set("-inf..3T10") }),
                ("1d", Covered("4..10") with { Lost = Jan.Set("1..4") })
            )
        );
        Assert.Equal(
            ["1d -inf..3", "1h 3..10", "source 10..+inf"],
            Parts(
                Seen.Forever,
                ("1h", Covered("1..10") with { Frozen = Jan.Set("-inf..2T10") }),
                ("1d", Covered("2..10") with { Lost = Jan.Set("1..2") })
            )
        );
    }

    [Fact]
    public void A_coarser_tier_answers_up_to_the_newest_range_that_the_finer_one_lost() =>
        Assert.Equal(
            ["1d -inf..5", "1h 5..10", "source 10..+inf"],
            Parts(Seen.Forever, ("1h", Covered("1..3 4T05..10") with { Lost = Jan.Set("3..4T05") }), ("1d", Covered("1..10")))
        );

    [Fact]
    public void A_finer_tier_that_begins_later_answers_from_its_first_whole_coarser_bucket_on()
    {
        Assert.Equal(
            ["1d -inf..5", "1h 5..10", "source 10..+inf"],
            Parts(Seen.Forever, ("1h", Covered("4T03..10")), ("1d", Covered("1..10")))
        );
        Assert.Equal(["1h -inf..10", "source 10..+inf"], Parts(Seen.Forever, ("1h", Covered("1T03..10")), ("1d", Covered("1..10"))));
    }

    [Fact]
    public void A_tier_that_is_still_being_filled_is_left_out() =>
        Assert.Equal(["1d -inf..10", "source 10..+inf"], Parts(Seen.Forever, ("1h", Covered("1..5")), ("1d", Covered("1..10"))));

    [Fact]
    public void Tiers_that_end_together_are_all_read() =>
        Assert.Equal(
            ["1d -inf..3", "1h 3..10", "source 10..+inf"],
            Parts(Seen.Forever, ("1h", Covered("1..10") with { Frozen = Jan.Set("-inf..3") }), ("1d", Covered("1..10")))
        );

    [Fact]
    public void A_tier_outside_of_the_chain_is_not_read() =>
        Assert.Equal(
            ["1mo -inf..32", "1d 32..40", "source 40..+inf"],
            Parts(
                "tiers: [{ every: 1d }, { every: 1w }, { every: 1mo }]",
                ("1d", Covered("1..40") with { Frozen = Jan.Set("-inf..20") }),
                ("1w", Covered("-1..41")),
                ("1mo", Covered("1..32"))
            )
        );

    private static RelationLedger Covered(string set) => new() { Created = true, Covered = Jan.Set(set) };

    private static string[] Parts(string policy, params (string Tier, RelationLedger Ledger)[] tiers) =>
        [.. StitchedView.Of(Seen.Policy(policy), Seen.State(new(), tiers).Ledger.Of).Select(p => $"{p.Relation} {Jan.Text(p.Range)}")];
}
