using Varve.Archiving;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>What the suites of archives share: a policy that archives, and runs that stop before they remove.</summary>
public abstract class ArchiveSuite(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    protected const string Kept = "keep: 7d\narchive: cold\ntiers: [{ every: 1d }]";

    protected ColdPlace Cold { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Cold.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Rows of 1 to 10 January, every hour, with a policy that keeps seven days.</summary>
    protected async Task<(Story Story, IReadOnlyList<SourceRow> Rows)> BeginAsync(string? policy = null)
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await Story.BeginAsync(Db, Cpu(), null, rows);
        story.Archives = Cold.Declared;
        await story.ApplyAsync(policy ?? Policy(Kept, "count, max"));
        return (story, rows);
    }

    /// <summary>A run that ends before anything is removed.</summary>
    protected static async Task ArchiveOnlyAsync(Story story, string asOf)
    {
        var plan = await story.PlanAsync(asOf);
        var outcome = await story.RunAsync(
            At(asOf),
            new() { Yes = true, Plans = [plan with { Steps = [.. plan.Steps.TakeWhile(s => s is not PlanStep.Expire)] }] }
        );
        Assert.Empty(outcome.Errors);
        Assert.Contains(outcome.Done, s => s is PlanStep.Archive);
    }

    protected static Task<RestoreResult> RestoreAsync(Story story, RestoreRequest? request = null) =>
        story.WithAsync(lifecycle => lifecycle.RestoreAsync(request ?? new() { Policy = story.Policy.Name }));

    protected Task<IReadOnlyList<SourceRow>> ReadAsync(TableName table) => Db.ReadAsync(Cpu() with { Name = table });
}
