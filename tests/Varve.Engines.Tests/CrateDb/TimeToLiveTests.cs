using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>What <c>init --ttl</c> writes for tables of a cluster is a policy that can be applied as it is.</summary>
public sealed class TimeToLiveTests : DaysSuite
{
    private static readonly ProposalChoices s_choices = new() { Ttl = Keep.Parse("10d"), Archive = "cold" };

    [Fact]
    public async Task Partitions_that_are_old_enough_are_archived_and_go()
    {
        await RepositoryAsync();
        var story = await DaysAsync();
        await story.WithAsync(l => l.DeletePolicyAsync(story.Policy.Name));
        var yaml = await ProposedAsync(story, s_choices);
        Assert.Contains("keep: 10d\narchive: cold\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("tiers", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("expire: rows", yaml, StringComparison.Ordinal);
        await story.WithAsync(l => l.ApplyAsync([.. PolicyYaml.Parse(yaml, "policy.yaml")]));
        var outcome = await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Done, s => s is PlanStep.Archive);
        Assert.Contains(outcome.Done, s => s is PlanStep.Expire { Relation.IsSource: true });
        Assert.Equal(At("2025-03-31"), (await story.SourceAsync()).Min(r => r.At!.Value));
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_table_without_partitions_is_told_that_its_rows_go_one_by_one()
    {
        await Db.ExecuteAsync("CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION) CLUSTERED INTO 1 SHARDS");
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.InsertAsync(Rows);
        var yaml = await ProposedAsync(story, new() { Ttl = Keep.Parse("10d") });
        Assert.Contains("keep: 10d\n", yaml, StringComparison.Ordinal);
        Assert.Contains("source: { expire: rows }", yaml, StringComparison.Ordinal);
        await story.WithAsync(l => l.ApplyAsync([.. PolicyYaml.Parse(yaml, "policy.yaml")]));
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Equal(At("2025-03-31T12:00Z"), (await story.SourceAsync()).Min(r => r.At!.Value));
    }

    private static async Task<string> ProposedAsync(Story story, ProposalChoices choices) =>
        (await story.WithAsync(l => l.ProposeAsync(new TableName("m", "cpu"), choices))).Yaml;
}
