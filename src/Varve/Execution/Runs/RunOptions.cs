using Varve.Applying;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Execution;

/// <summary>How a run is done.</summary>
public sealed record RunOptions
{
    /// <summary>The planning instant; null: the clock. Never later than the server's clock plus a minute.</summary>
    public NodaTime.Instant? AsOf { get; init; }

    /// <summary>Hashes that a person confirmed, as the plans printed them.</summary>
    public IReadOnlyList<string> Confirm { get; init; } = [];

    /// <summary>True: a person agreed to whatever would be removed.</summary>
    public bool Yes { get; init; }

    /// <summary>
    /// How many rows the run may remove in all; a step that would remove more is rolled back and waits for a person. Null: any
    /// number.
    /// </summary>
    public long? MaxRemove { get; init; }

    /// <summary>Is asked before each removal; what it keeps stays whole, and is left for a later run. Null: nobody is.</summary>
    internal RemovalAllowance? Allowance { get; init; }

    /// <summary>Stops between two steps after this time; null: when all is done.</summary>
    public NodaTime.Duration? For { get; init; }

    /// <summary>Plans that were made before; only their steps are run. Null: plan now.</summary>
    public IReadOnlyList<Plan>? Plans { get; init; }

    /// <summary>
    /// A hash of the audit log that was noted before: a catalog that does not have it is older, and nothing is run. Null: not
    /// asked.
    /// </summary>
    public string? AuditHead { get; init; }

    /// <summary>Asked to stop: the statement in flight ends, the rest is left for the next run.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>What <c>verify</c> found in one tier.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Tier">The tier; null where the policy could not be looked at.</param>
/// <param name="Checked">Ranges that were computed again.</param>
/// <param name="Buckets">Buckets and series that agree.</param>
/// <param name="Mismatches">Buckets that do not agree, each with the number of its series that differ.</param>
public sealed record VerifyReport(string Policy, RelationId? Tier, RangeSet Checked, long Buckets, IReadOnlyList<Mismatch> Mismatches)
{
    /// <summary>Why nothing of the policy could be compared: its table is no longer as it says; null where it could.</summary>
    public Problem? Failure { get; init; }
}

/// <summary>A bucket whose states are not what its input gives.</summary>
/// <param name="Bucket">Which.</param>
/// <param name="Series">How many series differ.</param>
/// <param name="Fewer">Some series has fewer rows in the input than stored.</param>
/// <param name="More">Some series that differs has as many rows in the input as stored, or more.</param>
/// <param name="Found">Rows of the input.</param>
/// <param name="Stored">Rows as stored.</param>
public sealed record Mismatch(TimeRange Bucket, long Series, bool Fewer, bool More, long Found, long Stored)
{
    /// <summary>The states that differ, of the first few series of the first few buckets; empty for others.</summary>
    public IReadOnlyList<StateDifference> Differences { get; init; } = [];

    /// <summary>True where every series has as many rows as stored, and other values.</summary>
    internal bool IsOnlyValues => !Fewer && Found == Stored;
}

/// <summary>What a person said about a table that is not the one that the tiers were built from.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Until">The end of what was built.</param>
/// <param name="Late">Rows of the table from before that: they stay in it, and are in no tier.</param>
public sealed record SourceAdoption(string Policy, NodaTime.Instant Until, long Late);

/// <summary>A state of a series that is not what its input gives.</summary>
/// <param name="Series">By series column: the value as text, null for NULL.</param>
/// <param name="State">The column of the state.</param>
/// <param name="Stored">As stored; null for NULL, and where the series is not stored.</param>
/// <param name="Computed">As computed again; null for NULL, and where its input does not have the series.</param>
public sealed record StateDifference(IReadOnlyDictionary<string, string?> Series, string State, string? Stored, string? Computed);

/// <summary>The statements of one step, for people.</summary>
/// <param name="Step">The step.</param>
/// <param name="Statements">In order.</param>
public sealed record StepStatements(PlanStep Step, IReadOnlyList<string> Statements);
