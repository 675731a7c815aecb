using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

/// <summary>The ledger as it moves on, and where the history of a table begins.</summary>
public sealed class ProjectedLedgerTests
{
    [Theory]
    [InlineData(null, null, "1T03:20", "1T03:20")]
    [InlineData(null, null, null, null)]
    [InlineData("1T03..10", "1..10", "1T03:20", "1T03")]
    [InlineData("1T03..10", "1..10", null, "1T03")]
    [InlineData("1T03..10", "1..10", "0", "0")]
    [InlineData("1T03..10", "1..10", "5", "1T03")]
    [InlineData("5..10", "1..10", "5", "1")]
    [InlineData("2..10", "1..10", "5", "1")]
    public void The_history_begins_with_the_tiers_that_were_built_from_the_beginning_or_with_older_rows(
        string? hours,
        string? days,
        string? first,
        string? start
    )
    {
        var state = Seen.State(new(), ("1h", Covered(hours)), ("1d", Covered(days))) with { First = first is null ? null : Jan.At(first) };
        var began = new ProjectedLedger(Seen.Policy(Seen.Forever), state).Start;
        Assert.Equal(start, began is { } at ? Jan.Text(at) : null);
    }

    [Theory]
    [InlineData("1T03..10", "1T03:20", "1T03")]
    [InlineData("5..10", "7", "5")]
    [InlineData("5..10", "4T02:10", "4T02")]
    [InlineData("5..10", null, "5")]
    [InlineData(null, "7T01:30", "7T01")]
    [InlineData(null, null, "-inf")]
    public void A_tier_begins_where_it_was_built_from_or_with_older_rows(string? hours, string? first, string since)
    {
        var blueprint = Seen.Policy("tiers: [{ every: 1h }]");
        var draft = new ProjectedLedger(
            blueprint,
            Seen.State(new(), ("1h", Covered(hours))) with
            {
                First = first is null ? null : Jan.At(first),
            }
        );
        Assert.Equal(since, Jan.Text(draft.HistoryStart(blueprint.Tiers[0])));
    }

    [Fact]
    public void A_tier_has_rows_from_what_is_stored_or_built_on()
    {
        var blueprint = Seen.Policy(Seen.Forever);
        var draft = new ProjectedLedger(
            blueprint,
            Seen.Table with
            {
                Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(1, 1, Jan.At("5")) },
            }
        );
        Assert.Equal((Jan.At("5"), null), (draft.FirstOf(new("1h")), draft.FirstOf(new("1d"))));

        draft.RollUp(blueprint.Tier(new("1h")), RelationId.Source, Jan.Set("7..8"), "");
        draft.RollUp(blueprint.Tier(new("1d")), new("1h"), Jan.Set("7..8"), "");
        Assert.Equal((Jan.At("5"), Jan.At("7")), (draft.FirstOf(new("1h")), draft.FirstOf(new("1d"))));

        draft.RollUp(blueprint.Tier(new("1h")), RelationId.Source, Jan.Set("2..3"), "");
        draft.RollUp(blueprint.Tier(new("1d")), new("1h"), Jan.Set("8..9"), "");
        Assert.Equal((Jan.At("2"), Jan.At("7")), (draft.FirstOf(new("1h")), draft.FirstOf(new("1d"))));
    }

    [Fact]
    public void What_is_built_is_covered_and_clean_and_makes_what_is_coarser_dirty()
    {
        var blueprint = Seen.Policy(Seen.Forever);
        var days = Seen.Whole with { Cut = [new(Jan.Range("4..5"), 0, ByOthers: false)] };
        var draft = new ProjectedLedger(
            blueprint,
            Seen.State(new(), ("1h", Seen.Whole with { Dirty = Jan.Set("3..6"), Lost = Jan.Set("5..5T01") }), ("1d", days))
        );
        draft.RollUp(blueprint.Tier(new("1h")), RelationId.Source, Jan.Set("3T05..3T06 4..5 5T05..5T06 10..11"), "");
        Assert.Equal("1..11", Jan.Text(draft.Of(new("1h")).Covered));
        Assert.Equal("3..3T05 3T06..4 5..5T05 5T06..6", Jan.Text(draft.Of(new("1h")).Dirty));
        Assert.Equal("3..4", Jan.Text(draft.Of(new("1d")).Dirty));
    }

    [Fact]
    public void Buckets_that_a_removal_leaves_in_part_are_cut_and_those_that_are_gone_are_forgotten()
    {
        var draft = new ProjectedLedger(
            Seen.Policy("keep: 40d, tiers: [{ every: 7h }, { every: 11h }]"),
            Seen.State(new(), ("7h", Seen.Whole), ("11h", Seen.Whole))
        );
        draft.Expire(RelationId.Source, Jan.Range("1..9T10"), "");
        Assert.Equal(("9T07..9T14", "9..9T11"), (Jan.Text(draft.Of(new("7h")).CutRanges), Jan.Text(draft.Of(new("11h")).CutRanges)));
        Assert.Equal("-inf..9T10", Jan.Text(draft.Of(RelationId.Source).Frozen));
        Assert.All(draft.Of(new("7h")).Cut, c => Assert.False(c.ByOthers));

        draft.Expire(RelationId.Source, Jan.Range("9T10..9T14"), "");
        Assert.Equal(("", "9T11..9T22"), (Jan.Text(draft.Of(new("7h")).CutRanges), Jan.Text(draft.Of(new("11h")).CutRanges)));
    }

    [Fact]
    public void What_is_removed_with_older_rows_left_is_not_taken_for_everything_before_it()
    {
        var draft = new ProjectedLedger(Seen.Policy("keep: 7d"), Seen.State(new()));
        draft.Expire(RelationId.Source, Jan.Range("2..3"), "");
        Assert.Equal("2..3", Jan.Text(draft.Of(RelationId.Source).Frozen));
    }

    [Fact]
    public void A_relation_has_no_rows_before_its_first_one_or_where_they_were_removed()
    {
        var draft = new ProjectedLedger(
            Seen.Policy(Seen.Forever),
            Seen.State(new() { Frozen = Jan.Set("2..3") }) with
            {
                Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(1, 1, Jan.At("5")) },
            }
        );
        Assert.Equal("-inf..1 2..3", Jan.Text(draft.Removed(RelationId.Source)));
        Assert.Equal("-inf..5", Jan.Text(draft.Removed(new("1h"))));
        Assert.Equal("-inf..+inf", Jan.Text(draft.Removed(new("1d"))));
    }

    [Fact]
    public void What_waits_for_one_reason_is_one_range_of_each_relation()
    {
        var draft = new ProjectedLedger(Seen.Policy(Seen.Forever), Seen.Table);
        draft.Wait(new("1h"), Jan.Set("3..4"), "a", person: false);
        draft.Wait(new("1d"), Jan.Set("1..2"), "a", person: false);
        draft.Wait(new("1h"), Jan.Set("1..2"), "b", person: true);
        draft.Wait(new("1h"), Jan.Set("2..3"), "a", person: false);
        draft.Wait(new("1d"), Jan.Set("5..6"), "a", person: false);
        Assert.Equal(["1h 2..4: a", "1d 1..6: a", "1h 1..2: b (a person)"], draft.Waits.Select(Seen.Wait));
    }

    private static RelationLedger Covered(string? set) => new() { Created = true, Covered = Jan.Set(set ?? "") };

    [Fact]
    public void A_bucket_of_which_no_row_goes_is_not_cut_and_its_part_has_not_expired()
    {
        var draft = new ProjectedLedger(Seen.Policy("keep: 40d, tiers: [{ every: 7h }]"), Seen.State(new(), ("7h", Seen.Whole)));
        draft.Expire(RelationId.Source, Jan.Range("1..9T10"), "", Jan.At("9T07"));
        Assert.Equal("-inf..9T07", Jan.Text(draft.Of(RelationId.Source).Frozen));
        Assert.Empty(draft.Of(new("7h")).Cut);
    }

    // Days and hours that begin at half past never end together, and these two after five months: each removal, which looks for
    // that back to the year 1, would take seconds, and minutes beside minutes.
    [Theory]
    [InlineData("{ every: 7h }, { every: 11h }", "-inf..-1T09 1..1T00:20")]
    [InlineData("{ every: 1h, origin: 1970-01-01T00:30Z }, { every: 1d }", "1..1T00:20")]
    [InlineData("{ every: 3599s }, { every: 3601s }", "1..1T00:20")]
    public void What_is_before_the_first_row_has_expired_up_to_where_the_buckets_of_all_tiers_end_together(string tiers, string expired)
    {
        var draft = new ProjectedLedger(Seen.Policy($"keep: 40d, tiers: [{tiers}]"), Seen.State(new()));
        draft.Expire(RelationId.Source, Jan.Range("1..1T00:20"), "");
        Assert.Equal(expired, Jan.Text(draft.Of(RelationId.Source).Frozen));
    }

    [Fact]
    [Rule("other-input")]
    public void A_cut_bucket_is_counted_where_it_was_cut_also_when_its_tier_got_another_input()
    {
        var cut = new CutBucket(Jan.Range("9..10"), 5, ByOthers: true) { Input = RelationId.Source };
        var newer = Seen.Whole with { Covered = Seen.Whole.Covered.Except(RangeSet.Of(Jan.Range("9..9T12"))) };
        var draft = new ProjectedLedger(
            Seen.Policy(Seen.Forever),
            Seen.State(new(), ("1h", newer), ("1d", Seen.Whole with { Cut = [cut] }))
        );
        Assert.Equal("9..9T12", Jan.Text(draft.Unavailable(RelationId.Source, draft.Blueprint.Tier(new("1h")))));
        var other = new ProjectedLedger(
            Seen.Policy(Seen.Forever),
            Seen.State(new(), ("1h", newer), ("1d", Seen.Whole with { Cut = [cut with { Input = null }] }))
        );
        Assert.Equal("", Jan.Text(other.Unavailable(RelationId.Source, other.Blueprint.Tier(new("1h")))));
        Assert.Equal("1h", draft.Blueprint.CountedIn(draft.Blueprint.Tier(new("1d")), cut with { Input = new("5m") }).Text);
        draft.Expire(RelationId.Source, Jan.Range("1..11"), "");
        Assert.Empty(draft.Of(new("1d")).Cut);
    }
}
