using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>A policy that comes after another one of the same table knows what that one expired.</summary>
public abstract class SuccessorConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string First = "policy: first\nkeep: 3d\ntiers: [{ every: 1h }]";
    private const string Second = "policy: second\nschema: later\nkeep: 20d\ntiers: [{ every: 1d }]";

    [Theory]
    [InlineData("m.cpu")]
    [InlineData("M.CPU")]
    public async Task A_bucket_of_which_an_earlier_policy_expired_rows_is_not_built_from_the_rest(string table)
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(First), rows);
        await story.RunWellAsync("2025-01-10T12:00Z");
        Assert.Equal(At("2025-01-07T12:00Z"), (await story.SourceAsync()).Min(r => r.At));
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        await story.ApplyAsync(Policy(Second).Replace("m.cpu", table, StringComparison.Ordinal));
        await story.RunWellAsync("2025-01-10T12:00Z");
        Assert.Equal(2, Convert.ToInt64((await Db.QueryAsync("SELECT count(*) FROM later.cpu_1d"))[0][0], System.Globalization.CultureInfo.InvariantCulture));
        var status = await story.StatusAsync("2025-01-10T12:00Z");
        Assert.Equal(1, status.Relations.Single(r => r.Relation == "1d").Lost);
    }

    [Fact]
    public async Task Rows_that_come_once_more_for_what_an_earlier_policy_expired_are_late()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(First), rows);
        await story.RunWellAsync("2025-01-10T12:00Z");
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        await story.ApplyAsync(Policy(Second));
        await story.InsertAsync(Before(rows, "2025-01-02"));
        Assert.Equal(24, (await story.StatusAsync("2025-01-10T12:00Z")).FrozenLate.Rows);
        await story.RunWellAsync("2025-01-10T12:00Z");
        Assert.Equal(24, await story.CountSourceAsync("2025-01-01", "2025-01-02"));
    }

    [Fact]
    public async Task A_policy_that_comes_back_knows_what_another_one_expired_meanwhile()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(First), rows);
        await story.RunWellAsync("2025-01-04T12:00Z");
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        await story.ApplyAsync(Policy(Second.Replace("20d", "3d", StringComparison.Ordinal)));
        await story.RunWellAsync("2025-01-20T12:00Z");
        await story.WithAsync(l => l.DeletePolicyAsync("second"));
        await story.ApplyAsync(Policy(First));
        var plan = await story.PlanAsync("2025-01-20T12:00Z");
        Assert.DoesNotContain(plan.Steps.OfType<PlanStep.RollUp>(), s => s.Ranges.Start < At("2025-01-17"));
    }
}
