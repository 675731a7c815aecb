using NodaTime;
using Varve.Catalog;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>A run that has nothing to do: most of what a schedule does.</summary>
/// <param name="Plan">Its plan, without a step.</param>
/// <param name="Record">What is written down of it.</param>
internal sealed record IdleRun(Plan Plan, RunRecord Record)
{
    /// <summary>The head of the audit log when it was written down, which it adds nothing to.</summary>
    public string Head { get; init; } = "";

    /// <summary>A run of an empty plan, begun and ended at one instant.</summary>
    public static IdleRun Of(string run, Plan plan, Instant at, RunStatus status = RunStatus.Done) =>
        new(plan, new(run, plan.Policy, plan.Revision, plan.AsOf, at, at, status, 0, 0, 0, 0, 0, null, null));

    /// <summary>Tells of it, once it is written down.</summary>
    public async Task TellAsync(RunOutput output, Duration took, CancellationToken cancellationToken)
    {
        await output.BeginsAsync(Record.Id, Plan, Record.StartedAt, cancellationToken);
        await output.EndsAsync(Plan, Record.Status, new(Record.Id, 0, 0, 0, 0, 0, took, Head, Stopped: false, Next: null));
    }
}
