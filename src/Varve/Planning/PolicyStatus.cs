using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>How one policy stands, as of one instant.</summary>
public sealed record PolicyStatus
{
    /// <summary>The policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Its revision.</summary>
    public required int Revision { get; init; }

    /// <summary>As of when.</summary>
    public required Instant AsOf { get; init; }

    /// <summary>Source first, then the tiers, finest first, then those that are retired.</summary>
    public required IReadOnlyList<RelationStatus> Relations { get; init; }

    /// <summary>Rows that came for ranges that have expired, and stay in the source.</summary>
    public required RowExtent FrozenLate { get; init; }

    /// <summary>Rows without a time that counts: NULL, infinite or out of range.</summary>
    public required long Timeless { get; init; }

    /// <summary>Those of them whose time is neither NULL nor infinite, and out of range.</summary>
    public long OutOfRange { get; init; }

    /// <summary>Rows later than the instant.</summary>
    public required RowExtent Future { get; init; }

    /// <summary>The holds in force.</summary>
    public required IReadOnlyList<Hold> Holds { get; init; }

    /// <summary>What is due and waits.</summary>
    public required IReadOnlyList<Wait> Waits { get; init; }

    /// <summary>What a run would ask about now before it removes anything; null where it would not ask.</summary>
    public Brake? Brake { get; init; }

    /// <summary>True where something is due that only goes on after a person has looked at it.</summary>
    public bool NeedsPerson => Brake is not null || Waits.Any(w => w.NeedsPerson);

    /// <summary>Steps that a run would take now.</summary>
    public required int StepsDue { get; init; }

    /// <summary>The next removal: what, how many rows, when; null where nothing expires.</summary>
    public required NextExpiry? NextExpiry { get; init; }

    /// <summary>The newest run; null before the first.</summary>
    public required Catalog.RunRecord? LastRun { get; init; }

    /// <summary>The error of the newest run that failed after the last good one; null for none.</summary>
    public required string? LastError { get; init; }

    /// <summary>What a person should know.</summary>
    public required IReadOnlyList<Problem> Notes { get; init; }

    /// <summary>The pattern that the policy comes from; null for one of its own.</summary>
    public string? Pattern { get; init; }

    /// <summary>Why nothing could be looked at: the table is no longer as the policy says; null where it could.</summary>
    public Problem? Failure { get; init; }
}

/// <summary>How one relation stands.</summary>
/// <param name="Relation">source or tier id.</param>
/// <param name="Table">The relation that people read.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="First">Its oldest instant.</param>
/// <param name="Last">The instant of its newest row; of a tier the start of its newest bucket.</param>
/// <param name="CoveredUntil">End of what is covered; null for the source and for a tier that was never built.</param>
/// <param name="Behind">Due and not covered; zero where it is up to date.</param>
/// <param name="Dirty">Buckets to build again.</param>
/// <param name="Cut">Buckets of which some input is gone.</param>
/// <param name="Lost">Ranges that can no longer be built.</param>
public sealed record RelationStatus(
    RelationId Relation,
    TableName Table,
    long Rows,
    long Bytes,
    Instant? First,
    Instant? Last,
    Instant? CoveredUntil,
    Duration Behind,
    int Dirty,
    int Cut,
    int Lost
)
{
    /// <summary>True for a tier that the policy no longer has: it is not built and does not expire.</summary>
    public bool IsRetired { get; init; }
}

/// <summary>The next removal.</summary>
/// <param name="Relation">Where.</param>
/// <param name="At">When it is due; at or before the planning instant where it is due now.</param>
/// <param name="Range">What goes.</param>
/// <param name="Rows">Rows, estimated.</param>
public sealed record NextExpiry(RelationId Relation, Instant At, TimeRange Range, long Rows);
