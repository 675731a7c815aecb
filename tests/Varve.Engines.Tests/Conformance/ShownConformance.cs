using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>What is shown of a plan is what runs, and what the journal keeps: for every kind of step, statement by statement.</summary>
public abstract class ShownConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    private const string Coarser = "tiers: [{ every: 1h, keep: 6d }, { every: 1d }]";

    [Fact]
    public async Task Of_a_first_run()
    {
        var story = await BeginAsync(Policy($"keep: 3d\n{Coarser}"), Every("2025-01-01", "2025-01-21", "1h"));
        Assert.Equal(["create", "expire", "publish", "rollup"], Kinds(await story.RunAsShownAsync("2025-01-21")));
    }

    [Fact]
    public async Task Of_local_days_weeks_and_months()
    {
        var story = await BeginAsync(
            Policy("keep: 3d\nzone: Europe/Berlin\ninterval: 1h\ntiers: [{ every: 1d, keep: 90d }, { every: 1mo }]"),
            Every("2025-01-01", "2025-04-21", "6h")
        );
        await story.RunAsShownAsync("2025-04-21");
        await story.InsertAsync(Row("2025-04-20T03:00Z", 7));
        await story.RunAsShownAsync("2025-04-22");
    }

    [Fact]
    public async Task Of_runs_that_go_on_with_it()
    {
        var story = await BeginAsync(Policy($"keep: 3d\n{Coarser}"), Every("2025-01-01", "2025-01-21", "1h"));
        await story.RunWellAsync("2025-01-15");
        Assert.Equal(["expire", "rollup"], Kinds(await story.RunAsShownAsync("2025-01-21")));
    }

    [Fact]
    public async Task Of_late_rows_that_are_merged()
    {
        if (!Db.HasTransactions)
            Assert.Skip("Merging needs transactions.");
        var story = await BeginAsync(Policy($"keep: 3d\nlate_after_expiry: merge\n{Coarser}"), Every("2025-01-01", "2025-01-21", "1h"));
        await LateAsync(story, "merge");
    }

    [Fact]
    public async Task Of_late_rows_that_are_discarded()
    {
        var story = await BeginAsync(
            Policy($"keep: 3d\nlate_after_expiry: discard\nsource: {{ expire: rows }}\n{Coarser}"),
            Every("2025-01-01", "2025-01-21", "1h")
        );
        await LateAsync(story, "discard");
    }

    [Fact]
    public async Task Of_a_policy_that_gets_another_function()
    {
        var story = await BeginAsync(Policy($"keep: 3d\n{Coarser}", "avg"), Every("2025-01-01", "2025-01-21", "1h"));
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy($"keep: 3d\n{Coarser}"));
        Assert.Contains("reshape", Kinds(await story.RunAsShownAsync("2025-01-21")));
    }

    [Fact]
    public async Task Of_rows_that_are_archived_before_they_go()
    {
        if (!Db.Archives)
            Assert.Skip("Archives are snapshots of partitions here, which other tests take.");
        var (story, _) = await BeginAsync(Policy($"keep: 3d\narchive: cold\n{Coarser}"));
        Assert.Contains("archive", Kinds(await story.RunAsShownAsync("2025-01-09")));
        await story.RunAsShownAsync("2025-01-14");
    }

    /// <summary>Nothing is read of a table to show what would be done with it, and nothing is written.</summary>
    [Fact]
    public async Task And_showing_it_changes_nothing()
    {
        var story = await BeginAsync(Policy($"keep: 3d\n{Coarser}"), Every("2025-01-01", "2025-01-21", "1h"));
        var plan = await story.PlanAsync("2025-01-21");
        var shown = await story.WithAsync(l => l.StatementsAsync(plan));
        Assert.Equal(plan.Steps.Count, shown.Count);
        Assert.All(shown, s => Assert.NotEmpty(s.Statements));
        Assert.Equal(plan.Steps.Select(s => s.Key), (await story.PlanAsync("2025-01-21")).Steps.Select(s => s.Key));
        Assert.Equal(20 * 24, (await story.SourceAsync()).Count);
    }

    private static async Task LateAsync(Story story, string kind)
    {
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Row("2025-01-10T03:30Z", 5), Row("2025-01-19T03:30Z", 6));
        Assert.Contains(kind, Kinds(await story.RunAsShownAsync("2025-01-21")));
    }

    private static IEnumerable<string> Kinds(RunOutcome outcome) =>
        outcome.Done.Select(s => s.Kind).Distinct().Order(StringComparer.Ordinal);
}
