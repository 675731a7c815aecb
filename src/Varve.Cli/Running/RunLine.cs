using NodaTime;
using Varve.Cli.Render;
using Varve.Execution;

namespace Varve.Cli.Running;

/// <summary>All of a run in one line.</summary>
internal static class RunLine
{
    internal static string Of(RunOutcome outcome)
    {
        var ended = outcome.Policies.Select(p => p.Summary).OfType<RunSummary>().ToList();
        var words = string.Join(
            ", ",
            outcome
                .Policies.GroupBy(p => p.Word)
                .OrderByDescending(g => g.Count())
                .Select(g => g.Count() == outcome.Policies.Count ? g.Key : $"{HumanText.Number(g.Count())} {g.Key}")
        );
        var took = ended.Aggregate(Duration.Zero, (sum, s) => sum + s.Elapsed);
        return $"{(outcome.Policies.Count == 1 ? "1 policy" : $"{HumanText.Number(outcome.Policies.Count)} policies")}: {words}. {HumanText.Count(ended.Sum(s => (long)s.StepsDone), "step")} done, "
            + $"{HumanText.Count(ended.Sum(s => s.RowsWritten), "row")} written, {HumanText.Number(ended.Sum(s => s.RowsRemoved))} removed, in {HumanText.Time(took)}";
    }
}
