using System.Text.Json.Nodes;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>A policy of the catalog.</summary>
/// <param name="Policy">What it says, its measures resolved.</param>
/// <param name="Revision">From 1 on.</param>
/// <param name="Hash">SHA-256 of its canonical JSON, lower-case hex.</param>
/// <param name="Yaml">As written.</param>
/// <param name="AppliedAt">When this revision was stored.</param>
/// <param name="AppliedBy">By whom.</param>
public sealed record StoredPolicy(Policy Policy, int Revision, string Hash, string Yaml, Instant AppliedAt, string AppliedBy)
{
    /// <summary>The name of the pattern that it comes from; null for a policy of its own, and for a pattern.</summary>
    public string? Pattern { get; init; }

    /// <summary>The revision of that pattern which it follows.</summary>
    internal int PatternRevision { get; init; }
}

/// <summary>A pattern, and what it comes to in this database.</summary>
/// <param name="Stored">The pattern as it is stored.</param>
/// <param name="Tables">The tables that it keeps, those included that the next run takes up.</param>
/// <param name="LeftOut">The tables that it matches and cannot keep, one problem for each, and what is left out of others.</param>
public sealed record PatternReport(StoredPolicy Stored, IReadOnlyList<TableName> Tables, IReadOnlyList<Problem> LeftOut);

/// <summary>What <c>apply</c> did with one policy.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Revision">The revision that is stored now.</param>
/// <param name="Outcome">created, changed, unchanged or deleted.</param>
/// <param name="Notes">What its author should know.</param>
public sealed record ApplyResult(string Policy, int Revision, ApplyOutcome Outcome, IReadOnlyList<Problem> Notes)
{
    /// <summary>The pattern that the policy comes from; null for one of its own, and for a pattern.</summary>
    public string? Pattern { get; init; }
}

/// <summary>What happened to a policy.</summary>
public enum ApplyOutcome
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>A new revision was stored.</summary>
    Changed,

    /// <summary>It is as it was.</summary>
    Unchanged,

    /// <summary>It was removed from the catalog; its relations stay.</summary>
    Deleted,
}

/// <summary>What <c>check</c> says of one policy.</summary>
/// <param name="Policy">The policy, its measures resolved where the table could be read.</param>
/// <param name="Problems">Errors and warnings; empty for none.</param>
public sealed record CheckReport(Policy Policy, IReadOnlyList<Problem> Problems)
{
    /// <summary>True where it may be applied.</summary>
    public bool IsSound => Problems.All(p => p.IsWarning);
}

/// <summary>One run as it is kept.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Revision">Its revision then.</param>
/// <param name="AsOf">The planning instant.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended; null where it was killed.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="StepsDone">Steps done.</param>
/// <param name="RowsRead">Rows read from inputs.</param>
/// <param name="RowsWritten">Rows written.</param>
/// <param name="RowsRemoved">Rows removed.</param>
/// <param name="ErrorCode">The code of the error that ended it; null for none.</param>
/// <param name="Error">Its message.</param>
public sealed record RunRecord(
    string Id,
    string Policy,
    int Revision,
    Instant AsOf,
    Instant StartedAt,
    Instant? FinishedAt,
    RunStatus Status,
    int Steps,
    int StepsDone,
    long RowsRead,
    long RowsWritten,
    long RowsRemoved,
    string? ErrorCode,
    string? Error
);

/// <summary>One step as it is kept.</summary>
/// <param name="Run">The run.</param>
/// <param name="Ordinal">From 0 on.</param>
/// <param name="Kind">create, reshape, publish, mark, rollup, archive, expire, merge, discard.</param>
/// <param name="Relation">What it changed.</param>
/// <param name="Ranges">What it touched, as text.</param>
/// <param name="Reason">Why.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Statement">What was going to be run, written down before; null where it was not begun.</param>
/// <param name="RowsIn">Rows read.</param>
/// <param name="RowsWritten">Rows written.</param>
/// <param name="RowsRemoved">Rows removed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Note">What a person should know.</param>
public sealed record StepRecord(
    string Run,
    int Ordinal,
    string Kind,
    RelationId Relation,
    string Ranges,
    string Reason,
    StepStatus Status,
    string? Statement,
    long RowsIn,
    long RowsWritten,
    long RowsRemoved,
    Instant? StartedAt,
    Instant? FinishedAt,
    string? Note
)
{
    /// <summary>
    /// What was run, in order: every statement that named a table of the policy, those that prove and count included; null where
    /// nothing was done.
    /// </summary>
    public string? Executed { get; init; }

    /// <summary>Whether it touched anything of a range.</summary>
    internal bool Touches(TimeRange range) =>
        Ranges
            .Split(") ", StringSplitOptions.RemoveEmptyEntries)
            .Any(text => TimeRange.Parse(text.EndsWith(')') ? text : $"{text})").Overlaps(range));
}

/// <summary>One line of the append-only log.</summary>
/// <param name="Seq">Gapless, from 1 on.</param>
/// <param name="At">When.</param>
/// <param name="Actor">The database user.</param>
/// <param name="SystemUser">The user of the operating system, as reported.</param>
/// <param name="Host">The machine, as reported.</param>
/// <param name="Action">What was done: policy.created, run.finished, rows.expired, hold.set, ….</param>
/// <param name="Policy">To which policy; null for none.</param>
/// <param name="Detail">The facts.</param>
/// <param name="PreviousHash">Hash of the entry before; 64 zeros for the first.</param>
/// <param name="Hash">SHA-256, or HMAC-SHA-256 with a key, over all of the above.</param>
public sealed record AuditEntry(
    long Seq,
    Instant At,
    string Actor,
    string SystemUser,
    string Host,
    string Action,
    string? Policy,
    JsonObject Detail,
    string PreviousHash,
    string Hash
);

/// <summary>What a check of the log found.</summary>
/// <param name="Entries">Entries read.</param>
/// <param name="Head">Hash of the newest; 64 zeros for an empty log.</param>
/// <param name="Findings">One line for each entry that was altered, removed or inserted; empty where the chain holds.</param>
public sealed record AuditVerdict(long Entries, string Head, IReadOnlyList<string> Findings);
