using System.Security.Cryptography;
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
    public void A_policy_that_was_never_stored_is_never_confirmed() => Assert.NotNull(Seen.Plan(Week, State(confirmed: 0, revision: 0)).Brake);

    [Theory]
    [InlineData("keep: 7d, " + Seen.Tiers, null)]
    [InlineData("keep: 5d, " + Seen.Tiers, null)]
    [InlineData("keep: 9d, " + Seen.Tiers, "this revision removes more than the one before")]
    public void A_revision_that_removes_more_waits_again(string confirmed, string? reason) =>
        Assert.Equal(reason, Seen.Plan(Week, State(1, 2) is var s ? s with { Ledger = s.Ledger with { ConfirmedPolicy = Seen.Policy(confirmed).Policy } } : s).Brake?.Reason);

    [Fact]
    public void A_confirmation_is_for_one_policy_and_the_relations_that_lose_rows()
    {
        var brake = Seen.Plan(Week, State(confirmed: 0)).Brake!;
        Assert.Equal(brake.Hash, Seen.Plan(Week, State(confirmed: 0) with { Rows = 5 }, "10T05").Brake!.Hash);
        var other = State(confirmed: 0);
        Assert.NotEqual(brake.Hash, Seen.Plan(Week, other with { Ledger = other.Ledger with { PolicyHash = "other" } }).Brake!.Hash);
        Assert.NotEqual(brake.Hash, Seen.Plan("keep: 7d, tiers: [{ every: 1h, keep: 8d }, { every: 1d }]", other with { Tiers = new Dictionary<string, TierSize> { ["1h"] = new(1, 1, Jan.At("1")) } }).Brake!.Hash);
        Assert.NotEqual(brake.Hash, Seen.Plan("policy: other, " + Week, other).Brake!.Hash);
    }

    [Fact]
    public void The_hash_is_of_the_policy_and_the_sorted_relations_so_that_it_is_the_same_tomorrow()
    {
        var state = State(confirmed: 0) with { Tiers = new Dictionary<string, TierSize> { ["1h"] = new(216, 1, Jan.At("1")) } };
        var brake = Seen.Plan("keep: 7d, tiers: [{ every: 1h, keep: 8d }, { every: 1d }]", state).Brake!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("t\nhash\n1h,source"u8))[..12], brake.Hash);
        Assert.Equal(2000 + 24, brake.Rows);
    }

    [Fact]
    public void Discarding_is_removing()
    {
        var late = State(confirmed: 0) with { First = Jan.At("3"), Frozen = new(7, Jan.At("1"), Jan.At("1")) };
        late = late with { Ledger = Seen.State(new() { Frozen = Jan.Set("-inf..3") }, ("1h", Seen.Whole), ("1d", Seen.Whole)).Ledger with { ConfirmedRevision = 0 } };
        Assert.Equal(7, Seen.Plan("late_after_expiry: discard, " + Week, late).Brake!.Rows);
    }

    private static TableState State(int confirmed, int revision = 1) =>
        Seen.Table with { Ledger = Seen.Table.Ledger with { ConfirmedRevision = confirmed, Revision = revision } };
}
