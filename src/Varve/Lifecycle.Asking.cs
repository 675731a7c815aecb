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

namespace Varve;

/// <content>What is asked and proven of what is there, and archives.</content>
public sealed partial class Lifecycle
{
    /// <summary>How stored policies stand, and those of tables that the next run takes up for a pattern.</summary>
    public Task<IReadOnlyList<PolicyStatus>> StatusAsync(
        Selection selection,
        Instant? asOf = null,
        CancellationToken cancellationToken = default
    ) => _operations.StatusAsync(selection, asOf, cancellationToken);

    /// <summary>Runs, newest first.</summary>
    /// <param name="selection">Of which policies.</param>
    /// <param name="limit">How many.</param>
    /// <param name="idle">False: without those that had nothing to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<IReadOnlyList<RunRecord>> HistoryAsync(
        Selection selection,
        int limit = 20,
        bool idle = true,
        CancellationToken cancellationToken = default
    ) => _operations.HistoryAsync(selection, limit, idle, cancellationToken);

    /// <summary>The steps of one run, none where nothing was to be done; the id may be shortened.</summary>
    /// <exception cref="PolicyException">No run, or several, begin so.</exception>
    public Task<IReadOnlyList<StepRecord>> StepsAsync(string runId, CancellationToken cancellationToken = default) =>
        _operations.StepsAsync(runId, cancellationToken);

    /// <summary>The steps that touched a range of one relation of a policy, newest first: by which run, with what result.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="relation"><see cref="RelationId.Source"/>, or a tier's id.</param>
    /// <param name="range">The range.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">There is no such policy.</exception>
    public async Task<IReadOnlyList<StepRecord>> StepsAsync(
        string policy,
        RelationId relation,
        TimeRange range,
        int limit = 20,
        CancellationToken cancellationToken = default
    )
    {
        var stored = await _session.OneAsync(policy, cancellationToken);
        return await _session.ReadAsync(
            (s, token) => _session.Store.Runs.TouchingAsync(s, stored.Policy.Name, relation, range, limit, token),
            [],
            cancellationToken
        );
    }

    /// <summary>The newest entries of the audit log, newest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(int limit = 50, CancellationToken cancellationToken = default) =>
        _session.ReadAsync((s, token) => _session.Store.Audit.ListAsync(s, limit, token), [], cancellationToken);

    /// <summary>Checks the chain of the audit log.</summary>
    /// <param name="head">A hash that was noted before, or at least its first eight digits; shows a tail that was cut off.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">The head is no hash.</exception>
    public Task<AuditVerdict> VerifyAuditAsync(string? head = null, CancellationToken cancellationToken = default) =>
        _session.ReadAsync(
            (s, token) => _session.Store.Audit.VerifyAsync(s, head, token),
            new(0, AuditLog.Genesis, head is null ? [] : ["there is no audit log here"]),
            cancellationToken
        );

    /// <summary>
    /// Looks for what is not as it should be, in the catalog, in Varve's relations and in the tables; nothing is changed.
    /// </summary>
    /// <param name="auditHead">A hash of the audit log that was noted before; shows a catalog that is older than that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<IReadOnlyList<Finding>> DiagnoseAsync(string? auditHead = null, CancellationToken cancellationToken = default) =>
        new Doctor(_session).DiagnoseAsync(auditHead, cancellationToken);

    /// <summary>Computes the tiers again from what is left and compares every state; nothing is changed.</summary>
    /// <param name="selection">Which policies.</param>
    /// <param name="range">Only buckets that lie in it; null: everything that is covered and whose input is whole.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<VerifyReport>> VerifyAsync(
        Selection selection,
        TimeRange? range = null,
        CancellationToken cancellationToken = default
    )
    {
        var repairs = await _operations.RepairsAsync(cancellationToken);
        return await _operations.Selector.EachAsync(
            selection,
            policy => repairs.VerifyAsync(policy, range ?? TimeRange.All, cancellationToken),
            (policy, broken) => new VerifyReport(policy.Policy.Name, null, RangeSet.Empty, 0, []) { Failure = Problem.Of(broken) },
            cancellationToken
        );
    }

    /// <summary>
    /// Makes the views of policies again, and the tables of the catalog that people read; or takes the views away. No row of a
    /// table is touched.
    /// </summary>
    /// <param name="selection">Which policies.</param>
    /// <param name="detach">True: the views are taken away, so that none of them keeps an owner from changing a table. The next run, or a
    /// repair, makes them again.</param>
    /// <param name="cancellationToken">Ends it between two policies.</param>
    public async Task<IReadOnlyList<ViewsReport>> RepairAsync(
        Selection selection,
        bool detach = false,
        CancellationToken cancellationToken = default
    )
    {
        var views = await _operations.ViewsAsync(cancellationToken);
        return await _operations.Selector.EachAsync(
            selection,
            async policy =>
                [detach ? await views.DetachAsync(policy, cancellationToken) : await views.RepairAsync(policy, cancellationToken)],
            (policy, broken) => new ViewsReport(policy.Policy.Name, [], IsLeft: false) { Failure = Problem.Of(broken) },
            cancellationToken
        );
    }

    /// <summary>Lets go what waits because its proof failed or because rows came for a cut bucket; the number of ranges.</summary>
    public async Task<int> AcceptAsync(string policy, TimeRange? range, CancellationToken cancellationToken = default) =>
        await (await _operations.RepairsAsync(cancellationToken)).AcceptAsync(policy, range ?? TimeRange.All, cancellationToken);

    /// <summary>
    /// Takes rows of tiers that the catalog does not know, because it came from an older backup, for built as they are; the
    /// number of buckets.
    /// </summary>
    public async Task<int> AdoptAsync(string policy, CancellationToken cancellationToken = default) =>
        await (await _operations.RepairsAsync(cancellationToken)).AdoptAsync(policy, cancellationToken);

    /// <summary>
    /// A person's word about a source that is not the table that the tiers were built from, which stops every run (VRV334).
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="isSame">False: it is another table, and what is built is history of its own. True: it is the same, and what changed is
    /// followed.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    /// <exception cref="PolicyException">It is the same table as far as can be told, or late rows are not held.</exception>
    public async Task<SourceAdoption> AdoptSourceAsync(string policy, bool isSame = false, CancellationToken cancellationToken = default) =>
        await (await _operations.RepairsAsync(cancellationToken)).AdoptSourceAsync(policy, isSame, cancellationToken);

    /// <summary>Marks covered buckets whose input is whole to be built again; the number of buckets of the first tier.</summary>
    public async Task<long> InvalidateAsync(string policy, TimeRange range, CancellationToken cancellationToken = default) =>
        await (await _operations.RepairsAsync(cancellationToken)).InvalidateAsync(policy, range, cancellationToken);

    /// <summary>
    /// Takes moves back that <c>relocate</c> has begun: partitions are told to lie where they were before, and no run moves them
    /// there again until <see cref="ResumeMovesAsync"/>. No row changes.
    /// </summary>
    /// <exception cref="PolicyException">No such move is known.</exception>
    /// <exception cref="BusyException">A run is at it: end it first.</exception>
    public async Task<IReadOnlyList<TakenBack>> UndoMovesAsync(MoveUndoRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await (await _operations.MovesAsync(cancellationToken)).UndoAsync(request, cancellationToken);
    }

    /// <summary>Lets partitions move again whose moves were taken back; how many stretches of time.</summary>
    /// <exception cref="PolicyException">None was.</exception>
    public async Task<int> ResumeMovesAsync(string policy, TimeRange? range = null, CancellationToken cancellationToken = default) =>
        await (await _operations.MovesAsync(cancellationToken)).ResumeAsync(policy, range ?? TimeRange.All, cancellationToken);

    /// <summary>Rows and bytes of what stored policies keep, from now on, by the rates that are measured; nothing is changed.</summary>
    /// <exception cref="PolicyException">A name or a tag that no policy has.</exception>
    public async Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        Selection selection,
        ForecastOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        await _operations.Selector.EachAsync(
            selection,
            async policy => [await _operations.Forecasts(options ?? new()).OfStoredAsync(policy, cancellationToken)],
            (policy, broken) => new PolicyForecast(policy.Policy.Name, null, null) { Failure = Problem.Of(broken) },
            cancellationToken
        );

    /// <summary>The same as files say it, beside what is stored; nothing is changed.</summary>
    /// <exception cref="PolicyException">With every problem of every policy.</exception>
    public async Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        IReadOnlyList<PolicyDocument> documents,
        ForecastOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        await _operations
            .Forecasts(options ?? new())
            .OfDraftsAsync(
                await _operations.DraftAsync(documents, cancellationToken),
                await _session.ListAsync(Selection.All, cancellationToken),
                cancellationToken
            );

    /// <summary>Reads source and tiers; the answer says which relation each row comes from.</summary>
    /// <exception cref="PolicyException">An unknown policy, column, series or width.</exception>
    public async Task<QueryAnswer> QueryAsync(QueryRequest request, CancellationToken cancellationToken = default)
    {
        var stored = await _session.OneAsync(request.Policy, cancellationToken);
        return await _operations.QueryAsync(stored, request, cancellationToken);
    }

    /// <summary>
    /// The same for answers that are too large to be held: some rows at a time, in their order, all as of one moment. The first
    /// call has no rows; columns, parts, notes and what is missing are the same in all of them.
    /// </summary>
    /// <param name="request">The question.</param>
    /// <param name="take">Takes rows; the next ones are read when it has ended. It must not use this lifecycle.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer without its rows.</returns>
    /// <exception cref="PolicyException">An unknown policy, column, series or width.</exception>
    public async Task<QueryAnswer> QueryAsync(
        QueryRequest request,
        Func<QueryAnswer, Task> take,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(take);
        return await _operations.QueryAsync(await _session.OneAsync(request.Policy, cancellationToken), request, take, cancellationToken);
    }

    /// <summary>
    /// Writes an answer of any size to a Parquet file of this machine, with values of the database's own types; what was there is
    /// replaced.
    /// </summary>
    /// <param name="request">The question.</param>
    /// <param name="path">The file; beside it a folder stands while it is written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer without its rows, and how many the file has.</returns>
    /// <exception cref="PolicyException">An unknown policy, column, series or width, or a database that writes no such files.</exception>
    public async Task<(QueryAnswer Answer, long Rows)> ExportAsync(
        QueryRequest request,
        string path,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return await _operations.ExportAsync(await _session.OneAsync(request.Policy, cancellationToken), request, path, cancellationToken);
    }

    /// <summary>The parts of archives that the catalog knows, of some policies or of all; pruned ones are left out.</summary>
    public async Task<IReadOnlyList<ArchivedPart>> ArchivesAsync(
        IReadOnlyList<string> policies,
        CancellationToken cancellationToken = default
    ) => await (await _operations.ArchivesAsync(cancellationToken)).ListAsync(policies, cancellationToken);

    /// <summary>Reads every part back and compares it with its manifest and with the catalog; nothing is changed.</summary>
    public async Task<ArchiveReport> VerifyArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken = default) =>
        await (await _operations.ArchivesAsync(cancellationToken)).VerifyAsync(policies, cancellationToken);

    /// <summary>
    /// Takes parts out that are broken, or were written before the table changed, and whose rows the source still has, so that
    /// the next run archives them again.
    /// </summary>
    public async Task<ArchiveAgain> ArchiveAgainAsync(string policy, CancellationToken cancellationToken = default) =>
        await (await _operations.ArchivesAsync(cancellationToken)).AgainAsync(policy, cancellationToken);

    /// <summary>What <see cref="PruneArchivesAsync"/> would remove.</summary>
    /// <param name="policies">Of which policies; empty: of all.</param>
    /// <param name="olderThan">Parts whose range ended before this time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ArchivePruning> PruningAsync(
        IReadOnlyList<string> policies,
        Keep olderThan,
        CancellationToken cancellationToken = default
    ) => await (await _operations.ArchivesAsync(cancellationToken)).PruningAsync(policies, olderThan, cancellationToken);

    /// <summary>
    /// Removes parts of archives for good: those that are wholly older and on which no hold is set, and what an earlier pruning
    /// that was ended began to remove.
    /// </summary>
    public async Task<ArchivePruning> PruneArchivesAsync(
        IReadOnlyList<string> policies,
        Keep olderThan,
        CancellationToken cancellationToken = default
    )
    {
        var room = await _operations.ArchivesAsync(cancellationToken);
        var pruning = await room.PruningAsync(policies, olderThan, cancellationToken);
        await room.PruneAsync(pruning, olderThan, cancellationToken);
        return pruning;
    }

    /// <summary>Makes a table of archived rows; works without a catalog too, from what stands at the location.</summary>
    /// <exception cref="PolicyException">The table exists, or nothing of the range is archived.</exception>
    /// <exception cref="HaltException">A part is missing or is not what its manifest says; nothing was made.</exception>
    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await (await _operations.ArchivesAsync(cancellationToken)).RestoreAsync(request, cancellationToken);
    }
}
