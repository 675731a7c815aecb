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
    [Rule("successor-knows")]
    [InlineData("m.cpu")]
    [InlineData("M.CPU")]
    public async Task A_bucket_of_which_an_earlier_policy_expired_rows_is_not_built_from_the_rest(string table)
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(First), rows);
        await story.RunWellAsync("2025-01-10T12:00Z");
        Assert.Equal(At("2025-01-07T12:00Z"), (await story.SourceAsync()).Min(r => r.At));
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        await story.ApplyAsync(Policy(Second).Replace("m.cpu", Db.Cased(table), StringComparison.Ordinal));
        await story.RunWellAsync("2025-01-10T12:00Z");
        Assert.Equal(
            2,
            Convert.ToInt64(
                (await Db.QueryAsync("SELECT count(*) FROM later.cpu_1d"))[0][0],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        var status = await story.StatusAsync("2025-01-10T12:00Z");
        Assert.Equal(1, status.Relations.Single(r => r.Relation.Text == "1d").Lost);
    }

    [Fact]
    [Rule("successor-knows")]
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

    [Fact]
    public async Task A_policy_of_a_file_is_planned_with_what_an_earlier_one_expired()
    {
        var story = await BeginAsync(Policy(First), Every("2025-01-01", "2025-01-11", "1h"));
        await story.RunWellAsync("2025-01-10T12:00Z");
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        var documents = PolicyYaml.Parse(Policy(Second), "second.yaml");
        var planned = Assert.Single(await story.WithAsync(l => l.PlanAsync(documents, At("2025-01-10T12:00Z"))));
        await story.ApplyAsync(Policy(Second));
        Assert.Equal(
            planned.Steps.Select(s => s.Key),
            (await story.PlanAsync("2025-01-10T12:00Z")).Steps.Where(s => s is not PlanStep.Publish).Select(s => s.Key)
        );
    }

    [Fact]
    [Rule("one-time-column")]
    public async Task What_expired_by_another_column_keeps_no_row_back_where_rows_only_expire()
    {
        var story = await SeenAsync("policy: only\ntable: m.cpu\ntime: ts\nkeep: 3d");
        await story.RunWellAsync("2025-01-10");
        Assert.Equal(At("2025-01-07"), (await story.SourceAsync()).Min(r => r.At));
        var same = PolicyYaml.Parse("policy: only\ntable: m.cpu\ntime: seen\nkeep: 30d", "only.yaml");
        Assert.Equal("VRV150", (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.ApplyAsync(same)))).Code);
        await story.WithAsync(l => l.DeletePolicyAsync("only"));
        Assert.Equal("VRV150", (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.ApplyAsync(same)))).Code);
        await story.ApplyAsync("policy: other\ntable: m.cpu\ntime: seen\nkeep: 30d");
        Assert.Equal(0, (await story.StatusAsync("2025-01-10")).FrozenLate.Rows);
        Assert.NotNull((await story.PlanAsync("2025-01-10")).Brake);
        await story.RunWellAsync("2025-01-10");
        Assert.Equal(At("2025-01-10"), (await story.SourceAsync()).Min(r => r.At));
    }

    [Theory]
    [Rule("one-time-column")]
    [InlineData("policy: first\nkeep: 20d\ntiers: [{ every: 1d }]")]
    [InlineData("policy: second\nschema: later\nkeep: 20d\ntiers: [{ every: 1d }]")]
    public async Task No_tier_is_built_by_another_column_than_rows_expired_by(string next)
    {
        var story = await SeenAsync(Policy("policy: first\nkeep: 3d"));
        await story.RunWellAsync("2025-01-10");
        await story.WithAsync(l => l.DeletePolicyAsync("first"));
        var documents = PolicyYaml.Parse(Policy(next).Replace("time: ts", "time: seen", StringComparison.Ordinal), "next.yaml");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.ApplyAsync(documents)));
        Assert.Equal("VRV150", refused.Code);
        Assert.Contains("(policy first)", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await story.WithAsync(l => l.PoliciesAsync(Selection.All)));
    }

    /// <summary>Ten days of rows that were seen thirty days before they say that they happened.</summary>
    private async Task<Story> SeenAsync(string policy)
    {
        SourceTable table = new(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), new("v", ValueKind.Double), new("seen", ValueKind.Moment)]
        );
        return await Story.BeginAsync(
            Db,
            table,
            policy,
            Every("2025-01-01", "2025-01-11", "1h")
                .Select(r => r with { Values = [.. r.Values, r.At!.Value - NodaTime.Duration.FromDays(30)] })
        );
    }
}
