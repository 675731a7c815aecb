using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class PlanStepTests
{
    [Fact]
    public void A_key_is_the_kind_the_relation_and_the_range()
    {
        Assert.Equal("create 1h", new PlanStep.CreateTier { Relation = new("1h"), Reason = "" }.Key);
        Assert.Equal("mark 1h", new PlanStep.Mark { Relation = new("1h"), Reason = "" }.Key);
        Assert.Equal("publish all", new PlanStep.Publish { Relation = RelationId.All, Reason = "" }.Key);
        Assert.Equal(
            "discard source [-inf, 2025-01-02T00:00:00Z)",
            new PlanStep.Discard
            {
                Relation = RelationId.Source,
                Reason = "",
                Range = Jan.Range("-inf..2"),
            }.Key
        );
        Assert.Equal(
            "rollup 1h [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z) [2025-01-03T00:00:00Z, 2025-01-04T00:00:00Z)",
            new PlanStep.RollUp
            {
                Relation = new("1h"),
                Reason = "",
                Input = RelationId.Source,
                Ranges = Jan.Set("1..2 3..4"),
            }.Key
        );
    }

    [Fact]
    public void A_mark_touches_what_is_dirty_lost_and_cut() =>
        Assert.Equal(
            "1..4",
            Jan.Text(
                new PlanStep.Mark
                {
                    Relation = new("1h"),
                    Reason = "",
                    Dirty = Jan.Set("1..2"),
                    Lost = Jan.Set("2..3"),
                    Cut = [new(Jan.Range("3..4"), 0, ByOthers: true)],
                }.Touches
            )
        );

    [Fact]
    public void A_ledger_knows_nothing_of_a_relation_that_was_never_touched()
    {
        Assert.Same(RelationLedger.Untouched, Ledger.Empty("hash").Of(new("1h")));
        Assert.Equal(
            (0, "hash", -1),
            (Ledger.Empty("hash").Revision, Ledger.Empty("hash").PolicyHash, Ledger.Empty("hash").PublishedRevision)
        );
        Assert.Equal(
            "1..2 3..4",
            Jan.Text(new RelationLedger { Cut = [new(Jan.Range("3..4"), 0, true), new(Jan.Range("1..2"), 0, true)] }.CutRanges)
        );
    }

    [Fact]
    public void Buckets_are_in_a_set_as_a_whole_or_overlap_it()
    {
        var tier = Seen.Policy(Seen.Forever).Tier(new("1d"));
        Assert.Equal("2..3 6..7", Jan.Text(tier.WholeBuckets(Jan.Set("1T05..3T05 4..4T23 6..7"))));
        Assert.Equal("1..5 6..7", Jan.Text(tier.BucketsTouching(Jan.Set("1T05..3T05 4..4T23 6..7"))));
    }
}
