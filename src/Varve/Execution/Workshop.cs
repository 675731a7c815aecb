using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Reading;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>What the façade works with: the engine, the catalog, and who acts.</summary>
internal sealed class Workshop
{
    private static readonly Duration s_tolerance = Duration.FromMinutes(1);

    private readonly IEngine _engine;
    private readonly LifecycleOptions _options;
    private AuditActor? _actor;

    public Workshop(IEngine engine, LifecycleOptions options)
    {
        _engine = engine;
        _options = options;
        Desk = new(engine, options.CatalogSchema, options.AuditKey, options.KeepRuns);
        Archives = new(options.Archives, options.ArchiveKinds);
        Surveyor = new(engine, Desk, Archives);
    }

    public IEngine Engine => _engine;

    /// <summary>True where this machine's clock is the one that runs are planned by.</summary>
    public bool IsSystemClock => _options.TimeProvider == TimeProvider.System;

    public CatalogDesk Desk { get; }

    public Surveyor Surveyor { get; }

    public ArchiveLocations Archives { get; }

    public Instant Now() => Instant.FromDateTimeOffset(_options.TimeProvider.GetUtcNow());

    public PolicyCheck Check => new(_engine, Desk, Surveyor);

    public PatternDesk Patterns => new(_engine, Desk, Check);

    public RosterDesk Rosters => new(this);

    public async Task<PolicyDesk> PolicyDeskAsync(CancellationToken cancellationToken) =>
        new(_engine, Desk, Check, Patterns, await ActorAsync(cancellationToken), _options.TimeProvider);

    public async Task<Alterations> AlterationsAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<Erasing> ErasingAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<ProposalDesk> ProposalDeskAsync(CancellationToken cancellationToken) =>
        new(_engine, this, Check);

    public async Task<Repairs> RepairsAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<ArchiveRoom> ArchiveRoomAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken), _options.TimeProvider);

    public ForecastDesk Forecasts(ForecastOptions options) => new(_engine, this, options);

    public async Task<T> ReadAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, T nothing, CancellationToken cancellationToken) =>
        await Desk.Schema.ExistsAsync(cancellationToken) ? await _engine.TransactAsync(work, readOnly: true, cancellationToken) : nothing;

    public Task<T> WriteAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _engine.TransactAsync(work, readOnly: false, cancellationToken);

    /// <summary>Stored policies; a name or a tag that none has is an error, an empty catalog too.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> SelectAsync(Selection selection, CancellationToken cancellationToken)
    {
        var (policies, patterns) = await StoredAsync(cancellationToken);
        return SelectionRules.Select(selection, policies, patterns);
    }

    /// <summary>The same, but an empty catalog has no policies, which is no error where nothing was named.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> ListAsync(Selection selection, CancellationToken cancellationToken)
    {
        var (policies, patterns) = await StoredAsync(cancellationToken);
        return policies.Count + patterns.Count + selection.Names.Count + selection.Tags.Count == 0 ? [] : SelectionRules.Select(selection, policies, patterns);
    }

    /// <summary>One stored policy.</summary>
    /// <exception cref="PolicyException">There is none of that name, or it is the name of a pattern.</exception>
    public async Task<StoredPolicy> OneAsync(string policy, CancellationToken cancellationToken)
    {
        var found = await SelectAsync(Selection.Of(policy), cancellationToken);
        if (found is [{ Pattern: var pattern } only] && pattern != policy) return only;
        throw new PolicyException("VRV316", $"{policy} is a pattern, and this is about one table. {(found.Count == 0 ? "It has none yet: the next run takes up those that it matches" : $"Name one of its policies: {string.Join(", ", found.Take(20).Select(p => p.Policy.Name))}")}.");
    }

    /// <summary>A pattern by its name; null where no pattern has it.</summary>
    public async Task<StoredPolicy?> PatternAsync(string name, CancellationToken cancellationToken) =>
        (await StoredAsync(cancellationToken)).Patterns.FirstOrDefault(p => p.Policy.Name == name);

    private Task<(IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns)> StoredAsync(CancellationToken cancellationToken) =>
        ReadAsync(async (s, token) => (await Desk.Policies.ListAsync(s, token), await Desk.Policies.PatternsAsync(s, token)), ([], []), cancellationToken);

    /// <summary>Policies of files, checked, as revisions that are not stored; a pattern is what it comes to.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> DraftAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var checks = await (await PolicyDeskAsync(cancellationToken)).CheckAsync(documents, cancellationToken);
        List<Problem> errors = [.. checks.SelectMany(c => c.Errors)];
        if (errors.Count > 0) throw new PolicyException(errors);
        var stored = (await StoredAsync(cancellationToken)).Policies;
        return
        [
            .. checks.Where(c => !c.Policy.Table.IsPattern).Select(c => stored.FirstOrDefault(s => s.Hash == PolicyJson.Hash(c.Policy))
                ?? new StoredPolicy(c.Policy, 0, PolicyJson.Hash(c.Policy), c.Document.Yaml, Now(), "")),
        ];
    }

    /// <summary>The survey of a policy that may not be stored, on a database that may have no catalog.</summary>
    public async Task<Survey> SurveyDraftAsync(StoredPolicy draft, Instant asOf, CancellationToken cancellationToken)
    {
        var blueprint = await Surveyor.LayAsync(draft.Policy, cancellationToken);
        var ledger = await ReadAsync((s, token) => LedgerAsync(s, draft, asOf, token), Ledger.Empty(draft.Hash), cancellationToken);
        var shelf = await Desk.ShelfAsync(_engine, cancellationToken);
        if (shelf.Begins(draft.Policy)) ledger = ledger.Expired(shelf.InheritedBy(draft.Policy, blueprint.Source));
        return await _engine.TransactAsync((s, token) => Surveyor.SurveyAsync(s, draft, blueprint, ledger, asOf, token), readOnly: true, cancellationToken);
    }

    private async Task<Ledger> LedgerAsync(IStatements statements, StoredPolicy policy, Instant asOf, CancellationToken cancellationToken)
    {
        var ledger = await Desk.Ledgers.LoadAsync(statements, policy, asOf, cancellationToken);
        if (policy.Revision > 0) return ledger;
        var revisions = (await Desk.Policies.RevisionsAsync(statements, cancellationToken)).Where(r => r.Policy.Name == policy.Policy.Name).ToList();
        return PolicyChanges.SetsAside([.. revisions.Select(r => r.Policy)], policy.Policy) ? ledger.SetAside(revisions[^1].Number + 1) : ledger;
    }

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<StoredPolicy> policies, CancellationToken cancellationToken)
    {
        List<PolicyDiff> diffs = [];
        foreach (var stored in policies) diffs.Add(await new Comparing(_engine, this).DiffAsync(stored, null, cancellationToken));
        return diffs;
    }

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        List<PolicyDiff> diffs = [];
        var all = (await StoredAsync(cancellationToken)).Policies;
        foreach (var report in (await (await PolicyDeskAsync(cancellationToken)).CheckAsync(documents, cancellationToken)).Where(c => !c.Policy.Table.IsPattern || c.Errors.Count > 0).Select(c => c.Report))
        {
            var stored = all.FirstOrDefault(s => s.Policy.Name == report.Policy.Name);
            diffs.Add(stored is null
                ? new(report.Policy.Name, 0, [], [.. report.Problems.Where(p => !p.IsWarning)], RemovesMore: false, [])
                : await new Comparing(_engine, this).DiffAsync(stored, report, cancellationToken));
        }

        return diffs;
    }

    public async Task<IReadOnlyList<StepStatements>> StatementsAsync(Plan plan, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var known = documents.Count > 0 ? await DraftAsync(documents, cancellationToken) : (await Rosters.RosterAsync(cancellationToken)).Select(Selection.Of(plan.Policy));
        var policy = known.First(s => s.Policy.Name == plan.Policy);
        var laid = await Surveyor.LayAsync(policy.Policy, cancellationToken);
        var blueprint = await ReadAsync(async (s, token) => await Surveyor.WithRetiredAsync(s, laid, await LedgerAsync(s, policy, plan.AsOf, token), token), laid, cancellationToken);
        var sql = new StepSql(blueprint, _engine.Dialect);
        return [.. plan.Steps.Select(step => new StepStatements(step, [.. sql.Render(step).Select(s => s.RenderInline(_engine.Dialect).Text)]))];
    }

    public async IAsyncEnumerable<RunEvent> RunAsync(Selection selection, RunOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Desk.Schema.UpgradeAsync(cancellationToken);
        await SelectAsync(Selection.All, cancellationToken);
        var identity = await _engine.IdentifyAsync(cancellationToken);
        var asOf = options.AsOf ?? Now();
        if (options.AsOf is null && (identity.Now - Now() > s_tolerance || Now() - identity.Now > s_tolerance) && _options.TimeProvider == TimeProvider.System)
            throw new HaltException("VRV302", $"The clocks of this machine ({InstantText.Format(Now())}) and of the database ({InstantText.Format(identity.Now)}) are more than a minute apart: set them right, or say --as-of.");
        if (asOf > (_options.TimeProvider == TimeProvider.System ? identity.Now : Now()) + s_tolerance)
            throw new PolicyException("VRV303", $"{InstantText.Format(asOf)} is in the future: nothing is run as of an instant that has not come. plan may look ahead, run may not.");
        await Desk.Schema.EnsureAsync(cancellationToken);
        if (options.AuditHead is { } head && !await ReadAsync((s, token) => Desk.Audit.HasAsync(s, head, token), false, cancellationToken))
            throw new HaltException("VRV331", $"No entry of the audit log has the hash {head}: the catalog was restored from an older backup, its log was cut, or the hash is of another database. Nothing was done. varve doctor --audit-head says more.");
        var log = _options.LoggerFactory?.CreateLogger(Telemetry.Name) ?? NullLogger.Instance;
        var roster = await Rosters.RosterAsync(cancellationToken);
        IReadOnlyList<StoredPolicy> policies = [.. roster.Select(selection).Where(p => options.Plans?.Any(plan => plan.Policy == p.Policy.Name) ?? true)];
        foreach (var taken in await Rosters.TakeUpAsync(roster.Patterns(selection), cancellationToken)) yield return taken;
        foreach (var behind in roster.Behind(selection))
        {
            using var watch = new RunWatch(log, _options.TimeProvider, behind.Stored.Policy.Name);
            watch.Failed(behind.Error);
            yield return new RunEvent.Failed(behind.Error) { Policy = behind.Stored.Policy.Name };
        }

        var runner = new Runner(_engine, Desk, Surveyor, _options.TimeProvider, await ActorAsync(cancellationToken), Archives, log);
        await foreach (var happened in runner.RunAsync(policies, options, asOf, cancellationToken)) yield return happened;
    }

    public async Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken)
    {
        if ((await ListAsync(Selection.All, cancellationToken)).Count == 0 && selection is { Names: [], Tags: [] }) return [];
        var at = asOf ?? Now();
        var runs = await ReadAsync((s, token) => Desk.Runs.NewestAsync(s, 20, token), new Dictionary<string, IReadOnlyList<RunRecord>>(), cancellationToken);
        IReadOnlyList<RunRecord> RunsOf(StoredPolicy policy) => runs.GetValueOrDefault(policy.Policy.Name) ?? [];
        return await Rosters.EachAsync(
            selection,
            async policy =>
            {
                var own = RunsOf(policy);
                var steps = own.Count == 0 ? [] : await ReadAsync((s, token) => Desk.Runs.StepsAsync(s, own[0].Id, token), [], cancellationToken);
                return [StatusDesk.Of(await Surveyor.SurveyAsync(policy, at, cancellationToken), at, own, steps)];
            },
            (policy, broken) => StatusDesk.Of(policy, broken, at, RunsOf(policy)),
            cancellationToken);
    }

    public async Task<IReadOnlyList<RunRecord>> HistoryAsync(Selection selection, int limit, CancellationToken cancellationToken)
    {
        if (selection.Names.Count == 0 && selection.Tags.Count == 0)
            return await ReadAsync((s, token) => Desk.Runs.ListAsync(s, null, limit, token), [], cancellationToken);
        List<RunRecord> runs = [];
        foreach (var policy in await SelectAsync(selection, cancellationToken))
            runs.AddRange(await ReadAsync((s, token) => Desk.Runs.ListAsync(s, policy.Policy.Name, limit, token), [], cancellationToken));
        return [.. runs.OrderByDescending(r => r.StartedAt).Take(limit)];
    }

    public async Task<IReadOnlyList<StepRecord>> StepsAsync(string run, CancellationToken cancellationToken)
    {
        return await ReadAsync(FindAsync, null, cancellationToken) ?? throw new PolicyException("VRV304", $"No run begins with {run}; history shows the runs.");

        async Task<IReadOnlyList<StepRecord>?> FindAsync(IStatements statements, CancellationToken token) => await Desk.Runs.FindAsync(statements, run, token) switch
        {
            [] => null,
            [var one] => await Desk.Runs.StepsAsync(statements, one, token),
            { Count: var several } => throw new PolicyException("VRV304", FormattableString.Invariant($"{several} runs begin with {run}; write more of it.")),
        };
    }

    public async Task<QueryAnswer> QueryAsync(StoredPolicy stored, QueryRequest request, CancellationToken cancellationToken)
    {
        var blueprint = await Surveyor.LayAsync(stored.Policy, cancellationToken);
        return await _engine.TransactAsync(
            async (s, token) => await new Reader(blueprint, await Desk.Ledgers.LoadAsync(s, stored, Now(), token), s, _engine.Dialect).ReadAsync(request, token),
            readOnly: true,
            cancellationToken);
    }

    private async Task<AuditActor> ActorAsync(CancellationToken cancellationToken) =>
        _actor ??= new((await _engine.IdentifyAsync(cancellationToken)).User, _options.SystemUser, _options.Host);
}
