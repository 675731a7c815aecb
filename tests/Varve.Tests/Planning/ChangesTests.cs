using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class ChangesTests
{
    [Fact]
    public void Buckets_with_more_rows_are_marked_and_built_again()
    {
        var plan = Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9T05", 10, 11)));
        Assert.Equal(
            ["mark 1h dirty 9T05..9T06 lost  cut", "rollup 1h < source 9T05..9T06 again", "rollup 1d < 1h 9..10 again"],
            plan.Steps()
        );
        Assert.Equal("rows came or changed after these buckets were built", plan.Steps[0].Reason);
    }

    [Fact]
    [Rule("corrections")]
    public void Fewer_rows_are_a_correction_in_watched_buckets_after_one_that_still_agrees() =>
        Assert.Equal(
            ["mark 1h dirty 9T05..9T06 lost  cut", "rollup 1h < source 9T05..9T06 again", "rollup 1d < 1h 9..10 again"],
            Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9T05", 10, 9)) with { OldestUnchanged = Jan.At("9T04") }).Steps()
        );

    [Theory]
    [InlineData("9T05", "9T05")]
    [InlineData("9T05", "9T06")]
    [InlineData("9T05", null)]
    [InlineData("8T23", "8T22")]
    public void Else_somebody_removed_them_and_the_buckets_are_cut(string bucket, string? survivor)
    {
        var plan = Seen.Plan(
            Seen.Forever,
            Changed(Seen.Table, Bucket(bucket, 10, 9)) with
            {
                OldestUnchanged = survivor is null ? null : Jan.At(survivor),
            }
        );
        var next = Jan.Text(Bucket(bucket, 10, 9).Bucket);
        Assert.Equal([$"mark 1h dirty  lost  cut {next}"], plan.Steps());
        Assert.Equal("somebody else removed rows of these buckets: they stay as they were built", plan.Steps[0].Reason);
        Assert.True(Assert.IsType<PlanStep.Mark>(plan.Steps[0]).Cut.Single().ByOthers);
    }

    [Fact]
    public void Up_to_the_newest_bucket_with_removed_rows_everything_that_changed_is_cut()
    {
        var plan = Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9T03", 10, 12), Bucket("9T05", 10, 9), Bucket("9T07", 10, 11)));
        Assert.Equal(
            ["mark 1h dirty 9T07..9T08 lost  cut 9T03..9T04 9T05..9T06", "rollup 1h < source 9T07..9T08 again"],
            plan.Steps()[..2]
        );
        Assert.Equal("rows came, changed, or were removed by somebody else after these buckets were built", plan.Steps[0].Reason);
    }

    [Fact]
    public void Values_that_changed_are_no_removal() =>
        Assert.Equal("mark 1h dirty 9T05..9T06 lost  cut", Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9T05", 10, 10))).Steps()[0]);

    [Fact]
    public void The_newest_removal_counts() =>
        Assert.Equal(
            ["mark 1h dirty  lost  cut 9T05..9T06 9T07..9T08"],
            Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9T05", 10, 9), Bucket("9T07", 10, 9))).Steps()
        );

    [Fact]
    public void The_first_watched_bucket_may_be_corrected() =>
        Assert.Equal(
            "mark 1h dirty 9..9T01 lost  cut",
            Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("9", 10, 9)) with { OldestUnchanged = Jan.At("8") }).Steps()[0]
        );

    [Fact]
    public void What_was_dirty_and_is_cut_now_is_not_built_again() =>
        Assert.Equal(
            ["mark 1h dirty  lost  cut 9T05..9T06"],
            Seen.Plan(
                    Seen.Forever,
                    Changed(
                        Seen.State(new(), ("1h", Seen.Whole with { Dirty = Jan.Set("9T05..9T06") }), ("1d", Seen.Whole)),
                        Bucket("9T05", 10, 9)
                    )
                )
                .Steps()
        );

    [Fact]
    public void Every_tier_that_is_built_from_the_source_is_marked_in_its_own_buckets_the_one_that_is_watched_last() =>
        Assert.Equal(
            ["mark 11h dirty 9..9T11 lost  cut", "mark 7h dirty 9T07..9T14 lost  cut"],
            Seen.Plan(
                    "tiers: [{ every: 7h }, { every: 11h }]",
                    Changed(Seen.State(new(), ("7h", Sevens), ("11h", Elevens)), Bucket("9T10", 10, 11))
                )
                .Steps()[..2]
        );

    [Theory]
    [InlineData(10, 9, false, 0, "mark 11h dirty  lost  cut 9..9T11", false)]
    [InlineData(10, 9, true, 0, "mark 11h dirty  lost  cut 9..9T11", true)]
    [InlineData(10, 10, false, 0, "mark 11h dirty  lost  cut 9..9T11", true)]
    [InlineData(10, 11, false, 0, "mark 11h dirty  lost  cut 9..9T11", true)]
    [InlineData(0, 2, false, 0, "mark 11h dirty 9..9T11 lost  cut", false)]
    [InlineData(10, 10, false, 1, "mark 7h dirty  lost  cut 9T07..9T14", false)]
    public void A_longer_bucket_around_removed_rows_is_marked_by_what_it_holds_itself(
        long stored,
        long found,
        bool late,
        int agrees,
        string mark,
        bool isMixed
    )
    {
        var own = new BucketChange(Jan.Range("9..9T11"), stored, found);
        var around = new Dictionary<RelationId, IReadOnlyList<BucketChange>>
        {
            [new("11h")] = agrees == 0 ? [own] : [],
            [new("7h")] = late ? [new(Jan.Range("9..9T07"), 3, 4)] : [],
        };
        var state = Seen.State(new(), ("7h", Sevens), ("11h", Elevens));
        var plan = Seen.Plan(
            "tiers: [{ every: 7h }, { every: 11h }]",
            Changed(state, new BucketChange(Jan.Range("9T07..9T14"), 10, 9)) with
            {
                EnclosingChanges = around,
            }
        );
        Assert.Equal(mark, plan.Steps()[0]);
        Assert.Equal(isMixed, Assert.IsType<PlanStep.Mark>(plan.Steps[0]).Cut.Any(c => c.IsMixed));
        Assert.Equal("mark 7h dirty  lost  cut 9T07..9T14", plan.Steps().Last(s => s.StartsWith("mark 7h", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_dirty_cut_or_gone_already_is_not_marked()
    {
        var hours = Seen.Whole with
        {
            Dirty = Jan.Set("9T01..9T02"),
            Cut = [new(Jan.Range("9T03..9T04"), 0, ByOthers: true)],
            Frozen = Jan.Set("-inf..9T06"),
        };
        var state = Seen.State(new() { Frozen = Jan.Set("-inf..9T05") }, ("1h", hours), ("1d", Seen.Whole)) with { First = Jan.At("9T05") };
        var plan = Seen.Plan(
            Seen.Forever,
            Changed(state, Bucket("9T01", 1, 2), Bucket("9T03", 1, 2), Bucket("9T04", 1, 2), Bucket("9T05", 1, 2))
        );
        Assert.DoesNotContain(plan.Steps, s => s is PlanStep.Mark);
    }

    [Fact]
    public void What_is_not_covered_is_not_marked() =>
        Assert.DoesNotContain(
            Seen.Plan(Seen.Forever, Changed(Seen.Table, Bucket("11", 1, 2), Bucket("12", 2, 1))).Steps,
            s => s is PlanStep.Mark
        );

    [Fact]
    [Rule("moved-boundaries")]
    public void Days_that_begin_at_other_instants_now_are_built_again_where_their_input_is_whole()
    {
        var state = Seen.State(new(), ("1h", Seen.Whole with { Frozen = Jan.Set("-inf..5") }), ("1d", Seen.Whole));
        var plan = Seen.Plan(
            Seen.Forever,
            state with
            {
                StaleLabels = new Dictionary<RelationId, IReadOnlyList<NodaTime.Instant>>
                {
                    [new("1d")] = [Jan.At("2T01"), Jan.At("7T01")],
                },
            }
        );
        Assert.Equal(["mark 1d dirty 7..9 lost  cut", "rollup 1d < 1h 7..9 again"], plan.Steps());
        Assert.Equal(
            ["1d 2..3: the zone data changed, and what these buckets were built from has expired: they keep their old boundaries"],
            plan.Waiting()
        );
        Assert.Equal("the zone data changed: these local days begin at other instants now", plan.Steps[0].Reason);
    }

    [Fact]
    [Rule("moved-boundaries")]
    public void Without_their_input_they_keep_their_boundaries()
    {
        var state = Seen.State(
            new(),
            ("1h", Seen.Whole with { Frozen = Jan.Set("-inf..5") }),
            ("1d", Seen.Whole with { Cut = [new(Jan.Range("7..9"), 0, ByOthers: false)] })
        );
        var plan = Seen.Plan(
            Seen.Forever,
            state with
            {
                StaleLabels = new Dictionary<RelationId, IReadOnlyList<NodaTime.Instant>>
                {
                    [new("1d")] = [Jan.At("2T01"), Jan.At("7T01")],
                },
            }
        );
        Assert.Empty(plan.Steps());
        Assert.StartsWith("1d 2..8", plan.Waiting().Single(), StringComparison.Ordinal);
    }

    private static RelationLedger Sevens => Covered("1T02..9T21");

    private static RelationLedger Elevens => Covered("1..9T22");

    private static RelationLedger Covered(string set) => new() { Created = true, Covered = Jan.Set(set) };

    private static TableState Changed(TableState state, params BucketChange[] changes) => state with { Changes = changes };

    private static BucketChange Bucket(string at, long stored, long found) =>
        new(new(Jan.At(at), Jan.At(at) + NodaTime.Duration.FromHours(1)), stored, found);
}
