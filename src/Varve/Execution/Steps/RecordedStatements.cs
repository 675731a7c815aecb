using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>The statements of a unit of work, each written down before it is run.</summary>
internal sealed class RecordedStatements(IStatements statements, StatementLog log) : IStatements
{
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
    {
        log.Add(statement);
        return statements.ExecuteAsync(statement, cancellationToken);
    }

    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken)
    {
        log.Add(query);
        return statements.QueryAsync(query, cancellationToken);
    }

    public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
        statements.DescribeAsync(table, cancellationToken);

    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => statements.MeasureAsync(tables, withBytes, cancellationToken);

    public Task BarrierAsync(Before next, CancellationToken cancellationToken) => statements.BarrierAsync(next, cancellationToken);

    // Whoever asks then is written down.
    public Task AheadAsync(Ahead next, CancellationToken cancellationToken) => statements.AheadAsync(next, cancellationToken);

    public IStatements Own => statements.Own;

    public void Note(SqlText statement) => log.Add(statement);
}
