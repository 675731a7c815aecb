using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Scratch;

/// <summary>The events of one run, sorted.</summary>
public sealed record RunOutcome(IReadOnlyList<RunEvent> Events)
{
    public IReadOnlyList<PlanStep> Done => [.. Events.OfType<RunEvent.StepDone>().Select(e => e.Step)];

    public IReadOnlyList<VarveException> Errors =>
        [.. Events.OfType<RunEvent.StepFailed>().Select(e => e.Error), .. Events.OfType<RunEvent.Failed>().Select(e => e.Error)];

    public IReadOnlyList<RunEvent.StepSkipped> Skipped => [.. Events.OfType<RunEvent.StepSkipped>()];

    public IReadOnlyList<Wait> Waits => [.. Events.OfType<RunEvent.Waiting>().Select(e => e.Wait)];

    public Brake? Brake => Events.OfType<RunEvent.Braked>().SingleOrDefault()?.Brake;

    public RunSummary Summary => Events.OfType<RunEvent.Finished>().Single().Summary;

    public static Task<RunOutcome> OfAsync(Lifecycle lifecycle, RunOptions options) => OfAsync(lifecycle, options, Selection.All);

    public static async Task<RunOutcome> OfAsync(Lifecycle lifecycle, RunOptions options, Selection selection)
    {
        List<RunEvent> events = [];
        await foreach (var one in lifecycle.RunAsync(selection, options))
            events.Add(one);
        return new(events);
    }
}
