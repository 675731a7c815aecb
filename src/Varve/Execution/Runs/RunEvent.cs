using NodaTime;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>What a run tells while it goes on. The progress bar, the log and the server read the same stream. A closed family.</summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>The policy that it is about.</summary>
    public required string Policy { get; init; }

    /// <summary>A table that a pattern matches was taken up, follows a changed pattern, or is no longer meant by it.</summary>
    public sealed record TakenUp(Catalog.ApplyResult Result) : RunEvent;

    /// <summary>A pattern leaves something out that it matches; <see cref="Policy"/> is the pattern.</summary>
    public sealed record LeftOut(Policies.Problem Note) : RunEvent;

    /// <summary>A policy's run begins; its plan is final.</summary>
    public sealed record Started(string RunId, Plan Plan, Instant At) : RunEvent;

    /// <summary>A step begins.</summary>
    public sealed record StepStarted(int Index, int Total, PlanStep Step) : RunEvent;

    /// <summary>
    /// A step that takes its time is so far: what lies where it should of what there is, 0 where unknown; and why it does not get
    /// on, null where it does.
    /// </summary>
    public sealed record StepProgress(int Index, int Total, PlanStep Step, long DoneBytes, long Bytes, string? Stuck) : RunEvent;

    /// <summary>A step is done and committed.</summary>
    public sealed record StepDone(int Index, int Total, PlanStep Step, StepResult Result) : RunEvent;

    /// <summary>A step was left out because the database is no longer as planned; the run goes on.</summary>
    public sealed record StepSkipped(int Index, int Total, PlanStep Step, string Reason) : RunEvent;

    /// <summary>A step failed and left nothing behind; later steps that do not depend on it go on.</summary>
    public sealed record StepFailed(int Index, int Total, PlanStep Step, VarveException Error) : RunEvent;

    /// <summary>Something is due and waits.</summary>
    public sealed record Waiting(Wait Wait) : RunEvent;

    /// <summary>The brake: what removes nothing was run, and removals wait for a person. Told after the run.</summary>
    public sealed record Braked(Brake Brake) : RunEvent;

    /// <summary>The run was stopped before this policy's turn came: nothing of it was looked at, and the next run begins with it.</summary>
    public sealed record Postponed : RunEvent;

    /// <summary>A policy failed as a whole; the others go on.</summary>
    public sealed record Failed(VarveException Error) : RunEvent;

    /// <summary>A policy's run ends.</summary>
    public sealed record Finished(RunSummary Summary) : RunEvent;
}

/// <summary>What a step did.</summary>
/// <param name="RowsIn">Rows of the input that it read or compared: of a tier its states, not the rows behind them.</param>
/// <param name="RowsWritten">Rows that it wrote.</param>
/// <param name="RowsRemoved">Rows that it removed for good from the relation.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Note">What a person should know; null for nothing.</param>
public sealed record StepResult(long RowsIn, long RowsWritten, long RowsRemoved, Duration Elapsed, string? Note)
{
    /// <summary>What the proof of a removal found changed since the tiers were built.</summary>
    public IReadOnlyList<ProofChange> Changes { get; init; } = [];
}

/// <summary>What a policy's run did in all.</summary>
/// <param name="RunId">UUIDv7 as text.</param>
/// <param name="StepsDone">Steps done.</param>
/// <param name="StepsLeft">Steps left undone: stopped, failed or skipped.</param>
/// <param name="RowsRead">Rows read from inputs: rows of the source, and states of tiers that others are built from.</param>
/// <param name="RowsWritten">Rows written to tiers.</param>
/// <param name="RowsRemoved">Rows removed.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="AuditHead">Hash of the newest audit entry.</param>
/// <param name="Stopped">True where it stopped before the end on request.</param>
/// <param name="Next">The step before which, or in which, it stopped, and with which the next run goes on; null where it did not
/// stop.</param>
public sealed record RunSummary(
    string RunId,
    int StepsDone,
    int StepsLeft,
    long RowsRead,
    long RowsWritten,
    long RowsRemoved,
    Duration Elapsed,
    string AuditHead,
    bool Stopped,
    PlanStep? Next
);
