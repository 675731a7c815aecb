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

/// <summary>
/// Varve as a library: the same calls that the command line makes. Calls that only read never create or migrate the
/// catalog. Not for several threads at once.
/// </summary>
/// <example><code>
/// await using var database = DuckDbDatabase.Open("metrics.duckdb");
/// var lifecycle = new Lifecycle(database);
/// await lifecycle.ApplyAsync(PolicyFiles.Read(["policies"]));
/// await foreach (var happened in lifecycle.RunAsync(Selection.All)) Console.WriteLine(happened);
/// </code></example>
public sealed partial class Lifecycle
{
    private readonly Session _session;
    private readonly Operations _operations;

    /// <summary>A lifecycle of the tables of one database.</summary>
    public Lifecycle(Database database, LifecycleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        options ??= new();
        _session = new(database.Engine, options);
        _operations = new(_session, options);
    }

    /// <summary>
    /// Checks policies against the database; nothing is changed. The report of a pattern stands before those of the tables that
    /// it matches.
    /// </summary>
    public async Task<IReadOnlyList<CheckReport>> CheckAsync(
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken = default
    )
    {
        var desk = await _operations.ApplierAsync(cancellationToken);
        return [.. (await desk.CheckAsync(documents, cancellationToken)).Select(c => c.Report)];
    }

    /// <summary>
    /// Stores policies; all of them or, where one is refused, none. A pattern is stored with a policy for each table that it
    /// matches; one that it cannot keep is left out with a note, and refuses nothing.
    /// </summary>
    /// <param name="documents">What to store.</param>
    /// <param name="prune">True: stored policies that are not among them are taken out of force.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    /// <exception cref="PolicyException">With every problem of every policy.</exception>
    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        bool prune = false,
        CancellationToken cancellationToken = default
    ) =>
        await (await _operations.ApplierAsync(cancellationToken)).ApplyAsync(
            documents,
            prune,
            new Dictionary<string, int>(),
            cancellationToken
        );

    /// <summary>Stores policies only where nobody changed them since they were read; all of them or, where one is refused, none.</summary>
    /// <param name="documents">What to store.</param>
    /// <param name="expected">By policy: the revision that was read, 0 for one that was not stored.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    /// <exception cref="PolicyException">With every problem of every policy, or VRV315 where one has another revision.</exception>
    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken = default
    ) => await (await _operations.ApplierAsync(cancellationToken)).ApplyAsync(documents, prune: false, expected, cancellationToken);

    /// <summary>The tables of the database by schema and name, Varve's own left out.</summary>
    public async Task<IReadOnlyList<TableName>> TablesAsync(CancellationToken cancellationToken = default) =>
        await (await _operations.ProposalsAsync(cancellationToken)).TablesAsync(cancellationToken);

    /// <summary>
    /// The same tables, each with the policy that keeps it: a policy that says its table without a schema means the one of the
    /// database's default schema, and no table of that name in another.
    /// </summary>
    public Task<IReadOnlyList<KeptTable>> KeptTablesAsync(CancellationToken cancellationToken = default) =>
        _operations.KeptTablesAsync(cancellationToken);

    /// <summary>Proposes a policy for a table from what is in it; nothing is changed. A bounded number of rows is read.</summary>
    /// <param name="table">The table.</param>
    /// <param name="choices">What a person decided already; null: nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A text that passes <see cref="CheckAsync"/> as it is, and says of each line what was seen.</returns>
    /// <exception cref="PolicyException">There is no such table, it is no time series, or a person has to choose first.</exception>
    public async Task<PolicyDraft> ProposeAsync(
        TableName table,
        ProposalChoices? choices = null,
        CancellationToken cancellationToken = default
    ) => await (await _operations.ProposalsAsync(cancellationToken)).ProposeAsync(table, choices ?? new(), cancellationToken);

    /// <summary>
    /// Proposes a policy for each table of the database, Varve's own left out; one for which there can be none stops no other.
    /// </summary>
    public async Task<IReadOnlyList<ProposalOutcome>> ProposeAllAsync(CancellationToken cancellationToken = default) =>
        await (await _operations.ProposalsAsync(cancellationToken)).ProposeAllAsync(cancellationToken);

    /// <summary>Stored policies by name.</summary>
    /// <exception cref="PolicyException">A name or a tag that no policy has.</exception>
    public Task<IReadOnlyList<StoredPolicy>> PoliciesAsync(Selection selection, CancellationToken cancellationToken = default) =>
        _session.ListAsync(selection, cancellationToken);

    /// <summary>One stored policy.</summary>
    /// <exception cref="PolicyException">There is none of that name, or it is the name of a pattern.</exception>
    public Task<StoredPolicy> PolicyAsync(string policy, CancellationToken cancellationToken = default) =>
        _session.OneAsync(policy, cancellationToken);

    /// <summary>
    /// One revision of a policy or pattern as it was stored, also of one that is no longer in force; null where there was none.
    /// </summary>
    public Task<StoredPolicy?> RevisionAsync(string policy, int revision, CancellationToken cancellationToken = default) =>
        _session.ReadAsync<StoredPolicy?>(
            (s, token) => _session.Store.Policies.RevisionAsync(s, policy, revision, token),
            null,
            cancellationToken
        );

    /// <summary>What is known of a stored policy now: by relation, what is covered, dirty, cut, lost and gone, and the holds.</summary>
    /// <exception cref="PolicyException">There is none of that name, or it is the name of a pattern.</exception>
    public async Task<Ledger> LedgerAsync(string policy, CancellationToken cancellationToken = default)
    {
        var stored = await _session.OneAsync(policy, cancellationToken);
        return await _session.ReadAsync(
            (s, token) => _session.LedgerAsync(s, stored, _session.Now(), token),
            Ledger.Empty(stored.Hash),
            cancellationToken
        );
    }

    /// <summary>What the ledgers themselves say, by policy, in force or not: without holds and archives.</summary>
    internal Task<IReadOnlyDictionary<string, Ledger>> LedgersAsync(CancellationToken cancellationToken = default) =>
        _session.ReadAsync<IReadOnlyDictionary<string, Ledger>>(
            (s, token) => _session.Store.Ledgers.ListAsync(s, token),
            new Dictionary<string, Ledger>(),
            cancellationToken
        );

    /// <summary>
    /// The stored patterns that a selection means, with the tables that they keep and what they leave out; nothing is changed.
    /// </summary>
    public async Task<IReadOnlyList<PatternReport>> PatternsAsync(Selection selection, CancellationToken cancellationToken = default) =>
        (await _operations.Selector.RosterAsync(cancellationToken)).Reports(selection);

    /// <summary>Takes a policy, or a pattern with every policy that comes from it, out of force; relations stay.</summary>
    /// <returns>What is no longer in force.</returns>
    /// <exception cref="PolicyException">There is none, or it comes from a pattern that would make it again.</exception>
    public async Task<IReadOnlyList<ApplyResult>> DeletePolicyAsync(string policy, CancellationToken cancellationToken = default)
    {
        var stored = await _session.PatternAsync(policy, cancellationToken) ?? await _session.OneAsync(policy, cancellationToken);
        return await (await _operations.ApplierAsync(cancellationToken)).DeleteAsync(stored, cancellationToken);
    }

    /// <summary>Sets a hold: nothing of the range expires, of one relation or, with null, of source and tiers.</summary>
    /// <param name="policy">The policy, or a pattern: its tables are held then, also those that it takes up later.</param>
    /// <param name="relation">source, a tier's id or name, or null.</param>
    /// <param name="range">What is held.</param>
    /// <param name="reason">Why; shown wherever something waits for it.</param>
    /// <param name="until">When it ends by itself; null: never.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    public async Task<Hold> HoldAsync(
        string policy,
        string? relation,
        TimeRange range,
        string reason,
        Instant? until,
        CancellationToken cancellationToken = default
    ) => await (await _operations.RepairsAsync(cancellationToken)).HoldAsync(policy, relation, range, reason, until, cancellationToken);

    /// <summary>Ends one hold, by the beginning of its id, or all of a policy; the number that ended.</summary>
    public async Task<int> ReleaseAsync(string policy, string? holdId, CancellationToken cancellationToken = default) =>
        await (await _operations.RepairsAsync(cancellationToken)).ReleaseAsync(policy, holdId, cancellationToken);

    /// <summary>
    /// Plans stored policies, and those of tables that the next run takes up for a pattern; nothing is changed. One that
    /// cannot be planned ends no other: its plan says why (<see cref="Plan.Failure"/>); the only one throws.
    /// </summary>
    public Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant? asOf = null, CancellationToken cancellationToken = default) =>
        _operations.Selector.PlanAsync(selection, asOf ?? _session.Now(), cancellationToken);

    /// <summary>
    /// Drops tables and views of the tiers that a policy no longer has, for good. Where the table of a tier, also of one that
    /// the policy has, is gone already, that tier is forgotten instead: the next run makes it anew.
    /// </summary>
    /// <returns>What was dropped or forgotten.</returns>
    /// <exception cref="PolicyException">It has none, the next run still builds something from one, or a hold is set.</exception>
    public async Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken = default) =>
        await (await _operations.AlterationsAsync(cancellationToken)).DropRetiredAsync(policy, cancellationToken);

    /// <summary>Takes over the types that columns of the source have now; until then a policy whose columns changed does nothing.</summary>
    /// <returns>The columns.</returns>
    /// <exception cref="PolicyException">No type changed, or a stored value would not stay what it is.</exception>
    public async Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken = default) =>
        await (await _operations.AlterationsAsync(cancellationToken)).AcceptTypesAsync(policy, cancellationToken);

    /// <summary>
    /// Erases rows on request: from the source, and from every bucket that they were counted in, as far as that can be
    /// computed without them. The audit log has columns and counts, never the values.
    /// </summary>
    /// <exception cref="PolicyException">No or an unknown column, or an empty range.</exception>
    /// <exception cref="HaltException">A hold keeps such rows.</exception>
    /// <exception cref="BusyException">A run holds the lease.</exception>
    public async Task<EraseReport> EraseAsync(EraseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await (await _operations.ErasureAsync(cancellationToken)).EraseAsync(request, cancellationToken);
    }

    /// <summary>Plans policies as files say them, on top of what the catalog knows of them; nothing is changed.</summary>
    /// <exception cref="PolicyException">With every problem of every policy.</exception>
    public async Task<IReadOnlyList<Plan>> PlanAsync(
        IReadOnlyList<PolicyDocument> documents,
        Instant? asOf = null,
        CancellationToken cancellationToken = default
    )
    {
        var at = asOf ?? _session.Now();
        return await PolicyTrouble.EachAsync(
            await _operations.DraftAsync(documents, cancellationToken),
            async policy => (await _session.InspectDraftAsync(policy, at, cancellationToken)).Plan,
            (policy, broken) => PolicySelector.Broken(policy, broken, at)
        );
    }

    /// <summary>How stored policies differ from what is really in the database; nothing is changed.</summary>
    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(Selection selection, CancellationToken cancellationToken = default) =>
        await _operations.DiffAsync(await _session.SelectAsync(selection, cancellationToken), cancellationToken);

    /// <summary>How stored policies differ from files, and from what is really in the database; nothing is changed.</summary>
    public Task<IReadOnlyList<PolicyDiff>> DiffAsync(
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken = default
    ) => _operations.DiffAsync(documents, cancellationToken);

    /// <summary>The statements of a plan, for people: what the executor will run, with values written out.</summary>
    public Task<IReadOnlyList<StepStatements>> StatementsAsync(
        Plan plan,
        IReadOnlyList<PolicyDocument>? documents = null,
        CancellationToken cancellationToken = default
    ) => _operations.StatementsAsync(plan, documents ?? [], cancellationToken);

    /// <summary>Runs stored policies one after the other; one that fails stops no other.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="runOptions">How.</param>
    /// <param name="cancellationToken">Cancels the statement in flight; what it did is rolled back. <see cref="RunOptions.Stop"/> ends
    /// after it.</param>
    /// <exception cref="PolicyException">A name or a tag that no policy has, or an instant in the future.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<RunEvent> RunAsync(
        Selection selection,
        RunOptions? runOptions = null,
        CancellationToken cancellationToken = default
    ) => _operations.RunAsync(selection, runOptions ?? new(), cancellationToken);

    /// <summary>The same to its end: what was done for each policy. Where one fails, the others are run first.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="runOptions">How.</param>
    /// <param name="cancellationToken">Cancels the statement in flight.</param>
    /// <exception cref="VarveException">The first error of a policy or of a step, once everything else was done.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<RunResult>> RunToEndAsync(
        Selection selection,
        RunOptions? runOptions = null,
        CancellationToken cancellationToken = default
    ) => RunResult.OfAsync(RunAsync(selection, runOptions, cancellationToken));
}
