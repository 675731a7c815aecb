using Varve.Planning;

namespace Varve.Tests.Planning;

/// <summary>What of a range may go as things stand: the planner's rule, asked again at the moment of acting.</summary>
public sealed class AllowedTests
{
    private const string Week = "keep: 7d, " + Seen.Tiers;

    [Theory]
    [Rule("nothing-younger")]
    [Rule("proof-keep")]
    [InlineData("1..3", "1..3")]
    [InlineData("1..5", "1..3")]
    [InlineData("3..5", "")]
    [InlineData("4..5", "")]
    public void Nothing_younger_than_its_keep(string range, string allowed) => Assert.Equal(allowed, Allowed(Seen.Table, range));

    [Fact]
    public void Nothing_of_a_relation_that_is_kept_forever()
    {
        Assert.Equal("", Allowed(Seen.Table, "1..3", "1d"));
        Assert.Equal("", Allowed(Seen.Table, "-inf..3", "1d"));
        Assert.Equal("", Allowed(Seen.Table, "1..3", "no such tier"));
    }

    [Fact]
    public void Nothing_that_is_gone() =>
        Assert.Equal("2..3", Allowed(Seen.State(new() { Frozen = Jan.Set("-inf..2") }, ("1h", Seen.Whole)), "1..3"));

    [Fact]
    [Rule("proof-covered")]
    public void Expire_keeps_what_is_not_covered() =>
        Assert.Equal(
            "1..2T05 2T06..3",
            Allowed(
                Hours(Seen.Whole with { Covered = Jan.Set("1..2T05 2T06..10") }),
                "1..3",
                waits: "source 2T05..2T06: 1h does not cover it yet"
            )
        );

    [Fact]
    [Rule("proof-covered")]
    public void Expire_keeps_what_is_dirty() =>
        Assert.Equal(
            "1..2T05 2T06..3",
            Allowed(Hours(Seen.Whole with { Dirty = Jan.Set("2T05..2T06") }), "1..3", waits: "source 2T05..2T06: 1h does not cover it yet")
        );

    [Fact]
    public void Cut_and_lost_buckets_block_nothing() =>
        Assert.Equal(
            "1..3",
            Allowed(
                Hours(
                    Seen.Whole with
                    {
                        Covered = Jan.Set("1..2 2T02..10"),
                        Dirty = Jan.Set("1..1T01"),
                        Cut = [new(Jan.Range("1..1T01"), 0, ByOthers: true)],
                        Lost = Jan.Set("2..2T02"),
                    }
                ),
                "1..3"
            )
        );

    [Fact]
    public void What_is_before_the_history_of_a_tier_blocks_nothing() => Assert.Equal("-5..3", Allowed(Seen.Table, "-5..3"));

    [Fact]
    [Rule("proof-hold")]
    public void Holds_keep_their_range_of_their_relation()
    {
        var held = Seen.Table.Holding(
            new Hold("1", null, Jan.Range("1..1T05"), "audit", "eve", Jan.At("20")),
            new Hold("2", RelationId.Source, Jan.Range("2..2T05"), "court", "bob", null),
            new Hold("3", new("1h"), Jan.Range("-inf..+inf"), "other", "joe", null),
            new Hold("4", null, Jan.Range("5..6"), "young", "joe", null)
        );
        Assert.Equal(
            "1T05..2 2T05..3",
            Allowed(
                held,
                "1..3",
                waits:
                [
                    "source 1..1T05: held by eve until 2025-01-20T00:00:00Z: audit",
                    "source 2..2T05: held by bob: court (policy release ends it)",
                ]
            )
        );
    }

    [Fact]
    [Rule("halted")]
    public void What_could_not_be_proven_waits_for_a_person_until_it_is_accepted()
    {
        var halted = new RelationLedger { Halted = Jan.Set("1..1T05 2..2T05"), Accepted = Jan.Set("2..2T05") };
        Assert.Equal(
            "1T05..3",
            Allowed(
                Seen.State(halted, ("1h", Seen.Whole)),
                "1..3",
                waits: "source 1..1T05: its rows could not be proven covered; history says why. To let them go and keep the tiers as they were built, varve verify t --accept --from 2025-01-01T00:00:00Z --to 2025-01-01T05:00:00Z; to build them again from what is there, varve invalidate t --from 2025-01-01T00:00:00Z --to 2025-01-01T05:00:00Z && varve run t (a person)"
            )
        );
    }

    [Fact]
    public void What_waits_for_one_reason_is_told_once() =>
        Assert.Equal(
            "1..1T05 1T06..2T05 2T06..3",
            Allowed(
                Hours(Seen.Whole with { Dirty = Jan.Set("1T05..1T06 2T05..2T06") }),
                "1..3",
                waits: "source 1T05..2T06: 1h does not cover it yet"
            )
        );

    private static TableState Hours(RelationLedger hours) => Seen.State(new(), ("1h", hours), ("1d", Seen.Whole));

    private static string Allowed(TableState state, string range, string relation = "source", params string[] waits)
    {
        var blueprint = Seen.Policy(Week);
        var draft = new ProjectedLedger(blueprint, state);
        var allowed = new Expiry(draft, Cutoffs.At(blueprint, Jan.At("10"), state.Last)).Allowed(new(relation), Jan.Range(range));
        Assert.Equal(waits, draft.Waits.Select(Seen.Wait));
        return Jan.Text(allowed);
    }
}
