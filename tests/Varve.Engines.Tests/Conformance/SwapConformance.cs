using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// A tier takes the place of another one, or stands beside it: what is there stays, and what only one of them has is shown.
/// </summary>
public abstract class SwapConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Hours = "keep: 7d\nrecheck: 6h\ntiers: [{ every: 1h }, { every: 1d }]";
    private const string TwoHours = "keep: 7d\nrecheck: 6h\ntiers: [{ every: 2h }, { every: 1d }]";

    [Fact]
    public async Task A_tier_of_another_width_has_all_that_the_retired_one_had_and_coarser_ones_stay_as_they_are()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Hours), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy(TwoHours));
        Assert.DoesNotContain((await story.PlanAsync("2025-01-21")).Steps, s => s is PlanStep.RollUp { Relation.Text: "1d" });
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_tier_of_another_width_has_all_that_the_retired_one_had_also_where_the_run_ends_in_between()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Hours), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy(TwoHours));
        var built = 0;
        await story.RunPartAsync("2025-01-21", step => step is not PlanStep.RollUp || built++ == 0);
        Assert.DoesNotContain((await story.PlanAsync("2025-01-21")).Steps, s => s is PlanStep.RollUp { Relation.Text: "1d" });
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("unseen-row")]
    [InlineData(TwoHours)]
    [InlineData("keep: 7d\nrecheck: 6h\ntiers: [{ every: 30m }, { every: 1h }, { every: 1d }]")]
    public async Task A_row_that_came_unseen_is_in_every_tier_once_the_policy_changed(string next)
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Hours), rows);
        await story.RunWellAsync("2025-01-21");
        var late = Row("2025-01-17T12:05Z", 777);
        await story.InsertAsync(late);
        await story.ApplyAsync(Policy(next));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(story.Policy.Tiers.Count - 1, [.. rows, late]);
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(story.Policy.Tiers.Count - 1, [.. rows, late]);
    }

    [Fact]
    [Rule("unseen-row")]
    public async Task Rows_that_others_removed_are_not_taken_out_of_a_coarser_tier_that_follows_a_row_that_came_unseen()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Hours), rows);
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Every("2025-01-17T12:05Z", "2025-01-17T12:55Z", "5m"));
        await story.DeleteAsync("2025-01-17T03:00Z", "2025-01-17T03:30Z");
        await story.ApplyAsync(Policy(TwoHours));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("tier-comes-back")]
    public async Task Nothing_waits_for_ever_where_a_tier_comes_back_and_rows_came_meanwhile()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Hours), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy(TwoHours));
        await story.RunWellAsync("2025-01-21");
        var late = Row("2025-01-20T22:05Z", 777);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync([.. rows, late]);
        await story.RunWellAsync("2025-03-01");
        await story.ApplyAsync(Policy(Hours));
        await story.RunWellAsync("2025-03-01");
        Assert.True((await story.PlanAsync("2025-03-01")) is { IsEmpty: true, Waits: [] });
        Assert.Equal(2, (await story.StatusAsync("2025-03-01")).Relations.Single(r => r.Relation.Text == "1h").Cut);
        await story.ExpectTierAsync(0, rows);
        await story.ExpectTierAsync(1, [.. rows, late]);
    }

    [Theory]
    [InlineData("{ every: 1h, keep: 15d }", "{ every: 1d }")]
    [InlineData("{ every: 1h, keep: 15d }, { every: 1d }", "{ every: 1d, zone: Europe/Berlin, name: cpu_berlin }")]
    public async Task The_stitched_view_loses_nothing_where_a_tier_is_added_that_cannot_have_all(string before, string added)
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy($"keep: 5d\ntiers: [{before}]"), rows);
        await story.RunWellAsync("2025-01-20T10:20Z");
        var all = $"SELECT sum(varve_rows) FROM {Db.Name(new("m", "cpu_all"))}";
        var shown = Number(await Db.QueryAsync(all), 0);
        await story.ApplyAsync(Policy($"keep: 5d\ntiers: [{before}, {added}]"));
        await story.RunWellAsync("2025-01-20T10:20Z");
        Assert.NotEqual(0, (await story.StatusAsync("2025-01-20T10:20Z")).Relations.Sum(r => r.Lost));
        Assert.Equal(shown, Number(await Db.QueryAsync(all), 0));
    }
}
