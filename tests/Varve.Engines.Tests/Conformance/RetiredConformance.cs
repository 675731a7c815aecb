using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 6: tiers that a policy has no more.</summary>
public abstract class RetiredConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    public async Task What_is_built_from_a_retired_tier_is_shown_as_it_runs()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 6h }, { every: 1d }]"));
        var plan = await story.PlanAsync("2025-01-21");
        var shown = await story.WithAsync(l => l.StatementsAsync(plan));
        Assert.Contains(
            shown,
            s =>
                s.Step is Varve.Planning.PlanStep.RollUp { Input.Text: "1h" }
                && s.Statements.Any(t => t.Contains("cpu_1h_states", StringComparison.Ordinal))
        );
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("retired")]
    public async Task A_retired_tier_stays_as_it_is_and_builds_what_nothing_else_can()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 6h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
        Assert.True((await story.StatusAsync("2025-01-21")).Relations.Single(r => r.Relation.Text == "1h").IsRetired);
        await story.InsertAsync(Every("2025-01-21", "2025-01-25", "10m"));
        await story.RunWellAsync("2025-01-25");
        Assert.Equal(20 * 24, await story.CountAsync("cpu_1h"));
        await story.ExpectTiersAsync([.. rows, .. Every("2025-01-21", "2025-01-25", "10m")]);
    }

    [Fact]
    [Rule("retired")]
    public async Task A_retired_tier_that_was_not_followed_is_no_input()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\nrecheck: 2d\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\nrecheck: 2d\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        rows.Add(Row("2025-01-20T07:00:01Z", 999));
        await story.InsertAsync(rows[^1]);
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-03-01");
        await story.ApplyAsync(Policy("keep: 5d\nrecheck: 2d\ntiers: [{ every: 12h }, { every: 1d }]"));
        await story.RunWellAsync("2025-03-01");
        await story.ExpectTierAsync(0, Before(rows, "2025-01-20"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("retired-part")]
    public async Task A_bucket_that_a_retired_tier_has_only_a_part_of_is_built_from_what_others_left()
    {
        var rows = Every("2025-01-01", "2025-01-07", "10m");
        var story = await BeginAsync(
            Policy("keep: 5d\nrecheck: 2h\ntiers: [{ every: 1h }, { every: 1d }]"),
            Before(rows, "2025-01-05T12:00Z")
        );
        await story.RunWellAsync("2025-01-05T12:00Z");
        await story.DeleteAsync("2025-01-05T03:00Z", "2025-01-05T04:00Z");
        await story.ApplyAsync(Policy("keep: 5d\nrecheck: 2h\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-05T12:00Z");
        await story.InsertAsync(rows.Except(Before(rows, "2025-01-05T12:00Z")));
        await story.RunWellAsync("2025-02-01");
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-07"));
        await story.ExpectTierAsync(0, rows.Where(r => r.At < At("2025-01-05T03:00Z") || r.At >= At("2025-01-05T04:00Z")));
    }

    [Fact]
    public async Task A_retired_tier_can_come_back()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]"), Before(rows, "2025-01-16"));
        await story.RunWellAsync("2025-01-16");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1d }]"));
        await story.InsertAsync(Since(rows, "2025-01-16"));
        await story.RunWellAsync("2025-01-19");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("retire-drop")]
    public async Task Dropping_retired_tiers_is_asked_for_and_takes_only_them()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.DropRetiredAsync(story.Policy.Name)));
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1d }]"));
        var error = await Assert.ThrowsAsync<PolicyException>(() =>
            story.WithAsync(l => l.DropRetiredAsync(story.Policy.Name), new SettableTime(At("2025-01-21")))
        );
        Assert.Contains("run first", error.Message, StringComparison.Ordinal);
        await story.RunWellAsync("2025-01-21");
        var dropped = await story.WithAsync(l => l.DropRetiredAsync(story.Policy.Name), new SettableTime(At("2025-01-21")));
        Assert.Equal(["cpu_1h", "cpu_1h_states"], dropped.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain((await story.StatusAsync("2025-01-21")).Relations, r => r.Relation.Text == "1h");
        await story.RunWellAsync("2025-02-21");
        await story.ExpectTiersAsync(rows);
    }
}
