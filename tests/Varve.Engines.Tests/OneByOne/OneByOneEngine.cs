using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>
/// An engine without transactions, made of one that has them: every statement is a transaction of its own, is seen at once
/// and stays, whatever happens after it. An order of work that is wrong without transactions is wrong here.
/// </summary>
public sealed class OneByOneEngine(IEngine inner) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities { get; } = inner.Capabilities with { Transactions = false };

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) => inner.DescribeAsync(table, cancellationToken);

    public Task<IReadOnlyList<RelationSize>> MeasureAsync(IReadOnlyList<TableName> tables, bool withBytes, CancellationToken cancellationToken) =>
        inner.MeasureAsync(tables, withBytes, cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, bool readOnly, CancellationToken cancellationToken) =>
        work(new Alone(inner, readOnly), cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<IAsyncDisposable> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Alone(IEngine inner, bool readOnly) : IStatements
    {
        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
            inner.TransactAsync((s, token) => s.ExecuteAsync(statement, token), readOnly, cancellationToken);

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
            inner.TransactAsync((s, token) => s.QueryAsync(query, token), readOnly, cancellationToken);
    }
}
