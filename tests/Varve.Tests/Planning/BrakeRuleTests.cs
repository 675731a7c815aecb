using System.Security.Cryptography;
using System.Text;
using Varve.Planning;

namespace Varve.Tests.Planning;

public sealed class BrakeRuleTests
{
    private const string Week = "keep: 7d, " + Seen.Tiers;

    [Fact]
    public void The_first_removal_waits_for_a_person()
    {
        var brake = Seen.Plan(Week, State(confirmed: 0)).Brake;
        Assert.Equal("it is the first time that this policy removes anything", brake!.Reason);
        Assert.Equal(2000, brake.Rows);
        Assert.Matches("^[0-9a-f]{12}$", brake.Hash);
    }

    [Fact]
    public void Nothing_waits_where_nothing_is_removed() => Assert.Null(Seen.Plan(Seen.Forever, State(confirmed: 0)).Brake);

    [Fact]
    public void A_confirmed_revision_removes() => Assert.Null(Seen.Plan(Week, State(confirmed: 1)).Brake);

    [Fact]
    public void A_policy_that_was_never_stored_is_never_confirmed() =>
        Assert.NotNull(Seen.Plan(Week, State(confirmed: 0, revision: 0)).Brake);

    [Theory]
    [InlineData("keep: 7d, " + Seen.Tiers, null)]
    [InlineData("keep: 5d, " + Seen.Tiers, null)]
    [InlineData("keep: 9d, " + Seen.Tiers, "this revision removes more than the one before")]
    public void A_revision_that_removes_more_waits_again(string confirmed, string? reason) =>
        Assert.Equal(
            reason,
            Seen.Plan(
                Week,
                State(1, 2) is var s ? s with { Ledger = s.Ledger with { ConfirmedPolicy = Seen.Policy(confirmed).Policy } } : s
            ).Brake?.Reason
        );

    [Fact]
    public void A_confirmation_is_for_one_policy_and_the_relations_that_lose_rows()
    {
        var brake = Seen.Plan(Week, State(confirmed: 0)).Brake!;
        Assert.True(Seen.Plan(Week, State(confirmed: 0), "10T05").Brake!.IsConfirmedBy(brake.Hash));
        var other = State(confirmed: 0);
        Assert.NotEqual(brake.Hash, Seen.Plan(Week, other with { Ledger = other.Ledger with { PolicyHash = "other" } }).Brake!.Hash);
        Assert.NotEqual(
            brake.Hash,
            Seen.Plan(
                "keep: 7d, tiers: [{ every: 1h, keep: 8d }, { every: 1d }]",
                other with
                {
                    Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(1, 1, Jan.At("1")) },
                }
            ).Brake!.Hash
        );
        Assert.NotEqual(brake.Hash, Seen.Plan("policy: other, " + Week, other).Brake!.Hash);
    }

    [Fact]
    [Rule("brake-tenth")]
    public void The_hash_is_of_the_policy_the_sorted_relations_the_oldest_day_and_the_rows()
    {
        var state = State(confirmed: 0) with { Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(216, 1, Jan.At("1")) } };
        var brake = Seen.Plan("keep: 7d, tiers: [{ every: 1h, keep: 8d }, { every: 1d }]", state).Brake!;
        var step = (int)Math.Floor(Math.Log(2000) / (Math.Log(1.1) / 10));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"t\nhash\n1h,source\n2025-01-01T00:00:00Z\n{step}")))[..12],
            brake.Hash
        );
        Assert.Equal((2000 + 24, 2000), (brake.Rows, brake.SourceRows));
        Assert.Equal(2000.0 / 9000, brake.Share);
    }

    [Theory]
    [Rule("brake-tenth")]
    [InlineData(1000, 1000, true)]
    [InlineData(1000, 1099, true)]
    [InlineData(1099, 1000, true)]
    [InlineData(1000, 1125, false)]
    [InlineData(1125, 1000, false)]
    [InlineData(1_000_000_000, 1_099_000_000, true)]
    [InlineData(1_000_000_000, 1_125_000_000, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 2, false)]
    public void A_word_is_for_the_rows_that_were_counted_give_or_take_a_tenth(long read, long now, bool isTaken)
    {
        var hash = Counted(read).Hash;
        Assert.Equal(isTaken, Counted(now).IsConfirmedBy(hash));
        Assert.True(Counted(read).IsConfirmedBy(hash));

        static Brake Counted(long rows) => Seen.Plan(Week, State(confirmed: 0) with { Rows = 2_000_000_000, Going = rows }).Brake!;
    }

    [Fact]
    public void Older_rows_than_were_read_need_another_word()
    {
        var state = State(confirmed: 0) with { Going = 50 };
        var older = state with { First = Jan.At("1") - NodaTime.Duration.FromHours(1) };
        Assert.False(Seen.Plan(Week, older).Brake!.IsConfirmedBy(Seen.Plan(Week, state).Brake!.Hash));
    }

    [Theory]
    [InlineData(null, "1..2", true)]
    [InlineData("source", "1..2", true)]
    [InlineData("1h", "1..2", false)]
    [InlineData("source", "9..10", false)]
    public void What_a_hold_kept_waits_for_a_word_where_it_goes(string? relation, string range, bool waits)
    {
        var state = State(confirmed: 1);
        state = state with { Ledger = state.Ledger with { Released = [new(relation is null ? null : new(relation), Jan.Set(range)[0])] } };
        var plan = Seen.Plan(Week, state);
        Assert.Equal(waits ? "a hold was ended, and what it kept would go" : null, plan.Brake?.Reason);
        Assert.Equal(waits ? 0 : 1, BrakeRule.StillReleased(state.Ledger, plan.Steps).Count);
    }

    [Theory]
    [Rule("brake-share")]
    [InlineData(9000, 0, 9000, "9,000 rows of the source (all of them)")]
    [InlineData(9000, 24, 2000, "2,000 rows of the source (22.2 %) and ≈ 24 rows of tiers")]
    [InlineData(9000, 1, 0, "≈ 1 row of tiers")]
    [InlineData(9_000_000, 0, 1, "1 row of the source (less than 0.1 %)")]
    [InlineData(9_000_000, 0, 8_999_999, "8,999,999 rows of the source (99.9 %)")]
    public void The_share_of_the_source_is_said(long rows, long tiers, long going, string said) =>
        Assert.Equal(said, PlanText.Going(new("hash", "reason", going + tiers) { SourceRows = going, Share = (double)going / rows }));

    [Fact]
    public void Discarding_is_removing()
    {
        var late = State(confirmed: 0) with { First = Jan.At("3"), Frozen = new(7, Jan.At("1"), Jan.At("1")) };
        late = late with
        {
            Ledger = Seen.State(new() { Frozen = Jan.Set("-inf..3") }, ("1h", Seen.Whole), ("1d", Seen.Whole)).Ledger with
            {
                ConfirmedRevision = 0,
            },
        };
        Assert.Equal(7, Seen.Plan("late_after_expiry: discard, " + Week, late).Brake!.Rows);
    }

    private static TableState State(int confirmed, int revision = 1) =>
        Seen.Table with
        {
            Ledger = Seen.Table.Ledger with { ConfirmedRevision = confirmed, Revision = revision },
        };
}
