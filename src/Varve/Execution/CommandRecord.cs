using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>What a person decided about a policy, and the entry that says so.</summary>
internal sealed class CommandRecord(IEngine engine, CatalogStore store, AuditActor actor, Instant at)
{
    /// <summary>Replaces the ledger, shows it, and appends the entry.</summary>
    public async Task WriteAsync(
        IStatements statements,
        string policy,
        Ledger ledger,
        string action,
        JsonObject facts,
        CancellationToken cancellationToken
    )
    {
        if (!engine.Capabilities.Transactions)
        {
            facts["ledger"] = ledger.Version + 1;
            ledger = ledger with { Pending = new(action, facts.ToJsonString()) };
        }

        ledger = await store.Ledgers.SaveAsync(statements, policy, ledger, cancellationToken);
        await store.Ledgers.ShowAsync(statements, policy, ledger, cancellationToken);
        await store.Audit.AppendAsync(statements, actor, at, action, policy, facts, cancellationToken);
    }
}
