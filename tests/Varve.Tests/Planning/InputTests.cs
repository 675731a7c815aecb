using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

/// <summary>What a tier is built from when its own input, or the source, no longer has everything.</summary>
public sealed class InputTests
{
    private static readonly RelationLedger GoneTo5 = new() { Frozen = Jan.Set("-inf..5") };

    [Fact]
    [Rule("lost")]
    public void What_nothing_can_build_any_more_is_lost_and_no_longer_due()
    {
        var state = Seen.State(GoneTo5, ("1h", new() { Created = true }), ("1d", Seen.Whole)) with { First = Jan.At("5") };
        var plan = Seen.Plan(Seen.Forever, state);
        Assert.Equal(["mark 1h dirty  lost 1..5 cut", "rollup 1h < source 5..10"], plan.Steps());
        Assert.Equal("nothing that is left could build it: the coarser tiers answer there", plan.Steps[0].Reason);

        state = Seen.State(
            GoneTo5,
            (
                "1h",
                new()
                {
                    Created = true,
                    Covered = Jan.Set("5..10"),
                    Lost = Jan.Set("1..5"),
                }
            ),
            ("1d", Seen.Whole)
        ) with
        {
            First = Jan.At("5"),
        };
        Assert.Empty(Seen.Plan(Seen.Forever, state).Steps());
    }

    [Fact]
    [Rule("coarser-stays")]
    public void Filling_a_new_tier_leaves_what_is_coarser_as_it_was_built()
    {
        var state = Seen.State(new(), ("1h", new() { Created = true }), ("1d", Seen.Whole));
        Assert.Equal(["rollup 1h < source 1..10"], Seen.Plan(Seen.Forever, state).Steps());

        state = Seen.State(new(), ("1h", new() { Created = true, Covered = Jan.Set("1..5T03") }), ("1d", Seen.Whole));
        Assert.Equal(["rollup 1h < source 5T03..10"], Seen.Plan(Seen.Forever, state).Steps());
    }

    [Fact]
    public void Older_rows_make_the_first_coarser_bucket_dirty() =>
        Assert.Equal(
            ["rollup 1h < source 1T01..1T03", "rollup 1d < 1h 1..2 again"],
            Seen.Plan(
                    Seen.Forever,
                    Seen.State(new(), ("1h", Seen.Whole with { Covered = Jan.Set("1T03..10") }), ("1d", Seen.Whole)) with
                    {
                        First = Jan.At("1T01"),
                    }
                )
                .Steps()
        );

    [Fact]
    [Rule("input-gone")]
    public void A_tier_whose_input_no_longer_has_it_is_built_from_the_source()
    {
        var hours = new RelationLedger
        {
            Created = true,
            Covered = Jan.Set("1..10"),
            Frozen = Jan.Set("-inf..3"),
        };
        var plan = Seen.Plan(Seen.Forever, Seen.State(new(), ("1h", hours), ("1d", new() { Created = true })));
        Assert.Equal(["rollup 1d < source 1..3", "rollup 1d < 1h 3..10"], plan.Steps());
        Assert.Equal(["closed and not covered; 1h no longer has it", "closed and not covered"], plan.Steps.Select(s => s.Reason));
    }

    [Fact]
    [Rule("nearest-input")]
    [Rule("input-gone")]
    public void A_tier_is_built_from_any_finer_one_that_still_has_it()
    {
        var hours = new RelationLedger
        {
            Created = true,
            Covered = Jan.Set("1..10"),
            Frozen = Jan.Set("-inf..3"),
        };
        var minutes = new RelationLedger { Created = true, Covered = Jan.Set("1..10") };
        var state = Seen.State(GoneTo5, ("1m", minutes), ("1h", hours), ("1d", new() { Created = true })) with { First = Jan.At("5") };
        Assert.Equal(
            ["rollup 1d < 1m 1..3", "rollup 1d < 1h 3..10"],
            Seen.Plan("tiers: [{ every: 1m }, { every: 1h }, { every: 1d }]", state).Steps()
        );
    }

    [Fact]
    public void A_finer_tier_whose_boundaries_do_not_fit_is_no_input()
    {
        var days = "1d@Asia/Kathmandu";
        var gone = new RelationLedger
        {
            Created = true,
            Covered = Jan.Set("1..10"),
            Frozen = Jan.Set("-inf..+inf"),
        };
        var state = Seen.State(gone, ("15m", gone), ("1h", Seen.Whole), (days, new() { Created = true })) with { First = null };
        var plan = Seen.Plan("tiers: [{ every: 15m }, { every: 1h }, { every: 1d, zone: Asia/Kathmandu }]", state);
        Assert.Equal(
            [$"mark {days} dirty  lost -0T18:15..9T18:15 cut"],
            plan.Steps().Select(s => s.Replace("0T18", "-0T18", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void What_changed_and_can_never_be_built_again_stays_as_it_was_and_nothing_waits_for_it()
    {
        var hours = Seen.Whole with { Dirty = Jan.Set("3T05..3T06") };
        var days = Seen.Whole with { Dirty = Jan.Set("3..4") };
        var plan = Seen.Plan(Seen.Forever, Seen.State(GoneTo5, ("1h", hours), ("1d", days)) with { First = Jan.At("5") });
        Assert.Equal(["mark 1h dirty  lost  cut 3T05..3T06", "rollup 1d < 1h 3..4 again"], plan.Steps());
        Assert.Empty(plan.Waiting());
    }

    [Fact]
    [Rule("edge-cut")]
    public void Cut_buckets_are_never_built_again()
    {
        var hours = Seen.Whole with { Dirty = Jan.Set("3T05..3T07"), Cut = [new(Jan.Range("3T05..3T06"), 0, ByOthers: true)] };
        var days = Seen.Whole with { Cut = [new(Jan.Range("3..4"), 0, ByOthers: false)] };
        Assert.Equal(
            ["rollup 1h < source 3T06..3T07 again"],
            Seen.Plan(Seen.Forever, Seen.State(new(), ("1h", hours), ("1d", days))).Steps()
        );
    }

    [Fact]
    public void What_others_cut_of_the_source_is_no_input()
    {
        var hours = Seen.Whole with { Cut = [new(Jan.Range("3T05..3T06"), 0, ByOthers: true)] };
        var draft = new ProjectedLedger(
            Seen.Policy(Seen.Forever),
            Seen.State(GoneTo5 with { Frozen = Jan.Set("-inf..2") }, ("1h", hours), ("1d", Seen.Whole))
        );
        var days = draft.Blueprint.Tier(new("1d"));
        Assert.Equal("-inf..2 3T05..3T06", Jan.Text(draft.Unavailable(RelationId.Source, days)));
        Assert.Equal("2..3T05 3T06..+inf", Jan.Text(draft.AvailableTo(RelationId.Source, days)));

        hours = Seen.Whole with { Cut = [new(Jan.Range("3T05..3T06"), 0, ByOthers: false)] };
        Assert.Equal(
            TimeRange.All,
            new ProjectedLedger(Seen.Policy(Seen.Forever), Seen.State(new(), ("1h", hours))).AvailableTo(RelationId.Source, days).Single()
        );
    }

    [Fact]
    public void A_longer_bucket_that_others_cut_spoils_only_what_no_finer_tier_answers_for()
    {
        var cut = Seen.Whole with { Cut = [new(Jan.Range("3..4"), 0, ByOthers: true) { Input = RelationId.Source }] };
        var some = Seen.Whole with
        {
            Covered = Jan.Set("3T06..10"),
            Lost = Jan.Set("1..3T06"),
            Cut = [new(Jan.Range("3T12..3T14"), 0, ByOthers: true)],
        };
        var draft = new ProjectedLedger(
            Seen.Policy("tiers: [{ every: 1h }, { every: 2h }, { every: 1d }]"),
            Seen.State(new(), ("2h", some), ("1d", cut))
        );
        Assert.Equal("3..3T06 3T12..3T14", Jan.Text(draft.TakenByOthers(draft.Blueprint.Tier(new("1h")))));
    }

    [Theory]
    [Rule("retired-part")]
    [InlineData("1..10", "3T05..3T06")]
    [InlineData("1..3T20", "")]
    public void What_others_cut_of_a_retired_tier_spoils_only_the_buckets_that_it_has_all_of(string covered, string spoilt)
    {
        var hours = Seen.Whole with
        {
            Covered = Jan.Set(covered),
            Cut = [new(Jan.Range("3T05..3T06"), 0, ByOthers: true) { Input = RelationId.Source }],
        };
        var blueprint = Seen.Policy("tiers: [{ every: 1d }]") with { Retired = [Seen.Policy(Seen.Forever).Tier(new("1h"))] };
        var draft = new ProjectedLedger(blueprint, Seen.State(new(), ("1h", hours), ("1d", Seen.Whole with { Covered = Jan.Set("1..3") })));
        Assert.Equal(spoilt, Jan.Text(draft.TakenByOthers(blueprint.Tier(new("1d")))));
    }

    [Fact]
    public void A_tier_gives_what_it_covers_clean_and_everything_before_its_history()
    {
        var hours = Seen.Whole with { Dirty = Jan.Set("3..4"), Lost = Jan.Set("5..6"), Frozen = Jan.Set("1..2") };
        var draft = new ProjectedLedger(Seen.Policy(Seen.Forever), Seen.State(new(), ("1h", hours), ("1d", Seen.Whole)));
        var days = draft.Blueprint.Tier(new("1d"));
        Assert.Equal("-inf..1 2..3 4..5 6..10", Jan.Text(draft.AvailableTo(new("1h"), days)));
        Assert.Equal("1..2 5..6", Jan.Text(draft.Unavailable(new("1h"), days)));
    }
}
