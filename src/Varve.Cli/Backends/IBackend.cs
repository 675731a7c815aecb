using NodaTime;
using Varve.Applying;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Diagnosis;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Backends;

/// <summary>
/// What commands ask, wherever it is answered: by the library on a database that is opened here, or by a server. The members are
/// those of <see cref="Lifecycle"/>, with its contracts; a command does not know which of the two it has.
/// </summary>
internal interface IBackend
{
    Task<IReadOnlyList<TableName>> TablesAsync(CancellationToken cancellationToken);

    Task<PolicyDraft> ProposeAsync(TableName table, ProposalChoices choices, CancellationToken cancellationToken);

    Task<IReadOnlyList<ProposalOutcome>> ProposeAllAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredPolicy>> PoliciesAsync(Selection selection, CancellationToken cancellationToken);

    Task<StoredPolicy> PolicyAsync(string policy, CancellationToken cancellationToken);

    Task<IReadOnlyList<PatternReport>> PatternsAsync(Selection selection, CancellationToken cancellationToken);

    Task<IReadOnlyList<CheckReport>> CheckAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken);

    Task<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<PolicyDocument> documents, bool prune, CancellationToken cancellationToken);

    Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken
    );

    Task<IReadOnlyList<ApplyResult>> DeletePolicyAsync(string policy, CancellationToken cancellationToken);

    Task<Hold> HoldAsync(
        string policy,
        string? relation,
        TimeRange range,
        string reason,
        Instant? until,
        CancellationToken cancellationToken
    );

    Task<int> ReleaseAsync(string policy, string? holdId, CancellationToken cancellationToken);

    Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken);

    Task<IReadOnlyList<Plan>> PlanAsync(IReadOnlyList<PolicyDocument> documents, Instant? asOf, CancellationToken cancellationToken);

    Task<IReadOnlyList<StepStatements>> StatementsAsync(
        Plan plan,
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken
    );

    IAsyncEnumerable<RunEvent> RunAsync(Selection selection, RunOptions runOptions, CancellationToken cancellationToken);

    Task<IReadOnlyList<PolicyDiff>> DiffAsync(Selection selection, CancellationToken cancellationToken);

    Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken);

    Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken);

    Task<IReadOnlyList<RunRecord>> HistoryAsync(Selection selection, int limit, bool idle, CancellationToken cancellationToken);

    Task<IReadOnlyList<StepRecord>> StepsAsync(string runId, CancellationToken cancellationToken);

    Task<IReadOnlyList<AuditEntry>> AuditAsync(int limit, CancellationToken cancellationToken);

    Task<AuditVerdict> VerifyAuditAsync(string? head, CancellationToken cancellationToken);

    /// <summary>What the catalog shows, and what the database itself does.</summary>
    Task<IReadOnlyList<Finding>> DiagnoseAsync(string? auditHead, CancellationToken cancellationToken);

    Task<IReadOnlyList<VerifyReport>> VerifyAsync(Selection selection, TimeRange? range, CancellationToken cancellationToken);

    Task<IReadOnlyList<ViewsReport>> RepairAsync(Selection selection, bool detach, CancellationToken cancellationToken);

    Task<int> AcceptAsync(string policy, TimeRange? range, CancellationToken cancellationToken);

    Task<int> AdoptAsync(string policy, CancellationToken cancellationToken);

    Task<SourceAdoption> AdoptSourceAsync(string policy, bool isSame, CancellationToken cancellationToken);

    Task<long> InvalidateAsync(string policy, TimeRange range, CancellationToken cancellationToken);

    Task<IReadOnlyList<TakenBack>> UndoMovesAsync(MoveUndoRequest request, CancellationToken cancellationToken);

    Task<int> ResumeMovesAsync(string policy, TimeRange? range, CancellationToken cancellationToken);

    Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken);

    Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken);

    Task<EraseReport> EraseAsync(EraseRequest request, CancellationToken cancellationToken);

    Task<IReadOnlyList<PolicyForecast>> ForecastAsync(Selection selection, ForecastOptions options, CancellationToken cancellationToken);

    Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        IReadOnlyList<PolicyDocument> documents,
        ForecastOptions options,
        CancellationToken cancellationToken
    );

    Task<QueryAnswer> QueryAsync(QueryRequest request, CancellationToken cancellationToken);

    Task<QueryAnswer> QueryAsync(QueryRequest request, Func<QueryAnswer, Task> slice, CancellationToken cancellationToken);

    Task<(QueryAnswer Answer, long Rows)> ExportAsync(QueryRequest request, string path, CancellationToken cancellationToken);

    Task<IReadOnlyList<ArchivedPart>> ArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken);

    Task<ArchiveReport> VerifyArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken);

    Task<ArchiveAgain> ArchiveAgainAsync(string policy, CancellationToken cancellationToken);

    Task<ArchivePruning> PruningAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken);

    Task<ArchivePruning> PruneArchivesAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken);

    Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken);
}
