using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <content>What in the database is Varve's, and where the parts of a stitched view meet.</content>
internal sealed partial class LedgerTable
{
    /// <summary>Registers a name as Varve's, before there is anything of that name.</summary>
    public async Task RegisterAsync(
        IStatements statements,
        string policy,
        RelationId relation,
        string kind,
        TableName table,
        Instant at,
        CancellationToken cancellationToken
    )
    {
        var known = await statements.QueryAsync(
            $"SELECT relation FROM {tables.Relations} WHERE policy = {policy} AND {Named(table)}",
            cancellationToken
        );
        if (known.Count > 0)
            return;
        await statements.ExecuteAsync(
            $"INSERT INTO {tables.Relations} (policy, relation, kind, schema_name, name, created_us) VALUES ({policy}, {relation.Text}, {kind}, {table.Schema}, {table.Name}, {Micros.From(at)})",
            cancellationToken
        );
    }

    /// <summary>Forgets that names are Varve's.</summary>
    public async Task UnregisterAsync(IStatements statements, string policy, IEnumerable<OwnTable> own, CancellationToken cancellationToken)
    {
        foreach (var table in own)
            await statements.ExecuteAsync(
                $"DELETE FROM {tables.Relations} WHERE policy = {policy} AND {Named(table.Name)}",
                cancellationToken
            );
    }

    /// <summary>Every relation of Varve's with its policy.</summary>
    public async Task<IReadOnlyList<(string Policy, TableName Table)>> RelationsAsync(
        IStatements statements,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await statements.QueryAsync($"SELECT policy, schema_name, name FROM {tables.Relations}", cancellationToken)).Select(r =>
                (r.Text(0), new TableName(r.TextOrNull(1), r.Text(2)))
            ),
        ];

    /// <summary>Writes the edges of a stitched view for people, and for engines whose views read them.</summary>
    public async Task SaveEdgesAsync(
        IStatements statements,
        string policy,
        IReadOnlyList<StitchPart> parts,
        CancellationToken cancellationToken
    )
    {
        await statements.ExecuteAsync($"DELETE FROM {tables.Edges} WHERE policy = {policy}", cancellationToken);
        if (parts.Count == 0)
            return;
        var rows = parts.Select(p => (SqlText)$"({policy}, {p.Relation.Text}, {Micros.From(p.Range.From)})");
        await statements.ExecuteAsync(
            $"INSERT INTO {tables.Edges} (policy, relation, at_us) VALUES {SqlText.Join(", ", rows)}",
            cancellationToken
        );
    }

    private static SqlText Named(TableName table)
    {
        if (table.Schema is { } schema)
            return $"schema_name = {schema} AND name = {table.Name}";
        return $"schema_name IS NULL AND name = {table.Name}";
    }
}
