using System.Runtime.CompilerServices;
using System.Text;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Conformance;

/// <summary>The statements of one step of each kind, in a file that a person has read: <c>VARVE_APPROVE=1</c> writes it again.</summary>
public abstract class StepLogConformance(Func<ScratchDatabase> create, string engine) : ArchiveSuite(create)
{
    private const string Tiers = "keep: 7d\narchive: cold\nlate_after_expiry: merge\ntiers: [{ every: 1h, keep: 8d }, { every: 1d }]";

    [Fact]
    public async Task The_statements_of_each_kind_of_step_are_as_they_were_approved()
    {
        var (story, _) = await BeginAsync(Policy(Tiers, "avg"));
        var log = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await AddAsync(story, "2025-01-10", log);
        await story.InsertAsync(Row("2025-01-02T03:30Z", 5));
        await AddAsync(story, "2025-01-10", log);
        await story.ApplyAsync(Policy(Tiers, "avg, max"));
        await AddAsync(story, "2025-01-10", log);
        await story.ApplyAsync(Policy(Tiers.Replace("merge", "discard", StringComparison.Ordinal), "avg, max"));
        await story.InsertAsync(Row("2025-01-02T04:30Z", 5));
        await AddAsync(story, "2025-01-10", log);
        Assert.Equal(["archive", "create", "discard", "expire", "merge", "publish", "reshape", "rollup"], log.Keys);
        var made = log.Aggregate(
                new StringBuilder(),
                (text, step) => text.Append(System.Globalization.CultureInfo.InvariantCulture, $"-- {step.Key}\n{step.Value}\n\n")
            )
            .ToString();
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            await File.WriteAllTextAsync(Approved(), made);
        Assert.Equal((await File.ReadAllTextAsync(Approved())).ReplaceLineEndings("\n"), made);
    }

    private static async Task AddAsync(Story story, string asOf, SortedDictionary<string, string> log)
    {
        var outcome = await story.RunWellAsync(asOf);
        foreach (var step in await story.WithAsync(l => l.StepsAsync(outcome.Summary.RunId)))
            if (step.Executed is { Length: > 0 } executed)
                log.TryAdd(step.Kind, ShownRuns.Same(executed) + ";");
    }

    private string Approved([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "Approvals", $"{engine}-steps.sql");
}
