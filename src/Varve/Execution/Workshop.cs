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

    public async Task<PolicyDesk> PolicyDeskAsync(CancellationToken cancellationToken) =>
        new(_engine, Desk, Surveyor, await ActorAsync(cancellationToken), _options.TimeProvider);

    public async Task<Alterations> AlterationsAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<Erasing> ErasingAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<ProposalDesk> ProposalDeskAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await PolicyDeskAsync(cancellationToken));

    public async Task<Repairs> RepairsAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public async Task<ArchiveRoom> ArchiveRoomAsync(CancellationToken cancellationToken) =>
        new(_engine, this, await ActorAsync(cancellationToken));

    public ForecastDesk Forecasts(ForecastOptions options) => new(_engine, this, options);

    public async Task<T> ReadAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, T nothing, CancellationToken cancellationToken) =>
        await Desk.Schema.ExistsAsync(cancellationToken) ? await _engine.TransactAsync(work, readOnly: true, cancellationToken) : nothing;

    public Task<T> WriteAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _engine.TransactAsync(work, readOnly: false, cancellationToken);

    /// <summary>Stored policies; a name or a tag that none has is an error, an empty catalog too.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> SelectAsync(Selection selection, CancellationToken cancellationToken) =>
        SelectionRules.Select(selection, await ReadAsync(Desk.Policies.ListAsync, [], cancellationToken));

    /// <summary>The same, but an empty catalog has no policies, which is no error where nothing was named.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> ListAsync(Selection selection, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(Desk.Policies.ListAsync, [], cancellationToken);
        return stored.Count == 0 && selection.Names.Count == 0 && selection.Tags.Count == 0 ? [] : SelectionRules.Select(selection, stored);
    }

    public async Task<StoredPolicy> OneAsync(string policy, CancellationToken cancellationToken) =>
        (await SelectAsync(Selection.Of(policy), cancellationToken))[0];

    /// <summary>Policies of files, checked, as revisions that are not stored.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> DraftAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var checks = await (await PolicyDeskAsync(cancellationToken)).CheckAsync(documents, cancellationToken);
        List<Problem> errors = [.. checks.SelectMany(c => c.Report.Problems).Where(p => !p.IsWarning)];
        if (errors.Count > 0) throw new PolicyException(errors);
        var stored = await ReadAsync(Desk.Policies.ListAsync, [], cancellationToken);
        return
        [
            .. checks.Select((c, i) => stored.FirstOrDefault(s => s.Hash == PolicyJson.Hash(c.Report.Policy))
                ?? new StoredPolicy(c.Report.Policy, 0, PolicyJson.Hash(c.Report.Policy), documents[i].Yaml, Now(), "")),
        ];
    }

    /// <summary>The survey of a policy that may not be stored, on a database that may have no catalog.</summary>
    public async Task<Survey> SurveyDraftAsync(StoredPolicy draft, Instant asOf, CancellationToken cancellationToken)
    {
        var blueprint = await Surveyor.LayAsync(draft.Policy, cancellationToken);
        var ledger = await ReadAsync((s, token) => Desk.Ledgers.LoadAsync(s, draft, asOf, token), Ledger.Empty(draft.Hash), cancellationToken);
        return await _engine.TransactAsync((s, token) => Surveyor.SurveyAsync(s, draft, blueprint, ledger, asOf, token), readOnly: true, cancellationToken);
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
        var all = await ReadAsync(Desk.Policies.ListAsync, [], cancellationToken);
        foreach (var (report, _) in await (await PolicyDeskAsync(cancellationToken)).CheckAsync(documents, cancellationToken))
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
        var policy = documents.FirstOrDefault(d => d.Policy.Name == plan.Policy)?.Policy ?? (await OneAsync(plan.Policy, cancellationToken)).Policy;
        var sql = new StepSql(await Surveyor.LayAsync(policy, cancellationToken), _engine.Dialect);
        return [.. plan.Steps.Select(step => new StepStatements(step, [.. sql.Render(step).Select(s => s.RenderInline(_engine.Dialect).Text)]))];
    }

    public async IAsyncEnumerable<RunEvent> RunAsync(Selection selection, RunOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Desk.Schema.UpgradeAsync(cancellationToken);
        var policies = await SelectAsync(selection, cancellationToken);
        var identity = await _engine.IdentifyAsync(cancellationToken);
        var asOf = options.AsOf ?? Now();
        if (options.AsOf is null && (identity.Now - Now() > s_tolerance || Now() - identity.Now > s_tolerance) && _options.TimeProvider == TimeProvider.System)
            throw new HaltException("VRV302", $"The clocks of this machine ({InstantText.Format(Now())}) and of the database ({InstantText.Format(identity.Now)}) are more than a minute apart: set them right, or say --as-of.");
        if (asOf > (_options.TimeProvider == TimeProvider.System ? identity.Now : Now()) + s_tolerance)
            throw new PolicyException("VRV303", $"{InstantText.Format(asOf)} is in the future: nothing is run as of an instant that has not come. plan may look ahead, run may not.");
        if (options.Plans is { } plans) policies = [.. policies.Where(p => plans.Any(plan => plan.Policy == p.Policy.Name))];
        await Desk.Schema.EnsureAsync(cancellationToken);
        if (options.AuditHead is { } head && !await ReadAsync((s, token) => Desk.Audit.HasAsync(s, head, token), false, cancellationToken))
            throw new HaltException("VRV331", $"No entry of the audit log has the hash {head}: the catalog was restored from an older backup, its log was cut, or the hash is of another database. Nothing was done. varve doctor --audit-head says more.");
        var runner = new Runner(_engine, Desk, Surveyor, _options.TimeProvider, await ActorAsync(cancellationToken), Archives, _options.LoggerFactory?.CreateLogger(Telemetry.Name) ?? NullLogger.Instance);
        await foreach (var happened in runner.RunAsync(policies, options, asOf, cancellationToken)) yield return happened;
    }

    public async Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken)
    {
        List<PolicyStatus> all = [];
        foreach (var policy in await ListAsync(selection, cancellationToken))
        {
            var survey = await Surveyor.SurveyAsync(policy, asOf ?? Now(), cancellationToken);
            var runs = await ReadAsync((s, token) => Desk.Runs.ListAsync(s, policy.Policy.Name, 20, token), [], cancellationToken);
            all.Add(StatusDesk.Of(survey, asOf ?? Now(), runs));
        }

        return all;
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
