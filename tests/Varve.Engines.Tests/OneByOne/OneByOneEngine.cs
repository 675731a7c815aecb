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

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        work(new Alone(inner, scope), cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Alone(IEngine inner, Scope scope) : IStatements
    {
        public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
            inner.TransactAsync((s, token) => s.DescribeAsync(table, token), Scope.Reading, cancellationToken);

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        ) => inner.TransactAsync((s, token) => s.MeasureAsync(tables, withBytes, token), Scope.Reading, cancellationToken);

        public Task BarrierAsync(Before next, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
            inner.TransactAsync((s, token) => s.ExecuteAsync(statement, token), scope, cancellationToken);

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
            inner.TransactAsync((s, token) => s.QueryAsync(query, token), scope, cancellationToken);
    }
}
