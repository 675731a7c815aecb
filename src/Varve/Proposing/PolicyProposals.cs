using Varve.Applying;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;

namespace Varve.Proposing;

/// <summary>
/// Proposals for tables of the database: each is checked as if it had been applied, so that none is handed out that would be
/// refused.
/// </summary>
internal sealed class PolicyProposals(IEngine engine, Session session, PolicyChecker check)
{
    /// <summary>Tables that are not Varve's own.</summary>
    public async Task<IReadOnlyList<TableName>> TablesAsync(CancellationToken cancellationToken)
    {
        var (_, own, tables) = await KnownAsync(cancellationToken);
        return [.. tables.Where(t => !own.Contains(t))];
    }

    /// <exception cref="PolicyException">There is no such table, or no proposal for it.</exception>
    public async Task<PolicyDraft> ProposeAsync(TableName table, ProposalChoices choices, CancellationToken cancellationToken)
    {
        var (names, _, tables) = await KnownAsync(cancellationToken);
        return await OneAsync(table, choices, names, tables, cancellationToken);
    }

    /// <summary>One outcome for each table that is not Varve's own, by schema and name.</summary>
    public async Task<IReadOnlyList<ProposalOutcome>> ProposeAllAsync(CancellationToken cancellationToken)
    {
        var (names, own, tables) = await KnownAsync(cancellationToken);
        List<ProposalOutcome> outcomes = [];
        foreach (var table in tables.Where(t => !own.Contains(t)))
        {
            try
            {
                var draft = await OneAsync(table, new(), names, tables, cancellationToken);
                names.Add(draft.Policy);
                outcomes.Add(new(table, draft, null));
            }
            catch (PolicyException refused)
            {
                outcomes.Add(new(table, null, refused.Problems.Count > 0 ? refused.Problems[0] : new(refused.Code, refused.Message)));
            }
            catch (EngineException failed) when (!failed.IsTransient)
            {
                outcomes.Add(new(table, null, new(failed.Code, failed.Message)));
            }
        }

        return outcomes;
    }

    private async Task<PolicyDraft> OneAsync(
        TableName table,
        ProposalChoices choices,
        HashSet<string> names,
        IReadOnlyList<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        var description =
            await Look.DescribeAsync(engine, table, cancellationToken)
            ?? throw new PolicyException([
                LayoutRules.NoTable(
                    new Policy
                    {
                        Name = table.Text,
                        Table = table,
                        Time = "",
                    },
                    tables
                ),
            ]);
        var shelf = await check.ShelfAsync(cancellationToken);
        if (await check.BelongsAsync(description.Table, "", shelf, cancellationToken) is { } belongs)
            throw new PolicyException([belongs]);
        var name = names.Contains(description.Table.Name) ? description.Table.Text : description.Table.Name;
        var draft = await engine.TransactAsync(
            (statements, token) => new Proposer(engine, session.Now()).ProposeAsync(statements, description, name, choices, token),
            Scope.Reading,
            cancellationToken
        );
        var checks = await check.CheckAsync(PolicyYaml.Parse(draft.Yaml, "")[0], shelf, cancellationToken);
        List<Problem> refused = [.. checks.Errors.Select(p => p with { Position = null })];
        return refused.Count == 0 ? draft : throw new PolicyException(refused);
    }

    private async Task<(HashSet<string> Names, HashSet<TableName> Own, IReadOnlyList<TableName> Tables)> KnownAsync(
        CancellationToken cancellationToken
    )
    {
        var stored = await session.ReadAsync(session.Store.Policies.ListAsync, [], cancellationToken);
        var own = await session.ReadAsync(session.Store.Ledgers.RelationsAsync, [], cancellationToken);
        var tables = await engine.TransactAsync(session.Store.BaseTablesAsync, Scope.Reading, cancellationToken);
        return (new(stored.Select(s => s.Policy.Name), StringComparer.Ordinal), [.. own.Select(o => o.Table)], tables);
    }
}
