using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>One database at work: its engine, its catalog, the clock, and who acts. It knows no use case.</summary>
internal sealed class Session
{
    private readonly IEngine _engine;
    private readonly LifecycleOptions _options;
    private AuditActor? _actor;

    public Session(IEngine engine, LifecycleOptions options)
    {
        _engine = engine;
        _options = options;
        Store = new(engine, options.CatalogSchema, options.AuditKey, options.KeepRuns);
        Archives = new(options.Archives, options.ArchiveKinds);
        Inspector = new(engine, Store, Archives);
    }

    public IEngine Engine => _engine;

    /// <summary>True where this machine's clock is the one that runs are planned by.</summary>
    public bool IsSystemClock => _options.TimeProvider == TimeProvider.System;

    /// <summary>The clock of this machine, or the one that a test gives.</summary>
    public TimeProvider Clock => _options.TimeProvider;

    public CatalogStore Store { get; }

    public PolicyInspector Inspector { get; }

    public ArchiveLocations Archives { get; }

    public Instant Now() => Instant.FromDateTimeOffset(_options.TimeProvider.GetUtcNow());

    public async Task<T> ReadAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, T nothing, CancellationToken cancellationToken) =>
        await Store.Schema.ExistsAsync(cancellationToken) ? await _engine.TransactAsync(work, Scope.Reading, cancellationToken) : nothing;

    public Task<T> WriteAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _engine.TransactAsync(work, Scope.Writing, cancellationToken);

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
        return policies.Count + patterns.Count + selection.Names.Count + selection.Tags.Count == 0
            ? []
            : SelectionRules.Select(selection, policies, patterns);
    }

    /// <summary>One stored policy.</summary>
    /// <exception cref="PolicyException">There is none of that name, or it is the name of a pattern.</exception>
    public async Task<StoredPolicy> OneAsync(string policy, CancellationToken cancellationToken)
    {
        // Among thousands, the one that was named is found without reading the others; they are read to say what is wrong.
        if (await ReadAsync((s, token) => Store.Policies.FindAsync(s, policy, token), null, cancellationToken) is { } named)
            return named;
        var found = await SelectAsync(Selection.Of(policy), cancellationToken);
        if (found is [{ Pattern: var pattern } only] && pattern != policy)
            return only;
        throw new PolicyException(
            WorkCodes.OfPattern,
            $"{policy} is a pattern, and this is about one table. {(found.Count == 0 ? "It has none yet: the next run takes up those that it matches" : $"Name one of its policies: {string.Join(", ", found.Take(20).Select(p => p.Policy.Name))}")}."
        );
    }

    /// <summary>A pattern by its name; null where no pattern has it.</summary>
    public async Task<StoredPolicy?> PatternAsync(string name, CancellationToken cancellationToken) =>
        (await StoredAsync(cancellationToken)).Patterns.FirstOrDefault(p => p.Policy.Name == name);

    /// <summary>Every stored policy and every stored pattern.</summary>
    public Task<(IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns)> StoredAsync(
        CancellationToken cancellationToken
    ) => ReadAsync(Store.Policies.InForceAsync, ([], []), cancellationToken);

    /// <summary>The survey of a policy that may not be stored, on a database that may have no catalog.</summary>
    public async Task<Inspection> InspectDraftAsync(StoredPolicy draft, Instant asOf, CancellationToken cancellationToken)
    {
        var (blueprint, ledger) = await BeginningAsync(draft, asOf, cancellationToken);
        return await _engine.TransactAsync(
            (s, token) => Inspector.InspectAsync(s, draft, blueprint, ledger, asOf, token),
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>The same for a plan that there is.</summary>
    public async Task<Inspection> MeetAsync(StoredPolicy draft, Plan plan, CancellationToken cancellationToken)
    {
        var (blueprint, ledger) = await BeginningAsync(draft, plan.AsOf, cancellationToken);
        return await _engine.TransactAsync(
            (s, token) => Inspector.MeetAsync(s, draft, blueprint, ledger, plan, token),
            Scope.Reading,
            cancellationToken
        );
    }

    private async Task<(PolicyLayout Blueprint, Ledger Ledger)> BeginningAsync(
        StoredPolicy draft,
        Instant asOf,
        CancellationToken cancellationToken
    )
    {
        var blueprint = await Inspector.ResolveAsync(draft.Policy, cancellationToken);
        var ledger = await ReadAsync((s, token) => LedgerAsync(s, draft, asOf, token), Ledger.Empty(draft.Hash), cancellationToken);
        var shelf = await Store.ShelfAsync(_engine, cancellationToken);
        return (blueprint, shelf.Begins(draft.Policy) ? ledger.Expired(shelf.InheritedBy(draft.Policy, blueprint.Source)) : ledger);
    }

    /// <summary>The ledger of a policy; of one that is not stored, as it will begin.</summary>
    public async Task<Ledger> LedgerAsync(IStatements statements, StoredPolicy policy, Instant asOf, CancellationToken cancellationToken)
    {
        var ledger = await Store.Ledgers.LoadAsync(statements, policy, asOf, cancellationToken);
        if (policy.Revision > 0)
            return ledger;
        var revisions = (await Store.Policies.RevisionsAsync(statements, cancellationToken))
            .Where(r => r.Policy.Name == policy.Policy.Name)
            .ToList();
        return PolicyChanges.SetsAside([.. revisions.Select(r => r.Policy)], policy.Policy)
            ? ledger.SetAside(revisions[^1].Number + 1)
            : ledger;
    }

    /// <summary>The right to change what is known of a policy, and what was seen of it under that.</summary>
    public async Task<PolicyWork> WorkAsync(StoredPolicy policy, CancellationToken cancellationToken)
    {
        await Store.Schema.UpgradeAsync(cancellationToken);
        return await PolicyWork.BeginAsync(_engine, Inspector, await ExecutorAsync(cancellationToken), policy, Now(), cancellationToken);
    }

    /// <summary>What does single steps outside of a run, or shows them.</summary>
    public async Task<StepExecutor> ExecutorAsync(CancellationToken cancellationToken) =>
        new(_engine, Store, await ActorAsync(cancellationToken), Clock, Archives, new(null));

    /// <summary>Who acts, as the audit log names it.</summary>
    public async Task<AuditActor> ActorAsync(CancellationToken cancellationToken) =>
        _actor ??= new((await _engine.IdentifyAsync(cancellationToken)).User, _options.SystemUser, _options.Host);
}
