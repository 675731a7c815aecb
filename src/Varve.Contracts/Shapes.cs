using NodaTime;
using NodaTime.Text;
using Varve.Applying;
using Varve.Catalog;
using Varve.Diagnosis;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Contracts;

// What --output json prints. These names are a promise: add, never rename.

internal sealed record ErrorShape(ErrorBody Error);

internal sealed record ErrorBody(
    string Code,
    string Message,
    int ExitCode,
    IReadOnlyList<ProblemShape> Problems,
    IReadOnlyList<string> Differences
)
{
    internal static ErrorBody Of(VarveException error) =>
        error switch
        {
            PolicyException policy => new(policy.Code, policy.Message, policy.ExitCode, [.. policy.Problems.Select(ProblemShape.Of)], []),
            StalePlanException stale => new(stale.Code, stale.Message, stale.ExitCode, [], stale.Differences),
            _ => new(error.Code, error.Message, error.ExitCode, [], []),
        };
}

/// <param name="Code">The stable code.</param>
/// <param name="Message">What, and the way out.</param>
/// <param name="IsWarning">True for advice.</param>
/// <param name="File">Where it stands; null for what was not read from a file.</param>
/// <param name="Line">From 1 on.</param>
/// <param name="Column">From 1 on.</param>
/// <param name="ExitCode">What the command line ends with where it kept a policy from being looked at; null for advice.</param>
internal sealed record ProblemShape(string Code, string Message, bool IsWarning, string? File, int? Line, int? Column, int? ExitCode)
{
    internal static ProblemShape Of(Problem p) =>
        new(p.Code, p.Message, p.IsWarning, p.Position?.File, p.Position?.Line, p.Position?.Column, p.IsWarning ? null : p.ExitCode);
}

internal sealed record CheckShape(bool IsSound, IReadOnlyList<CheckedPolicy> Policies);

internal sealed record CheckedPolicy(string Policy, string Table, bool IsSound, IReadOnlyList<ProblemShape> Problems);

internal sealed record InitShape(IReadOnlyList<InitPolicy> Policies, IReadOnlyList<InitLeft> LeftOut);

internal sealed record InitPolicy(string Policy, string Table, string? File, string Yaml)
{
    internal static InitPolicy Of(PolicyDraft draft, string? file) => new(draft.Policy, draft.Table.Text, file, draft.Yaml);
}

internal sealed record InitLeft(string Table, ProblemShape Reason)
{
    internal static InitLeft Of(ProposalOutcome left) => new(left.Table.Text, ProblemShape.Of(left.Obstacle!));
}

internal sealed record ApplyShape(IReadOnlyList<AppliedPolicy> Policies);

internal sealed record AppliedPolicy(string Policy, int Revision, ApplyOutcome Outcome, IReadOnlyList<ProblemShape> Notes, string? Pattern)
{
    internal static AppliedPolicy Of(ApplyResult r) =>
        new(r.Policy, r.Revision, r.Outcome, [.. r.Notes.Select(ProblemShape.Of)], r.Pattern);
}

internal sealed record RunShape(
    int ExitCode,
    IReadOnlyList<PolicyRun> Policies,
    IReadOnlyList<AppliedPolicy> TakenUp,
    IReadOnlyList<ProblemShape> LeftOut
);

internal sealed record PolicyRun(
    string Policy,
    string Outcome,
    string? RunId,
    int StepsDone,
    int StepsLeft,
    string? NextStep,
    long RowsRead,
    long RowsWritten,
    long RowsRemoved,
    Duration? ElapsedSeconds,
    string? AuditHead,
    Brake? Brake,
    IReadOnlyList<Wait> Waits,
    IReadOnlyList<Varve.Execution.ProofChange> Changes,
    IReadOnlyList<string> Skipped,
    IReadOnlyList<ErrorBody> Errors
);

internal sealed record StatusShape(IReadOnlyList<PolicyStanding> Policies, IReadOnlyList<PatternShape> Patterns);

internal sealed record PolicyStanding(
    string Policy,
    string Table,
    int Revision,
    Instant AsOf,
    IReadOnlyList<string> Tags,
    IReadOnlyList<RelationShape> Relations,
    RowExtent FrozenLate,
    RowExtent Future,
    long Timeless,
    long OutOfRange,
    IReadOnlyList<Hold> Holds,
    IReadOnlyList<Wait> Waits,
    Brake? Brake,
    int StepsDue,
    NextExpiry? NextExpiry,
    RunRecord? LastRun,
    string? LastError,
    IReadOnlyList<ProblemShape> Notes,
    string? Pattern,
    ProblemShape? Failure,
    ScheduleShape? Schedule
)
{
    internal static PolicyStanding Of(PolicyStatus s) =>
        new(
            s.Policy.Name,
            s.Policy.Table.Text,
            s.Revision,
            s.AsOf,
            s.Policy.Tags,
            [
                .. s.Relations.Select(r => new RelationShape(
                    r.Relation.Text,
                    r.Table,
                    r.Rows,
                    r.Bytes,
                    r.First,
                    r.Last,
                    r.CoveredUntil,
                    r.Behind,
                    r.Dirty,
                    r.Cut,
                    r.Lost,
                    r.IsRetired
                )),
            ],
            s.FrozenLate,
            s.Future,
            s.Timeless,
            s.OutOfRange,
            s.Holds,
            s.Waits,
            s.Brake,
            s.StepsDue,
            s.NextExpiry,
            s.LastRun,
            s.LastError,
            [.. s.Notes.Select(ProblemShape.Of)],
            s.Pattern,
            s.Failure is { } failure ? ProblemShape.Of(failure) : null,
            ScheduleShape.Of(s.Policy, s.AsOf)
        );
}

/// <summary>When a server runs it: the rule as it is written, and the next ten runs.</summary>
internal sealed record ScheduleShape(string Rule, string Zone, IReadOnlyList<UpcomingShape> Next)
{
    private const int Shown = 10;

    internal static ScheduleShape? Of(Policy policy, Instant after)
    {
        if (policy.Schedule is not { } schedule)
            return null;
        var times = new Timetable(schedule, policy.Zone, policy.Name);
        return new(
            schedule.Text,
            times.Zone.Id,
            [
                .. times
                    .Upcoming(after, Shown)
                    .Select(o => new UpcomingShape(
                        o.Scheduled,
                        OffsetDateTimePattern.Rfc3339.Format(o.Scheduled.InZone(times.Zone).ToOffsetDateTime()),
                        o.Due
                    )),
            ]
        );
    }
}

/// <summary>One run that will be.</summary>
internal sealed record UpcomingShape(Instant At, string Local, Instant Begins);

internal sealed record RelationShape(
    string Relation,
    TableName Table,
    long Rows,
    long Bytes,
    Instant? First,
    Instant? Last,
    Instant? CoveredUntil,
    Duration BehindSeconds,
    int Dirty,
    int Cut,
    int Lost,
    bool IsRetired
);

internal sealed record HistoryShape(IReadOnlyList<RunRecord> Runs);

internal sealed record StepsShape(IReadOnlyList<StepLine> Steps);

internal sealed record StepLine(
    string Run,
    int Ordinal,
    string Kind,
    string Relation,
    IReadOnlyList<TimeRange> Ranges,
    string Reason,
    StepStatus Status,
    string? Statement,
    string? Executed,
    long RowsIn,
    long RowsWritten,
    long RowsRemoved,
    Instant? StartedAt,
    Instant? FinishedAt,
    string? Note
)
{
    internal static StepLine Of(StepRecord s) =>
        new(
            s.Run,
            s.Ordinal,
            s.Kind,
            s.Relation.Text,
            [.. s.Ranges.Split(')', StringSplitOptions.RemoveEmptyEntries).Select(r => TimeRange.Parse($"{r.Trim()})"))],
            s.Reason,
            s.Status,
            s.Statement,
            s.Executed,
            s.RowsIn,
            s.RowsWritten,
            s.RowsRemoved,
            s.StartedAt,
            s.FinishedAt,
            s.Note
        );
}

internal sealed record AuditShape(IReadOnlyList<AuditEntry> Entries);

internal sealed record AuditVerdictShape(bool Holds, long Entries, string Head, IReadOnlyList<string> Findings);

internal sealed record PolicyListShape(IReadOnlyList<PolicyShape> Policies, IReadOnlyList<PatternShape> Patterns);

/// <summary>A pattern with the tables that it keeps.</summary>
internal sealed record PatternShape(PolicyShape Pattern, IReadOnlyList<string> Tables, IReadOnlyList<ProblemShape> LeftOut)
{
    internal static PatternShape Of(PatternReport report, bool withYaml = false) =>
        new(PolicyShape.Of(report.Stored, withYaml), [.. report.Tables.Select(t => t.Text)], [.. report.LeftOut.Select(ProblemShape.Of)]);
}

internal sealed record PolicyShape(
    string Policy,
    string Table,
    int Revision,
    string Hash,
    string Keep,
    IReadOnlyList<TierShape> Tiers,
    IReadOnlyList<string> Tags,
    Instant AppliedAt,
    string AppliedBy,
    string? Yaml,
    string? Pattern
)
{
    internal static PolicyShape Of(StoredPolicy stored, bool withYaml) =>
        new(
            stored.Policy.Name,
            stored.Policy.Table.Text,
            stored.Revision,
            stored.Hash,
            stored.Policy.Keep.Text,
            [.. stored.Policy.Tiers.Select(t => new TierShape(t.Every.Name, t.Zone, t.Keep.Text, t.Name))],
            stored.Policy.Tags,
            stored.AppliedAt,
            stored.AppliedBy,
            withYaml ? stored.Yaml : null,
            stored.Pattern
        );
}

internal sealed record TierShape(string Every, string? Zone, string Keep, string? Name);

internal sealed record TagsShape(IReadOnlyList<TagShape> Tags);

internal sealed record TagShape(string Tag, IReadOnlyList<string> Policies);

internal sealed record VerifyShape(bool Agrees, IReadOnlyList<VerifiedTier> Tiers)
{
    internal static VerifyShape Of(IReadOnlyList<VerifyReport> reports) =>
        new(
            reports.All(r => r.Mismatches.Count == 0 && r.Failure is null),
            [
                .. reports.Select(r => new VerifiedTier(
                    r.Policy,
                    r.Tier?.Text ?? "",
                    [.. r.Checked],
                    r.Buckets,
                    r.Mismatches,
                    r.Failure is { } failure ? ProblemShape.Of(failure) : null
                )),
            ]
        );
}

internal sealed record VerifiedTier(
    string Policy,
    string Tier,
    IReadOnlyList<TimeRange> Checked,
    long Buckets,
    IReadOnlyList<Varve.Execution.Mismatch> Mismatches,
    ProblemShape? Failure
);

internal sealed record RepairShape(IReadOnlyList<RepairedPolicy> Policies)
{
    internal static RepairShape Of(IReadOnlyList<ViewsReport> reports, bool isDetached) =>
        new([
            .. reports.Select(r => new RepairedPolicy(
                r.Policy,
                isDetached,
                [.. r.Views.Select(v => v.Text)],
                r.IsLeft,
                r.Failure is { } failure ? ProblemShape.Of(failure) : null
            )),
        ]);
}

internal sealed record RepairedPolicy(string Policy, bool IsDetached, IReadOnlyList<string> Views, bool IsLeft, ProblemShape? Failure);

internal sealed record HoldShape(string Policy, Hold Hold);

internal sealed record EraseShape(
    string Policy,
    TimeRange Range,
    bool Erased,
    long Rows,
    IReadOnlyList<ErasedTierShape> Tiers,
    IReadOnlyList<string> Archives
)
{
    internal static EraseShape Of(EraseReport report, bool onlyLook) =>
        new(
            report.Policy,
            report.Range,
            !onlyLook && !report.IsEmpty,
            report.Rows,
            [.. report.Tiers.Select(t => new ErasedTierShape(t.Relation.Text, t.Removed, [.. t.Rebuilt], [.. t.Kept]))],
            [.. report.Archives.Select(a => $"{a.Location}:{a.File}")]
        );
}

internal sealed record ErasedTierShape(string Relation, long Removed, IReadOnlyList<TimeRange> Rebuilt, IReadOnlyList<TimeRange> Kept);

internal sealed record MoveUndoShape(string Policy, bool Undone, IReadOnlyList<TakenBackShape> Parts)
{
    internal static MoveUndoShape Of(string policy, bool undone, IReadOnlyList<TakenBack> parts) =>
        new(policy, undone, [.. parts.Select(p => new TakenBackShape(p.Range, p.From.Text, p.To?.Text, p.Bytes, p.HasArrived))]);
}

internal sealed record TakenBackShape(TimeRange Range, string From, string? To, long Bytes, bool HasArrived);

internal sealed record DiffListShape(IReadOnlyList<Varve.Applying.PolicyDiff> Policies);

internal sealed record DroppedShape(string Policy, bool Dropped, IReadOnlyList<string> Relations);

internal sealed record RetypedListShape(string Policy, IReadOnlyList<Varve.Planning.RetypedColumn> Columns);

internal sealed record CountShape(string Policy, string What, long Count);

internal sealed record DoctorShape(bool IsSound, IReadOnlyList<Finding> Findings);

internal sealed record GrantsShape(IReadOnlyList<string> Statements);

internal sealed record CompactShape(string Source, string Target, long BytesBefore, long BytesAfter, int Tables, long Rows);

internal sealed record StatementsShape(IReadOnlyList<PolicyStatements> Plans);

internal sealed record PolicyStatements(string Policy, IReadOnlyList<StepSql> Steps);

internal sealed record StepSql(string Step, IReadOnlyList<string> Statements);
