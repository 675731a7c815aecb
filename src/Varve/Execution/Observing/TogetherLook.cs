using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>
/// Looks at several policies with few questions: in one unit of work, and at once where the engine is told of many tables. Nothing is
/// written, and no lease is taken: what is to be done is looked at again under one.
/// </summary>
internal sealed class TogetherLook(IEngine engine, CatalogStore store, PolicyInspector inspector)
{
    // The shards of so many tables are looked at before and after.
    private const int Most = 100;

    /// <summary>
    /// What was seen, by name. A policy that stands in the way of others, or of which nothing can be seen, is missing: whoever looks
    /// at it by itself is told why.
    /// </summary>
    /// <param name="policies">Which.</param>
    /// <param name="asOf">The planning instant.</param>
    /// <param name="books">What the catalog said of them just now; null where that was not read.</param>
    /// <param name="onlyQuiet">True: policies that have something to do, or of which rows would have to be compared, are missing too.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<string, Inspection>> InspectAsync(
        IReadOnlyList<StoredPolicy> policies,
        Instant asOf,
        CatalogBooks? books,
        bool onlyQuiet,
        CancellationToken cancellationToken
    )
    {
        var seen = new Dictionary<string, Inspection>(StringComparer.Ordinal);
        foreach (var some in policies.Chunk(Most))
        {
            try
            {
                var found = await engine.TransactAsync(
                    (s, token) => SomeAsync(s, some, asOf, books, onlyQuiet, token),
                    Scope.Reading,
                    cancellationToken
                );
                foreach (var inspection in found)
                    seen[inspection.Stored.Policy.Name] = inspection;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One of them cannot be read: each is looked at by itself, and what is wrong with it is told there.
            }
        }

        return seen;
    }

    private async Task<IReadOnlyList<Inspection>> SomeAsync(
        IStatements statements,
        IReadOnlyList<StoredPolicy> policies,
        Instant asOf,
        CatalogBooks? books,
        bool onlyQuiet,
        CancellationToken cancellationToken
    )
    {
        var ledgers = await store.Ledgers.LoadAsync(statements, policies, asOf, books, cancellationToken);
        await statements.AheadAsync(
            new() { Tables = [.. policies.SelectMany(p => PolicyInspector.Tables(p.Policy, ledgers[p.Policy.Name]))] },
            cancellationToken
        );
        List<(StoredPolicy Stored, PolicyLayout Layout, Ledger Ledger)> laid = [];
        foreach (var stored in policies)
        {
            var ledger = ledgers[stored.Policy.Name];
            if (
                await TryAsync<PolicyLayout>(async () => await inspector.ResolveAsync(statements, stored.Policy, cancellationToken)) is
                { } layout
            )
                if (!onlyQuiet || IsQuiet(layout, ledger, asOf))
                    laid.Add((stored, layout, ledger));
        }

        var asked = laid.ConvertAll(l => new Observer(engine, statements, l.Layout).Ahead(l.Ledger));
        await statements.AheadAsync(
            new() { Sizes = [.. asked.SelectMany(a => a.Sizes)], Rows = [.. asked.SelectMany(a => a.Rows)] },
            cancellationToken
        );
        List<Inspection> found = [];
        foreach (var (stored, layout, ledger) in laid)
            if (
                await TryAsync(async () =>
                    onlyQuiet
                        ? await inspector.IdleAsync(statements, stored, layout, ledger, asOf, cancellationToken)
                        : await inspector.InspectAsync(statements, stored, layout, ledger, asOf, cancellationToken)
                ) is
                { } inspection
            )
                found.Add(inspection);
        return found;
    }

    // What a policy is refused for is told where it is looked at by itself.
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (Exception error) when (error is not EngineException and not OperationCanceledException)
        {
            return null;
        }
    }

    private static bool IsQuiet(PolicyLayout layout, Ledger ledger, Instant asOf) =>
        Planner.Watch(layout, ledger, asOf) is { Recheck.IsEmpty: true, Asked.Count: 0 };
}
