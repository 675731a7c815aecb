using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>
/// What the act of one step works with, inside its transaction: the ledger as it is now, and a draft of what it will be.
/// The draft is the planner's own: what a step does to the ledger is decided in one place.
/// </summary>
internal sealed record StepContext(
    PolicyLayout Blueprint,
    TableState State,
    Cutoffs Horizon,
    ProjectedLedger Draft,
    IStatements Statements,
    Dialect Dialect
)
{
    /// <summary>The statements of this blueprint.</summary>
    public StepSql Sql { get; } = new(Blueprint, Dialect);

    /// <summary>What is run of it, in order.</summary>
    public required StatementLog Log { get; init; }

    /// <summary>The parts of archives that a rehearsal would have written by now; null where the step is really done.</summary>
    public List<RehearsedPart>? Rehearsed { get; init; }

    /// <summary>The ledger as it is stored while the step works.</summary>
    public required StepLedger Ledger { get; init; }

    /// <summary>How many rows may go.</summary>
    public required RemovalLimit Limit { get; init; }

    /// <summary>Parts of the source that nobody else writes to, and that may go as a whole.</summary>
    public IReadOnlyList<TablePart> Parts { get; init; } = [];

    /// <summary>How they go; null where rows are deleted.</summary>
    public Partitioning? Partitioning { get; init; }

    /// <summary>How the engine itself archives parts of the source; null where rows are written to files.</summary>
    public Snapshotting? Snapshotting { get; init; }

    /// <summary>True where rows of the source that are in no part that goes as a whole stay.</summary>
    public bool PartsOnly => Partitioning is not null && (Blueprint.Policy.ExpireBy == ExpireBy.Partitions || Partitioning.PartsOnly);

    /// <summary>How parts of the source move; null where they do not.</summary>
    public Relocation? Relocation { get; init; }

    /// <summary>The views of the policy.</summary>
    public StepViews Views => new(this);

    /// <summary>What is going and not gone.</summary>
    public List<GoingRange> Going { get; } = [.. State.Ledger.Going];

    /// <summary>The ledger as the draft has it by now.</summary>
    public Ledger Now => Ledger.Stored with { Relations = Draft.Now.Relations, Going = [.. Going] };

    /// <summary>What archives are written and read with.</summary>
    public required ArchiveContext Archives { get; init; }

    /// <summary>Facts for the audit log; empty for steps that remove nothing.</summary>
    public Dictionary<string, object> Facts { get; } = [];

    /// <summary>Ranges of a relation that a person must look at, with the reason.</summary>
    public List<Wait> Halts { get; } = [];

    /// <summary>The number in the only column of the only row; 0 where a rehearsal reads none.</summary>
    public async Task<long> NumberAsync(SqlText query, CancellationToken cancellationToken) =>
        await Statements.QueryAsync(query, cancellationToken) is [var row] ? row.Long(0) : 0;
}

/// <summary>What the act of a step did.</summary>
/// <param name="RowsIn">Rows of the input.</param>
/// <param name="RowsWritten">Rows written.</param>
/// <param name="RowsRemoved">Rows removed for good.</param>
/// <param name="Note">What a person should know.</param>
internal sealed record ActOutcome(long RowsIn, long RowsWritten, long RowsRemoved, string? Note = null)
{
    public static ActOutcome Nothing { get; } = new(0, 0, 0);

    /// <summary>Set where it is begun and not done: it is to be done again, and nothing of it is recorded yet.</summary>
    public MoveState? Moving { get; init; }

    /// <summary>What the proof found changed.</summary>
    public IReadOnlyList<ProofChange> Changes { get; init; } = [];
}

/// <summary>The database is no longer as the step needs it; nothing was changed.</summary>
internal sealed class StepSkippedException(string reason) : Exception(reason);
