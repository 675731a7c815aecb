using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: changing a policy.</summary>
public abstract class ChangeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    public async Task A_new_coarser_tier_is_backfilled_from_the_finer_one()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-02-21");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_new_finer_tier_has_what_the_source_still_has_and_the_rest_is_lost()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 30m }, { every: 1h }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(0, Since(rows, "2025-01-16"));
        await story.ExpectTierAsync(1, rows);
        Assert.NotEqual(0, (await story.StatusAsync("2025-01-21")).Relations.Single(r => r.Relation == "30m").Lost);
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(0, Since(rows, "2025-01-16"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    public async Task A_bucket_that_is_only_half_there_is_lost()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 7h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 7h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 7h }, { every: 11h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(2, Since(rows, "2025-01-16"));
        var whole = new TrueTiers(story.Policy, new(At("2024-01-01"), At("2026-01-01"))).Grid(1);
        await story.ExpectTierAsync(1, rows.Where(r => whole.BucketOf(r.At!.Value).From >= At("2025-01-16")));
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
    }

    [Theory]
    [InlineData("tiers: [{ every: 1h }, { every: 1d }]", "avg, max")]
    [InlineData("tiers: [{ every: 1h }, { every: 1d }]", "max")]
    [InlineData("tiers: [{ every: 1h }]", "avg")]
    public async Task Changed_functions_and_removed_tiers_are_refused_and_nothing_changes(string tiers, string functions)
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]", "avg"), rows);
        await story.RunWellAsync("2025-01-11");
        await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy(tiers, functions)));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_longer_keep_brings_nothing_back_and_removes_nothing_more()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 8d\ntiers: [{ every: 1h }]"));
        await story.RunWellAsync("2025-01-21");
        Same(Since(rows, "2025-01-16"), await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [InlineData("{ every: 1d, zone: Europe/Berlin, name: day }")]
    [InlineData("{ every: 12h, name: day }")]
    public async Task A_tier_whose_boundaries_change_needs_another_name(string changed)
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d, name: day }]"), Every("2025-01-01", "2025-01-05", "1h"));
        await story.RunWellAsync("2025-01-05");
        var error = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy($"tiers: [{{ every: 1h }}, {changed}]")));
        Assert.Contains("day", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_measure_whose_type_changed_stops_the_table()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-03");
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN v TYPE VARCHAR");
        var outcome = await Record.ExceptionAsync(async () =>
        {
            var run = await story.RunAsync("2025-01-05");
            if (run.Errors.Count > 0) throw run.Errors[0];
        });
        Assert.IsAssignableFrom<VarveException>(outcome);
        Assert.Equal(rows.Count, await story.CountAsync("cpu"));
    }

    [Fact]
    public async Task Deleting_a_policy_leaves_every_relation()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-05");
        await story.WithAsync(async l =>
        {
            await l.DeletePolicyAsync(story.Policy.Name);
            return 0;
        });
        await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.PoliciesAsync(Policies.Selection.Of(story.Policy.Name))));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task Apply_deletes_no_stored_policy_without_prune()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-05", "1h"));
        await Db.CreateAsync(new(new("m", "other"), "ts", TimeKind.Timestamp, [new("host", ValueKind.Text), new("v", ValueKind.Double)]));
        var other = Policies.PolicyYaml.Parse(Policy("tiers: [{ every: 1h }]").Replace("m.cpu", "m.other", StringComparison.Ordinal), "other.yaml");
        await story.WithAsync(l => l.ApplyAsync(other));
        Assert.Equal(2, (await story.WithAsync(l => l.PoliciesAsync(Policies.Selection.All))).Count);
        await story.WithAsync(l => l.ApplyAsync(other, prune: true));
        Assert.Single(await story.WithAsync(l => l.PoliciesAsync(Policies.Selection.All)));
    }
}
