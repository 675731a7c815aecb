using NodaTime;
using Varve.Applying;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Databases;
using Varve.Diagnosis;
using Varve.Engines;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Backends;

/// <summary>A database that is opened here: every question is one to the library.</summary>
internal sealed class DatabaseBackend(Lifecycle lifecycle, Database database, DatabaseUrl url) : IBackend
{
    public Task<IReadOnlyList<TableName>> TablesAsync(CancellationToken cancellationToken) => lifecycle.TablesAsync(cancellationToken);

    public Task<PolicyDraft> ProposeAsync(TableName table, ProposalChoices choices, CancellationToken cancellationToken) =>
        lifecycle.ProposeAsync(table, choices, cancellationToken);

    public Task<IReadOnlyList<ProposalOutcome>> ProposeAllAsync(CancellationToken cancellationToken) =>
        lifecycle.ProposeAllAsync(cancellationToken);

    public Task<IReadOnlyList<StoredPolicy>> PoliciesAsync(Selection selection, CancellationToken cancellationToken) =>
        lifecycle.PoliciesAsync(selection, cancellationToken);

    public Task<StoredPolicy> PolicyAsync(string policy, CancellationToken cancellationToken) =>
        lifecycle.PolicyAsync(policy, cancellationToken);

    public Task<IReadOnlyList<PatternReport>> PatternsAsync(Selection selection, CancellationToken cancellationToken) =>
        lifecycle.PatternsAsync(selection, cancellationToken);

    public Task<IReadOnlyList<CheckReport>> CheckAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken) =>
        lifecycle.CheckAsync(documents, cancellationToken);

    public Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        bool prune,
        CancellationToken cancellationToken
    ) => lifecycle.ApplyAsync(documents, prune, cancellationToken);

    public Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken
    ) => lifecycle.ApplyAsync(documents, expected, cancellationToken);

    public Task<IReadOnlyList<ApplyResult>> DeletePolicyAsync(string policy, CancellationToken cancellationToken) =>
        lifecycle.DeletePolicyAsync(policy, cancellationToken);

    public Task<Hold> HoldAsync(
        string policy,
        string? relation,
        TimeRange range,
        string reason,
        Instant? until,
        CancellationToken cancellationToken
    ) => lifecycle.HoldAsync(policy, relation, range, reason, until, cancellationToken);

    public Task<int> ReleaseAsync(string policy, string? holdId, CancellationToken cancellationToken) =>
        lifecycle.ReleaseAsync(policy, holdId, cancellationToken);

    public Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken) =>
        lifecycle.PlanAsync(selection, asOf, cancellationToken);

    public Task<IReadOnlyList<Plan>> PlanAsync(
        IReadOnlyList<PolicyDocument> documents,
        Instant? asOf,
        CancellationToken cancellationToken
    ) => lifecycle.PlanAsync(documents, asOf, cancellationToken);

    public Task<IReadOnlyList<StepStatements>> StatementsAsync(
        Plan plan,
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken
    ) => lifecycle.StatementsAsync(plan, documents, cancellationToken);

    public IAsyncEnumerable<RunEvent> RunAsync(Selection selection, RunOptions runOptions, CancellationToken cancellationToken) =>
        lifecycle.RunAsync(selection, runOptions, cancellationToken);

    public Task<IReadOnlyList<PolicyDiff>> DiffAsync(Selection selection, CancellationToken cancellationToken) =>
        lifecycle.DiffAsync(selection, cancellationToken);

    public Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken) =>
        lifecycle.DiffAsync(documents, cancellationToken);

    public Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken) =>
        lifecycle.StatusAsync(selection, asOf, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> HistoryAsync(Selection selection, int limit, bool idle, CancellationToken cancellationToken) =>
        lifecycle.HistoryAsync(selection, limit, idle, cancellationToken);

    public Task<IReadOnlyList<StepRecord>> StepsAsync(string runId, CancellationToken cancellationToken) =>
        lifecycle.StepsAsync(runId, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> AuditAsync(int limit, CancellationToken cancellationToken) =>
        lifecycle.AuditAsync(limit, cancellationToken);

    public Task<AuditVerdict> VerifyAuditAsync(string? head, CancellationToken cancellationToken) =>
        lifecycle.VerifyAuditAsync(head, cancellationToken);

    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(string? auditHead, CancellationToken cancellationToken) =>
        [
            .. await lifecycle.DiagnoseAsync(auditHead, cancellationToken),
            .. await DatabaseHealth.DiagnoseAsync(url, lifecycle, database, cancellationToken),
        ];

    public Task<IReadOnlyList<VerifyReport>> VerifyAsync(Selection selection, TimeRange? range, CancellationToken cancellationToken) =>
        lifecycle.VerifyAsync(selection, range, cancellationToken);

    public Task<IReadOnlyList<ViewsReport>> RepairAsync(Selection selection, bool detach, CancellationToken cancellationToken) =>
        lifecycle.RepairAsync(selection, detach, cancellationToken);

    public Task<int> AcceptAsync(string policy, TimeRange? range, CancellationToken cancellationToken) =>
        lifecycle.AcceptAsync(policy, range, cancellationToken);

    public Task<int> AdoptAsync(string policy, CancellationToken cancellationToken) => lifecycle.AdoptAsync(policy, cancellationToken);

    public Task<SourceAdoption> AdoptSourceAsync(string policy, bool isSame, CancellationToken cancellationToken) =>
        lifecycle.AdoptSourceAsync(policy, isSame, cancellationToken);

    public Task<long> InvalidateAsync(string policy, TimeRange range, CancellationToken cancellationToken) =>
        lifecycle.InvalidateAsync(policy, range, cancellationToken);

    public Task<IReadOnlyList<TakenBack>> UndoMovesAsync(MoveUndoRequest request, CancellationToken cancellationToken) =>
        lifecycle.UndoMovesAsync(request, cancellationToken);

    public Task<int> ResumeMovesAsync(string policy, TimeRange? range, CancellationToken cancellationToken) =>
        lifecycle.ResumeMovesAsync(policy, range, cancellationToken);

    public Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken) =>
        lifecycle.DropRetiredAsync(policy, cancellationToken);

    public Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken) =>
        lifecycle.AcceptTypesAsync(policy, cancellationToken);

    public Task<EraseReport> EraseAsync(EraseRequest request, CancellationToken cancellationToken) =>
        lifecycle.EraseAsync(request, cancellationToken);

    public Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        Selection selection,
        ForecastOptions options,
        CancellationToken cancellationToken
    ) => lifecycle.ForecastAsync(selection, options, cancellationToken);

    public Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        IReadOnlyList<PolicyDocument> documents,
        ForecastOptions options,
        CancellationToken cancellationToken
    ) => lifecycle.ForecastAsync(documents, options, cancellationToken);

    public Task<QueryAnswer> QueryAsync(QueryRequest request, CancellationToken cancellationToken) =>
        lifecycle.QueryAsync(request, cancellationToken);

    public Task<QueryAnswer> QueryAsync(QueryRequest request, Func<QueryAnswer, Task> slice, CancellationToken cancellationToken) =>
        lifecycle.QueryAsync(request, slice, cancellationToken);

    public Task<(QueryAnswer Answer, long Rows)> ExportAsync(QueryRequest request, string path, CancellationToken cancellationToken) =>
        lifecycle.ExportAsync(request, path, cancellationToken);

    public Task<IReadOnlyList<ArchivedPart>> ArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken) =>
        lifecycle.ArchivesAsync(policies, cancellationToken);

    public Task<ArchiveReport> VerifyArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken) =>
        lifecycle.VerifyArchivesAsync(policies, cancellationToken);

    public Task<ArchiveAgain> ArchiveAgainAsync(string policy, CancellationToken cancellationToken) =>
        lifecycle.ArchiveAgainAsync(policy, cancellationToken);

    public Task<ArchivePruning> PruningAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken) =>
        lifecycle.PruningAsync(policies, olderThan, cancellationToken);

    public Task<ArchivePruning> PruneArchivesAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken) =>
        lifecycle.PruneArchivesAsync(policies, olderThan, cancellationToken);

    public Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken) =>
        lifecycle.RestoreAsync(request, cancellationToken);
}
