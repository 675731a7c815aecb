using NodaTime;
using Varve.Execution;
using Varve.Planning;
using Varve.Time;

namespace Varve.Contracts;

/// <summary>One thing that happened in a run, as a line of its own; what does not concern it is left out.</summary>
internal sealed record RunEventShape(string Event, Instant At)
{
    public string? Policy { get; init; }

    public string? Run { get; init; }

    public int? Revision { get; init; }

    public Instant? AsOf { get; init; }

    public int? Steps { get; init; }

    public int? Index { get; init; }

    public int? Total { get; init; }

    public string? Step { get; init; }

    public string? Kind { get; init; }

    public string? Relation { get; init; }

    public IReadOnlyList<TimeRange>? Ranges { get; init; }

    public string? Reason { get; init; }

    public long? DoneBytes { get; init; }

    public long? Bytes { get; init; }

    public string? Stuck { get; init; }

    public long? RowsRead { get; init; }

    public long? RowsWritten { get; init; }

    public long? RowsRemoved { get; init; }

    public Duration? ElapsedSeconds { get; init; }

    public string? Note { get; init; }

    public int? StepsDone { get; init; }

    public int? StepsLeft { get; init; }

    public bool? IsStopped { get; init; }

    public string? AuditHead { get; init; }

    public Wait? Wait { get; init; }

    public Brake? Brake { get; init; }

    public AppliedPolicy? TakenUp { get; init; }

    public ProblemShape? Problem { get; init; }

    public ErrorBody? Error { get; init; }

    /// <summary>Of the last line: what all of it came to.</summary>
    public RunShape? Outcome { get; init; }

    internal static RunEventShape Of(RunEvent happened, Instant at) => Kinds(happened, at) with { Policy = happened.Policy };

    private static RunEventShape Kinds(RunEvent happened, Instant at) =>
        happened switch
        {
            RunEvent.Started e => new("started", e.At)
            {
                Run = e.RunId,
                Revision = e.Plan.Revision,
                AsOf = e.Plan.AsOf,
                Steps = e.Plan.Steps.Count,
            },
            RunEvent.StepStarted e => Of("step-started", at, e.Index, e.Total, e.Step),
            RunEvent.StepProgress e => Of("step-progress", at, e.Index, e.Total, e.Step) with
            {
                DoneBytes = e.DoneBytes,
                Bytes = e.Bytes,
                Stuck = e.Stuck,
            },
            RunEvent.StepDone e => Of("step-done", at, e.Index, e.Total, e.Step) with
            {
                RowsRead = e.Result.RowsIn,
                RowsWritten = e.Result.RowsWritten,
                RowsRemoved = e.Result.RowsRemoved,
                ElapsedSeconds = e.Result.Elapsed,
                Note = e.Result.Note,
            },
            RunEvent.StepSkipped e => Of("step-skipped", at, e.Index, e.Total, e.Step) with { Reason = e.Reason },
            RunEvent.StepFailed e => Of("step-failed", at, e.Index, e.Total, e.Step) with { Error = ErrorBody.Of(e.Error) },
            RunEvent.Waiting e => new("waiting", at) { Wait = e.Wait },
            RunEvent.Braked e => new("braked", at) { Brake = e.Brake },
            RunEvent.Postponed => new("postponed", at),
            RunEvent.Failed e => new("failed", at) { Error = ErrorBody.Of(e.Error) },
            RunEvent.TakenUp e => new("taken-up", at) { TakenUp = AppliedPolicy.Of(e.Result) },
            RunEvent.LeftOut e => new("left-out", at) { Problem = ProblemShape.Of(e.Note) },
            RunEvent.Finished e => new("finished", at)
            {
                Run = e.Summary.RunId,
                StepsDone = e.Summary.StepsDone,
                StepsLeft = e.Summary.StepsLeft,
                RowsRead = e.Summary.RowsRead,
                RowsWritten = e.Summary.RowsWritten,
                RowsRemoved = e.Summary.RowsRemoved,
                ElapsedSeconds = e.Summary.Elapsed,
                IsStopped = e.Summary.Stopped,
                AuditHead = e.Summary.AuditHead,
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static RunEventShape Of(string name, Instant at, int index, int total, PlanStep step) =>
        new(name, at)
        {
            Index = index,
            Total = total,
            Step = PlanText.Describe(step),
            Kind = step.Kind,
            Relation = step.Relation.Text,
            Ranges = [.. step.Touches],
            Reason = step.Reason,
        };
}
