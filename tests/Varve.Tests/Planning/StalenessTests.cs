using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

public sealed class StalenessTests
{
    private static readonly PlanStep Expire = new PlanStep.Expire
    {
        Relation = RelationId.Source,
        Range = Jan.Range("1..2"),
        Proofs = [new("1h")],
        Reason = "old",
        Rows = 5,
    };
    private static readonly PlanStep Publish = new PlanStep.Publish { Relation = RelationId.All, Reason = "new" };
    private static readonly Plan Planned = Seen.Plan("keep: 30d", Seen.State(new())) with { Steps = [Expire, Publish] };

    [Fact]
    public void The_steps_of_the_file_are_run_with_what_is_known_of_them_now()
    {
        var now = Planned with
        {
            Steps = [Publish, new PlanStep.CreateTier { Relation = new("1h"), Reason = "" }, Expire with { Rows = 9, Reason = "older" }],
        };
        var kept = Staleness.Keep(Planned, now);
        Assert.Equal(["expire", "publish"], kept.Steps.Select(s => s.Kind));
        Assert.Equal((9, "older"), (kept.Steps[0].Rows, kept.Steps[0].Reason));
    }

    [Fact]
    public void Two_equal_steps_are_no_difference() =>
        Assert.Equal(
            2,
            Staleness.Keep(Planned with { Steps = [Publish, Publish] }, Planned with { Steps = [Publish, Publish] }).Steps.Count
        );

    [Fact]
    public void A_step_that_is_missing_or_changed_is_shown_as_a_difference()
    {
        var other = new PlanStep.Expire
        {
            Relation = RelationId.Source,
            Range = Jan.Range("1..3"),
            Proofs = [new("1h")],
            Reason = "old",
        };
        var error = Assert.Throws<StalePlanException>(() => Staleness.Keep(Planned, Planned with { Steps = [Publish, other] }));
        Assert.Equal($"The plan of {Planned.Policy} is stale: what it would do is no longer what is due. Plan again.", error.Message);
        Assert.Equal(
            [
                "- expire source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)",
                "+ expire source [2025-01-01T00:00:00Z, 2025-01-03T00:00:00Z)",
            ],
            error.Differences
        );
    }

    [Fact]
    public void What_waits_since_is_why_its_steps_are_missing()
    {
        Wait before = new(RelationId.Source, Jan.Range("1..2"), "held by me", NeedsPerson: false);
        Wait since = new(RelationId.Source, TimeRange.All, "load was DOUBLE and is VARCHAR now", NeedsPerson: true);
        var then = Planned with { Waits = [before] };

        var error = Assert.Throws<StalePlanException>(() => Staleness.Keep(then, then with { Steps = [Publish], Waits = [before, since] }));

        Assert.Equal(
            ["! source: load was DOUBLE and is VARCHAR now", "- expire source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)"],
            error.Differences
        );
        Assert.Equal(2, Staleness.Keep(then, then with { Waits = [since] }).Steps.Count);
    }

    [Fact]
    public void Another_policy_or_other_zone_data_make_it_stale()
    {
        var error = Assert.Throws<StalePlanException>(() =>
            Staleness.Keep(Planned, Planned with { PolicyHash = "other", Revision = 2, ZoneVersion = "2030a" })
        );
        Assert.Equal(
            [$"! policy t: it was changed since (revision 1 then, 2 now)", $"! zone data: {Planned.ZoneVersion} then, 2030a now"],
            error.Differences
        );
    }
}
