using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Applying;

/// <summary>Which table is whose: the one rule by which a table has a policy, or nobody keeps it.</summary>
internal sealed class KeptTables(Session session)
{
    /// <summary>Every table that could be the source of a policy, by schema and name; none of Varve's own.</summary>
    public async Task<IReadOnlyList<KeptTable>> ListAsync(CancellationToken cancellationToken)
    {
        var roster = await new PolicySelector(session).RosterAsync(cancellationToken);
        List<(string Policy, TableName Table)> kept =
        [
            .. roster.Stored.Select(p => (p.Policy.Name, p.Policy.Table)),
            .. roster.Reports(Selection.All).SelectMany(r => r.Tables.Select(t => (r.Stored.Policy.Name, t))),
        ];
        var own = await session.ReadAsync(session.Store.Ledgers.RelationsAsync, [], cancellationToken);
        return await session.Engine.TransactAsync(ListAsync, Scope.Reading, cancellationToken);

        async Task<IReadOnlyList<KeptTable>> ListAsync(IStatements statements, CancellationToken token)
        {
            var schema = (await statements.QueryAsync(TablesSql.DefaultSchema(session.Engine.Dialect), token))[0].Text(0);
            return Of(await session.Store.BaseTablesAsync(statements, token), kept, own, schema, session.Engine.Capabilities.IgnoresCase);
        }
    }

    /// <summary>The same of what is known.</summary>
    /// <param name="tables">The tables, each with its schema.</param>
    /// <param name="kept">Tables that policies and patterns name; the first of a table is its.</param>
    /// <param name="own">Relations of Varve's own.</param>
    /// <param name="schema">The schema of a table that is named without one.</param>
    /// <param name="ignoresCase">True where names that differ in case only are one name.</param>
    public static IReadOnlyList<KeptTable> Of(
        IReadOnlyList<TableName> tables,
        IReadOnlyList<(string Policy, TableName Table)> kept,
        IReadOnlyList<(string Policy, TableName Table)> own,
        string schema,
        bool ignoresCase
    )
    {
        var comparer = ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var policies = kept.ToLookup(k => Whole(k.Table), k => k.Policy, comparer);
        var owned = own.Select(o => Whole(o.Table)).ToHashSet(comparer);
        return [.. tables.Where(t => !owned.Contains(Whole(t))).Select(t => new KeptTable(t, policies[Whole(t)].FirstOrDefault()))];

        string Whole(TableName table) => (table.Schema is null ? new(schema, table.Name) : table).Text;
    }
}
