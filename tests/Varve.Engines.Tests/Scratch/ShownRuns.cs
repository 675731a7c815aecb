using System.Text.RegularExpressions;
using Varve.Catalog;
using Varve.Planning;

namespace Varve.Engines.Tests.Scratch;

/// <summary>Runs of which each statement was shown before: of every step, and in that order.</summary>
public static partial class ShownRuns
{
    /// <summary>A run in which nothing may fail; the plan, the intent and what was done are compared as text.</summary>
    public static async Task<RunOutcome> RunAsShownAsync(this Story story, string asOf)
    {
        var plan = await story.PlanAsync(asOf);
        var shown = await story.WithAsync(l => l.StatementsAsync(plan));
        var outcome = await story.RunWellAsync(asOf);
        var steps = await story.WithAsync(l => l.StepsAsync(outcome.Summary.RunId));
        Assert.Equal(plan.Steps.Count, steps.Count);
        foreach (var (s, step) in shown.Zip(steps))
        {
            Assert.Equal((s.Step.Kind, StepStatus.Done), (step.Kind, step.Status));
            var same = Same(string.Join(";\n", s.Statements));
            Assert.Equal(same, Same(step.Executed!));
            Assert.Equal(same, Same(step.Statement!));
        }

        return outcome;
    }

    /// <summary>
    /// Statements without what is the run's own: where a file lies until it is whole, the name of a snapshot, the version of the
    /// ledger.
    /// </summary>
    public static string Same(string statements) => Own().Replace(statements, "…");

    [GeneratedRegex(@"'[^']*/[^/']+\.parquet(\.part)?'|(varve-|_drill_)[0-9a-f]{16}|\b[0-9]{1,6}::BIGINT|(?<=varve_gen"" < )[0-9]+")]
    private static partial Regex Own();
}
