using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class PlannerTests
{
    private const string Discarding = "late_after_expiry: discard, keep: 7d, " + Seen.Forever;

    [Fact]
    public void The_plan_says_what_it_was_made_from()
    {
        var plan = Seen.Plan(Seen.Forever, Seen.Table);
        Assert.Equal(("t", 1, "hash", Jan.At("10")), (plan.Policy, plan.Revision, plan.PolicyHash, plan.AsOf));
        Assert.Equal(NodaTime.DateTimeZoneProviders.Tzdb.VersionId, plan.ZoneVersion);
    }

    [Fact]
    public void Only_tiers_that_are_not_there_are_made()
    {
        var plan = Seen.Plan(Seen.Forever, Seen.State(new(), ("1h", Seen.Whole), ("1d", Seen.Whole with { Created = false })));
        Assert.Equal(["create 1d"], plan.Steps());
        Assert.Equal("the policy asks for it", plan.Steps[0].Reason);
    }

    [Fact]
    [Rule("views-again")]
    public void The_views_are_written_once_for_each_revision()
    {
        var state = Seen.Table with { Ledger = Seen.Table.Ledger with { Revision = 2, ConfirmedRevision = 2 } };
        var plan = Seen.Plan(Seen.Forever, state);
        Assert.Equal(["publish all"], plan.Steps());
        Assert.Equal("the views of this revision", plan.Steps[0].Reason);
        Assert.Empty(Seen.Plan("keep: 30d", state).Steps());
    }

    [Fact]
    public void Late_rows_of_expired_ranges_are_discarded_where_the_policy_says_so()
    {
        var state = Seen.State(new() { Frozen = Jan.Set("-inf..2 2T05..3") }, ("1h", Seen.Whole), ("1d", Seen.Whole)) with
        {
            First = Jan.At("3"),
            Frozen = new(7, Jan.At("1"), Jan.At("2T06")),
        };
        var plan = Seen.Plan(Discarding, state);
        Assert.Equal(["discard source -inf..2", "discard source 2T05..3"], plan.Steps());
        Assert.All(
            plan.Steps,
            s => Assert.Equal((7L, "rows that came for a range that has expired (late_after_expiry: discard)"), (s.Rows, s.Reason))
        );
        Assert.Equal(["discard source -inf..2"], Seen.Plan(Discarding, state, "9").Steps());
        Assert.Empty(Seen.Plan("keep: 7d, " + Seen.Forever, state).Steps());
        Assert.Empty(Seen.Plan(Discarding, state with { Frozen = RowExtent.None }).Steps());
    }

    [Fact]
    public void What_an_earlier_slice_had_to_leave_is_asked_for_again()
    {
        var hours = new RelationLedger { Created = true, Covered = Jan.Set("1..8") };
        var zoned = new RelationLedger { Created = true, Covered = Jan.Set("0T05..8T05") };
        var state = Seen.State(new(), ("1h", hours), ("1d@America/New_York", zoned)) with { Rows = 20_000_000L * 9 };
        Assert.Equal(
            ["rollup 1h < source 8..9", "rollup 1h < source 9..10", "rollup 1d@America/New_York < 1h 8T05..9T05"],
            Seen.Plan("tiers: [{ every: 1h }, { every: 1d, zone: America/New_York }]", state).Steps()
        );
    }
}
