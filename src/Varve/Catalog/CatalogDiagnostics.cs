using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>A relation as the catalog has it.</summary>
/// <param name="Policy">Whose.</param>
/// <param name="Relation">A tier's id, or the stitched view.</param>
/// <param name="Kind">states, view or stitched.</param>
/// <param name="Table">Its name.</param>
internal sealed record OwnRelation(string Policy, RelationId Relation, string Kind, TableName Table);

/// <summary>What a diagnosis reads of the catalog, and nobody else.</summary>
internal sealed class CatalogDiagnostics(CatalogTables tables)
{
    public async Task<IReadOnlyList<OwnRelation>> RelationsAsync(IStatements statements, CancellationToken cancellationToken) =>
        [
            .. (
                await statements.QueryAsync(
                    $"SELECT policy, relation, kind, schema_name, name FROM {tables.Relations} ORDER BY policy, relation, kind",
                    cancellationToken
                )
            ).Select(r => new OwnRelation(r.Text(0), new(r.Text(1)), r.Text(2), new(r.TextOrNull(3), r.Text(4)))),
        ];

    /// <summary>The edges of a stitched view, oldest first.</summary>
    public async Task<IReadOnlyList<(RelationId Relation, Instant At)>> EdgesAsync(
        IStatements statements,
        string policy,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await statements.QueryAsync(
                    $"SELECT relation, at_us FROM {tables.Edges} WHERE policy = {policy} ORDER BY at_us",
                    cancellationToken
                )
            ).Select(r => (new RelationId(r.Text(0)), Micros.ToInstant(r.Long(1)))),
        ];

    /// <summary>Whether the tables that people read show what a ledger says.</summary>
    public Task<bool> ShowsAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken) =>
        new LedgerProjection(tables).AgreesAsync(statements, policy, ledger, cancellationToken);

    /// <summary>Runs that never ended, with how many of their steps had begun and were not done.</summary>
    public async Task<IReadOnlyList<(string Run, string Policy, Instant Started, long Steps)>> OpenRunsAsync(
        IStatements statements,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await statements.QueryAsync(
                    $"""
                    SELECT r.run, r.policy, r.started_us, (SELECT count(*) FROM {tables.Steps} s WHERE s.run = r.run AND s.status = {"running"})
                    FROM {tables.Runs} r WHERE r.status = {"running"} ORDER BY r.started_us
                    """,
                    cancellationToken
                )
            ).Select(r => (r.Text(0), r.Text(1), Micros.ToInstant(r.Long(2)), r.Long(3))),
        ];
}
