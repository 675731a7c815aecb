using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>
/// Statements that are written down and not run. What the catalogs of Varve and of the engine say is read; no table of a
/// policy is: it answers as one that is as the ledger says, so that nothing differs and nothing is left to be counted.
/// </summary>
/// <param name="statements">The unit of work.</param>
/// <param name="log">Where they are written down.</param>
/// <param name="hasCatalog">False where there is no catalog yet: it has nothing to say then.</param>
internal sealed class RehearsedStatements(IStatements statements, StatementLog log, bool hasCatalog) : IStatements
{
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
    {
        log.Add(statement);
        return Task.FromResult(0L);
    }

    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        log.Add(query) || (!hasCatalog && query.Relations.Any())
            ? Task.FromResult<IReadOnlyList<Row>>([])
            : statements.QueryAsync(query, cancellationToken);

    public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
        Task.FromResult<TableDescription?>(null);

    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<RelationSize>>([]);

    public Task BarrierAsync(Before next, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Note(SqlText statement) => log.Add(statement);
}
