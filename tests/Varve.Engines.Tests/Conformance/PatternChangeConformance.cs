using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Patterns that change, that meet policies of their own and each other, and that a person holds or deletes.</summary>
public abstract class PatternChangeConformance(Func<ScratchDatabase> create) : PatternSuite(create)
{
    private const string Own = """
        policy: {0}
        table: m.cpu
        time: ts
        series: [host]
        measures: auto
        keep: 7d
        tiers: [{ every: 1h, keep: 30d }, { every: 1d }]
        """;

    [Fact]
    public async Task A_changed_pattern_changes_its_policies_and_the_brake_asks_for_each()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-11");
        var results = await ApplyAsync(Pattern().Replace("keep: 7d", "keep: 5d", StringComparison.Ordinal));
        Assert.Equal([("all", 2), ("m.cpu", 2), ("m.fan", 2)], results.Select(r => (r.Policy, r.Revision)));
        Assert.Equal(2, (await RunAsync("2025-01-11", new())).Events.OfType<RunEvent.Braked>().Count());
        Assert.Equal(168, await CountAsync("cpu"));
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        Assert.Equal((120, 120), (await CountAsync("cpu"), await CountAsync("fan")));
    }

    [Fact]
    public async Task A_pattern_that_is_applied_again_takes_new_columns_up_and_leaves_the_rest()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-11");
        await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN w DOUBLE");
        var results = await ApplyAsync(Pattern());
        Assert.Equal([ApplyOutcome.Unchanged, ApplyOutcome.Changed, ApplyOutcome.Unchanged], results.Select(r => r.Outcome));
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        await AgreesAsync();
    }

    [Fact]
    [Rule("pattern-waits")]
    public async Task A_table_that_cannot_follow_a_changed_pattern_waits_and_the_others_go_on()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-04");
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME COLUMN host TO machine");
        var results = await ApplyAsync(Pattern().Replace("keep: 7d", "keep: 8d", StringComparison.Ordinal));
        Assert.Equal(["all", "m.fan"], results.Select(r => r.Policy));
        Assert.Contains("m.cpu cannot follow the pattern", Assert.Single(results[0].Notes).Message, StringComparison.Ordinal);
        var outcome = await RunAsync("2025-01-11");
        Assert.Equal("m.cpu", Assert.Single(outcome.Events.OfType<RunEvent.Failed>()).Policy);
        Assert.Equal((240, 192), (await CountAsync("cpu"), await CountAsync("fan")));
        Assert.NotNull((await PlanAsync("2025-01-11")).Single(p => p.Policy == "m.cpu").Failure);

        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME COLUMN machine TO host");
        outcome = await RunAsync("2025-01-11");
        Assert.Empty(outcome.Errors);
        Assert.Equal(("m.cpu", 2), outcome.Events.OfType<RunEvent.TakenUp>().Select(e => (e.Policy, e.Result.Revision)).Single());
        Assert.Equal(192, await CountAsync("cpu"));
    }

    [Fact]
    public async Task A_pattern_that_no_longer_means_a_table_lets_it_go_and_takes_it_back()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-11");
        var results = await ApplyAsync(Pattern("except: [m.fan]"));
        Assert.Equal((ApplyOutcome.Deleted, "m.fan"), results.Select(r => (r.Outcome, r.Policy)).Last());
        Assert.Equal(["m.cpu"], await NamesAsync());
        Assert.Equal(240, await CountAsync("fan_1h"));
        await ApplyAsync(Pattern());
        var outcome = await RunAsync("2025-01-11", new());
        Assert.Empty(outcome.Errors);
        Assert.Null(outcome.Brake);
        Assert.DoesNotContain(outcome.Done, s => s.Kind is "create" or "rollup");
    }

    [Fact]
    [Rule("one-policy-a-table")]
    public async Task A_table_with_a_policy_of_its_own_is_left_alone()
    {
        await TwoAsync();
        await ApplyAsync(Own.Replace("{0}", "mine", StringComparison.Ordinal), Pattern());
        Assert.Equal(["m.fan", "mine"], await NamesAsync());
        Assert.Empty((await ReportAsync()).LeftOut);
    }

    [Fact]
    public async Task A_policy_of_its_own_goes_on_with_what_the_pattern_built()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-11");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => ApplyAsync(Own.Replace("{0}", "mine", StringComparison.Ordinal)));
        Assert.Contains("write policy: m.cpu", refused.Message, StringComparison.Ordinal);
        await ApplyAsync(Own.Replace("{0}", "m.cpu", StringComparison.Ordinal).Replace("keep: 7d", "keep: 9d", StringComparison.Ordinal));
        Assert.Null((await WithAsync(l => l.PoliciesAsync(Selection.Of("m.cpu"))))[0].Pattern);
        var outcome = await RunAsync("2025-01-12", new());
        Assert.Empty(outcome.Errors);
        Assert.Equal(168, await CountAsync("cpu"));
        await ApplyAsync(Pattern());
        Assert.Null((await WithAsync(l => l.PoliciesAsync(Selection.Of("m.cpu"))))[0].Pattern);
        await WithAsync(l => l.DeletePolicyAsync("m.cpu"));
        Assert.Equal("m.cpu", Assert.Single((await RunAsync("2025-01-12", new())).Events.OfType<RunEvent.TakenUp>()).Policy);
    }

    [Fact]
    [Rule("one-policy-a-table")]
    public async Task A_table_that_two_patterns_match_is_of_the_one_that_has_it_else_of_none()
    {
        await TwoAsync();
        var other = Pattern(table: "m.f*", name: "fans");
        await ApplyAsync(Pattern(), other);
        Assert.Equal(["m.cpu"], await NamesAsync());
        Assert.Contains(
            "The pattern fans (m.f*) matches it too",
            Assert.Single((await ReportAsync()).LeftOut).Message,
            StringComparison.Ordinal
        );
        await ApplyAsync(Pattern("except: m.f*"));
        await RunAsync("2025-01-02");
        Assert.Equal("fans", (await WithAsync(l => l.PoliciesAsync(Selection.Of("m.fan"))))[0].Pattern);
        await ApplyAsync(Pattern());
        Assert.Equal("fans", (await WithAsync(l => l.PoliciesAsync(Selection.Of("m.fan"))))[0].Pattern);
    }

    [Fact]
    public async Task A_hold_on_a_pattern_keeps_tables_that_it_takes_up_later_too()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        await WithAsync(l => l.HoldAsync("all", null, TimeRange.All, "case", null));
        await TableAsync("late", "2025-01-01", "2025-01-11");
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        Assert.Equal((240, 240, 240), (await CountAsync("cpu"), await CountAsync("fan"), await CountAsync("late")));
        await Assert.ThrowsAsync<PolicyException>(() => WithAsync(l => l.ReleaseAsync("m.cpu", null)));
        await ApplyAsync(Own.Replace("{0}", "m.cpu", StringComparison.Ordinal));
        await WithAsync(l => l.DeletePolicyAsync("all"));
        await ApplyAsync(Pattern());
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        Assert.Equal(240, await CountAsync("cpu"));
        await WithAsync(l => l.ReleaseAsync("all", null));
        await RunAsync("2025-01-11");
        Assert.Equal((168, 168, 168), (await CountAsync("cpu"), await CountAsync("fan"), await CountAsync("late")));
    }

    [Fact]
    public async Task What_a_pattern_made_is_deleted_with_it_and_not_without()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        var refused = await Assert.ThrowsAsync<PolicyException>(() => WithAsync(l => l.DeletePolicyAsync("m.cpu")));
        Assert.Equal("VRV316", refused.Code);
        Assert.Equal(["all", "m.cpu", "m.fan"], (await WithAsync(l => l.DeletePolicyAsync("all"))).Select(r => r.Policy));
        Assert.Empty(await NamesAsync());
        Assert.Empty(await WithAsync(l => l.PatternsAsync(Selection.All)));
    }

    [Fact]
    public async Task Pruning_takes_patterns_out_of_force_with_what_came_from_them()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        var own = Own.Replace("{0}", "m.cpu", StringComparison.Ordinal);
        var results = await WithAsync(l => l.ApplyAsync(PolicyYaml.Parse(own, ""), prune: true));
        Assert.Equal(
            [("m.cpu", ApplyOutcome.Changed), ("all", ApplyOutcome.Deleted), ("m.fan", ApplyOutcome.Deleted)],
            results.Select(r => (r.Policy, r.Outcome))
        );
        Assert.Equal(["m.cpu"], await NamesAsync());
    }

    [Fact]
    public async Task What_is_about_one_table_asks_for_one()
    {
        await TwoAsync();
        await ApplyAsync(Pattern());
        var refused = await Assert.ThrowsAsync<PolicyException>(() => WithAsync(l => l.InvalidateAsync("all", TimeRange.All)));
        Assert.Contains("Name one of its policies: m.cpu, m.fan", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_and_a_policy_never_share_a_name()
    {
        await TwoAsync();
        await ApplyAsync(Pattern(table: "m.f*"));
        Assert.Equal(
            "VRV108",
            (await Assert.ThrowsAsync<PolicyException>(() => ApplyAsync(Own.Replace("{0}", "all", StringComparison.Ordinal)))).Code
        );
        await ApplyAsync(Own.Replace("{0}", "mine", StringComparison.Ordinal));
        Assert.Equal("VRV108", (await Assert.ThrowsAsync<PolicyException>(() => ApplyAsync(Pattern(table: "m.g*", name: "mine")))).Code);
    }

    [Fact]
    public async Task A_selection_by_tag_takes_up_only_what_it_means()
    {
        await ApplyAsync(Pattern("tags: [a]", "m.c*", "cs"), Pattern("tags: [b]", "m.f*", "fs"));
        await TwoAsync();
        await RunAsync("2025-01-11", selection: new([], ["a"]));
        Assert.Equal(["m.cpu"], await NamesAsync());
        await RunAsync("2025-01-11", selection: Selection.Of("m.fan"));
        Assert.Equal(["m.cpu", "m.fan"], await NamesAsync());
    }

    private async Task TwoAsync()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await TableAsync("fan", "2025-01-01", "2025-01-11");
    }
}
