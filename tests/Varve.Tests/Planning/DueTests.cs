using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

public sealed class DueTests
{
    [Fact]
    public void Nothing_is_done_where_all_that_is_closed_is_covered()
    {
        var plan = Seen.Plan(Seen.Forever, Seen.Table, "10T00:59");
        Assert.Empty(plan.Steps());
        Assert.True(plan.IsEmpty);
        Assert.Empty(plan.Waits);
    }

    [Fact]
    public void The_first_run_makes_the_tiers_and_builds_what_is_closed_finest_first() =>
        Assert.Equal(
            ["create 1h", "create 1d", "publish all", "rollup 1h < source 1T03..10T05", "rollup 1d < 1h 1..10"],
            Seen.Plan(Seen.Forever, Fresh with { First = Jan.At("1T03:10") }, "10T05:30").Steps()
        );

    [Fact]
    public void A_table_that_never_had_a_row_gets_its_tiers_and_nothing_is_built() =>
        Assert.Equal(
            ["create 1h", "create 1d", "publish all"],
            Seen.Plan(Seen.Forever, Fresh with { First = null, Last = null, Rows = 0 }).Steps()
        );

    [Theory]
    [InlineData("10T01:59")]
    [InlineData("10T02", "rollup 1h < source 9T23..10", "rollup 1d < 1h 9..10")]
    [InlineData("10T03", "rollup 1h < source 9T23..10T01", "rollup 1d < 1h 9..10")]
    public void A_bucket_closes_when_it_has_waited_for_late_rows(string asOf, params string[] steps)
    {
        var state = Seen.State(
            new(),
            ("1h", new() { Created = true, Covered = Jan.Set("1..9T23") }),
            ("1d", new() { Created = true, Covered = Jan.Set("1..9") })
        );
        Assert.Equal(steps, Seen.Plan($"late: 2h, {Seen.Forever}", state, asOf).Steps());
    }

    [Fact]
    public void Holes_are_filled_and_what_encloses_them_is_built_again() =>
        Assert.Equal(
            ["rollup 1h < source 4T03..4T05 6T07..6T08", "rollup 1d < 1h 4..5 6..7 again"],
            Seen.Plan(Seen.Forever, Hours(Seen.Whole with { Covered = Jan.Set("1..4T03 4T05..6T07 6T08..10") })).Steps()
        );

    [Fact]
    public void Dirty_buckets_are_built_again_and_then_what_encloses_them()
    {
        var plan = Seen.Plan(Seen.Forever, Hours(Seen.Whole with { Dirty = Jan.Set("4T03..4T04") }));
        Assert.Equal(["rollup 1h < source 4T03..4T04 again", "rollup 1d < 1h 4..5 again"], plan.Steps());
        Assert.All(plan.Steps, s => Assert.Equal("its input changed since it was built", s.Reason));
    }

    [Theory]
    [Rule("earlier-as-of")]
    [InlineData("9T02:59")]
    [InlineData("9T03", "rollup 1h < source 9T02..9T03 again")]
    [InlineData("10", "rollup 1h < source 9T02..9T03 9T06..9T07 again", "rollup 1d < 1h 9..10 again")]
    public void As_of_an_earlier_instant_what_closed_later_is_left_alone(string asOf, params string[] steps) =>
        Assert.Equal(steps, Seen.Plan(Seen.Forever, Hours(Seen.Whole with { Dirty = Jan.Set("9T02..9T03 9T06..9T07") }), asOf).Steps());

    [Fact]
    public void Rows_that_are_older_than_the_history_are_built_into_it() =>
        Assert.Equal(
            ["rollup 1h < source -1T05..1", "rollup 1d < 1h -1..1"],
            Seen.Plan(Seen.Forever, Seen.Table with { First = Jan.At("-1T05:20") }).Steps()
        );

    [Fact]
    public void Slices_are_worked_off_oldest_first_through_all_tiers()
    {
        var state = Fresh with { Rows = 20_000_000L * 2, First = Jan.At("8"), Last = Jan.At("10") };
        Assert.Equal(
            [
                "create 1h",
                "create 1d",
                "publish all",
                "rollup 1h < source 8..9",
                "rollup 1d < 1h 8..9",
                "rollup 1h < source 9..10",
                "rollup 1d < 1h 9..10",
            ],
            Seen.Plan(Seen.Forever, state).Steps()
        );
    }

    [Theory]
    [InlineData("1h", 9 * 300_000, "1..10", "rollup 1d < 1h 8..10")]
    [InlineData("1h", 9 * 400_000, "1..10", "rollup 1d < 1h 8..9", "rollup 1d < 1h 9..10")]
    [InlineData("1h", 9 * 300_000, "1..9", "rollup 1d < 1h 8..9", "rollup 1h < source 9..10", "rollup 1d < 1h 9..10")]
    public void Slices_are_as_long_as_what_is_read_allows(string tier, long rows, string covered, params string[] steps)
    {
        var state = Seen.State(
            new(),
            (tier, Seen.Whole with { Covered = Jan.Set(covered) }),
            ("1d", Seen.Whole with { Covered = Jan.Set("1..8") })
        );
        Assert.Equal(
            steps,
            Seen.Plan(
                    Seen.Forever,
                    state with
                    {
                        Rows = 9 * 20_000_000L,
                        Tiers = new Dictionary<RelationId, TierSize> { [new(tier)] = new(rows, 0, null) },
                    }
                )
                .Steps()
        );
    }

    [Fact]
    public void The_first_slice_is_that_of_the_oldest_bucket_that_is_due() =>
        Assert.Equal(
            ["rollup 1h < source 2T05..2T06 again", "rollup 1d < 1h 2..3 again", "rollup 1d < 1h 9..10"],
            Seen.Plan(
                    Seen.Forever,
                    Seen.State(
                        new(),
                        ("1h", Seen.Whole with { Dirty = Jan.Set("2T05..2T06") }),
                        ("1d", Seen.Whole with { Covered = Jan.Set("1..9") })
                    ) with
                    {
                        Rows = 20_000_000L * 9,
                    }
                )
                .Steps()
        );

    [Fact]
    public void One_step_builds_at_most_two_thousand_ranges()
    {
        var holes = RangeSet.Of(
            Enumerable
                .Range(0, 2001)
                .Select(i => Jan.At("1") + Duration.FromMinutes(2 * i))
                .Select(at => new TimeRange(at, at + Duration.FromMinutes(1)))
        );
        var plan = Seen.Plan(
            "tiers: [{ every: 1m }]",
            Seen.State(
                new(),
                (
                    "1m",
                    new()
                    {
                        Created = true,
                        Covered = Jan.Set("1..20"),
                        Dirty = holes,
                    }
                )
            ),
            "20"
        );
        Assert.Equal([2000, 1], plan.Steps.Cast<PlanStep.RollUp>().Select(s => s.Ranges.Count));
    }

    private static TableState Fresh => Seen.Table with { Ledger = Ledger.Empty("hash") with { Revision = 1 } };

    private static TableState Hours(RelationLedger hours) => Seen.State(new(), ("1h", hours), ("1d", Seen.Whole));
}
