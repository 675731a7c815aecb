using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>
/// The policies of a run of which nothing is to be done, found with few questions for all of them and without a lease. What is
/// decided here is that, and nothing else: whatever has a step, a question to a person or a trace of a run that did not end goes
/// the whole way.
/// </summary>
internal sealed class QuietPolicies(IEngine engine, CatalogStore store, PolicyInspector inspector)
{
    // One policy by itself is looked at under its lease at once.
    private const int Few = 2;

    /// <summary>What was seen of them, by name; none where the engine has no way to ask for many at once.</summary>
    public async Task<IReadOnlyDictionary<string, Inspection>> FindAsync(
        IReadOnlyList<StoredPolicy> policies,
        Instant asOf,
        CancellationToken cancellationToken
    )
    {
        var quiet = new Dictionary<string, Inspection>(StringComparer.Ordinal);
        if (!engine.Capabilities.AsksAhead || policies.Count < Few)
            return quiet;
        var seen = await new TogetherLook(engine, store, inspector).InspectAsync(
            policies,
            asOf,
            books: null,
            onlyQuiet: true,
            cancellationToken
        );
        foreach (var (name, inspection) in seen.Where(s => IsQuiet(s.Value)))
            quiet[name] = inspection;
        if (quiet.Count == 0)
            return quiet;
        var (unended, relations) = await engine.TransactAsync(UnendedAsync, Scope.Reading, cancellationToken);
        foreach (var name in unended)
            quiet.Remove(name);

        // A table that another policy of this run writes to is looked at after that.
        var busy = policies.Select(p => p.Policy.Name).Where(p => !quiet.ContainsKey(p)).ToHashSet(StringComparer.Ordinal);
        var written = relations.Where(r => busy.Contains(r.Policy)).Select(r => r.Table).ToHashSet();
        foreach (var (name, inspection) in quiet.Where(q => written.Contains(q.Value.Blueprint.Source)).ToList())
            quiet.Remove(name);
        return quiet;
    }

    private async Task<(IReadOnlySet<string> Unended, IReadOnlyList<(string Policy, Policies.TableName Table)> Relations)> UnendedAsync(
        IStatements statements,
        CancellationToken cancellationToken
    )
    {
        var unended = new HashSet<string>(await store.Runs.RunningAsync(statements, cancellationToken), StringComparer.Ordinal);
        unended.UnionWith((await store.Archives.BegunAsync(statements, cancellationToken)).Select(p => p.Policy));
        return (unended, await store.Ledgers.RelationsAsync(statements, cancellationToken));
    }

    private static bool IsQuiet(Inspection seen) =>
        seen is { Doubt: null, Plan: { Steps.Count: 0, Brake: null, Failure: null } }
        && CatalogSigns.Halt(seen.Blueprint, seen.State) is null
        && !UnfinishedWork.Is(seen.State.Ledger)
        && !BrokenTier.Is(seen.State.Ledger)
        && !PolicyRun.IsToWrite(seen);
}
