using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What a run will do to one table as of one instant: a value that is printed, stored and executed as it is.</summary>
public sealed record Plan
{
    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Its revision; 0 where it is not stored.</summary>
    public required int Revision { get; init; }

    /// <summary>SHA-256 of its canonical JSON.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>The only "now" of this plan; whole milliseconds.</summary>
    public required Instant AsOf { get; init; }

    /// <summary>The version of the zone data that its boundaries come from.</summary>
    public required string ZoneVersion { get; init; }

    /// <summary>What to do, in order.</summary>
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>What is past its time or due, and why it waits.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];

    /// <summary>What a person should know: held late rows, rows without time, rows in the future, foreign deletions.</summary>
    public IReadOnlyList<Problem> Notes { get; init; } = [];

    /// <summary>Why nothing could be planned: the table is no longer as the policy says; null where it could.</summary>
    public Problem? Failure { get; init; }

    /// <summary>Set where a person must confirm before anything is removed.</summary>
    public Brake? Brake { get; init; }

    /// <summary>True where a run would change nothing.</summary>
    public bool IsEmpty => Steps.Count == 0;
}

/// <summary>Something that is due and cannot be done now.</summary>
/// <param name="Relation">Where.</param>
/// <param name="Range">What waits.</param>
/// <param name="Reason">Why, and what would end it.</param>
/// <param name="NeedsPerson">True where time alone does not help.</param>
public sealed record Wait(RelationId Relation, TimeRange Range, string Reason, bool NeedsPerson);

/// <summary>The first removal of a policy, or of a revision that removes more, waits for a person's word.</summary>
/// <param name="Hash">What <c>--confirm</c> takes.</param>
/// <param name="Reason">Why it is pulled.</param>
/// <param name="Rows">Rows that would go: of the source counted, of tiers estimated.</param>
public sealed record Brake(string Hash, string Reason, long Rows)
{
    /// <summary>Those of the source, counted.</summary>
    public long SourceRows { get; init; }

    /// <summary>Which part of the source's rows they are, 0 to 1.</summary>
    public double Share { get; init; }

    internal BrakeSeal? Seal { get; init; }

    /// <summary>
    /// Whether that hash lets it go: it was printed for the same policy, relations and oldest rows, and for a number of rows
    /// that is at most a tenth off.
    /// </summary>
    public bool IsConfirmedBy(string hash) => hash == Hash || Seal?.Takes(hash) == true;
}
