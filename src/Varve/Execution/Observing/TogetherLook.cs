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

    // Where so many looks fail it is the database that does, and not some tables of it.
    private const int MostFailures = 12;

    /// <summary>
    /// What was seen, by name. A policy that stands in the way of others, or of which nothing can be seen, is missing: whoever looks
    /// at it by itself is told why, and the others are looked at together all the same.
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
        var failures = 0;
        var left = new Stack<IReadOnlyList<StoredPolicy>>(policies.Chunk(Most).Reverse());
        while (left.TryPop(out var some))
        {
            var look = new Progress();
            try
            {
                await engine.TransactAsync(
                    async (s, token) =>
                    {
                        // The engine may begin a unit of work again.
                        look = new();
                        await SomeAsync(s, some, asOf, books, onlyQuiet, look, token);
                        return true;
                    },
                    Scope.Reading,
                    cancellationToken
                );
                look.AddTo(seen);
            }
            catch (EngineException error) when (error.Code != EngineCodes.Lost && ++failures < MostFailures)
            {
                // Without transactions nothing was seen for certain before the last look at what is there.
                if (engine.Capabilities.Transactions)
                    look.AddTo(seen);
                foreach (var rest in look.Rest(some, isKept: engine.Capabilities.Transactions))
                    left.Push(rest);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Nobody can say which of them it was: each is looked at by itself, and what is wrong is told there.
                break;
            }
        }

        return seen;
    }

    private async Task SomeAsync(
        IStatements statements,
        IReadOnlyList<StoredPolicy> policies,
        Instant asOf,
        CatalogBooks? books,
        bool onlyQuiet,
        Progress look,
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
            look.At = stored.Policy.Name;
            if (
                await TryAsync<PolicyLayout>(async () => await inspector.ResolveAsync(statements, stored.Policy, cancellationToken)) is
                { } layout
            )
                if (!onlyQuiet || IsQuiet(layout, ledger, asOf))
                    laid.Add((stored, layout, ledger));
        }

        look.At = null;
        var asked = laid.ConvertAll(l => new Observer(engine, statements, l.Layout).Ahead(l.Ledger));
        await statements.AheadAsync(
            new() { Sizes = [.. asked.SelectMany(a => a.Sizes)], Rows = [.. asked.SelectMany(a => a.Rows)] },
            cancellationToken
        );
        foreach (var (stored, layout, ledger) in laid)
        {
            look.At = stored.Policy.Name;
            look.Add(
                stored.Policy.Name,
                await TryAsync(async () =>
                    onlyQuiet
                        ? await inspector.IdleAsync(statements, stored, layout, ledger, asOf, cancellationToken)
                        : await inspector.InspectAsync(statements, stored, layout, ledger, asOf, cancellationToken)
                )
            );
        }

        // What is asked at the end of a unit of work is asked of all of them.
        look.At = null;
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

    /// <summary>How far a look at several policies came.</summary>
    private sealed class Progress
    {
        private readonly Dictionary<string, Inspection?> _done = new(StringComparer.Ordinal);

        /// <summary>The one that is looked at now, by itself; null while all of them are.</summary>
        public string? At { get; set; }

        public void Add(string policy, Inspection? inspection) => _done[policy] = inspection;

        public void AddTo(Dictionary<string, Inspection> seen)
        {
            foreach (var (policy, inspection) in _done)
                if (inspection is not null)
                    seen[policy] = inspection;
        }

        /// <summary>
        /// What is still to be looked at after one of them failed: all but that one where it is known, else each half by itself,
        /// until the one is found.
        /// </summary>
        /// <param name="policies">All of them.</param>
        /// <param name="isKept">True where what was done is not done again.</param>
        public IEnumerable<IReadOnlyList<StoredPolicy>> Rest(IReadOnlyList<StoredPolicy> policies, bool isKept)
        {
            List<StoredPolicy> rest = [.. policies.Where(p => p.Policy.Name != At && !(isKept && _done.ContainsKey(p.Policy.Name)))];
            if (At is null && rest.Count == policies.Count)
                return policies.Count == 1 ? [] : rest.Chunk((rest.Count + 1) / 2);
            return rest.Count == 0 ? [] : [rest];
        }
    }
}
