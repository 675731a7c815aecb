using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>An engine that gives no answer to one of its statements, before or after it did what was asked.</summary>
/// <param name="inner">The real one.</param>
/// <param name="at">Which statement, from 1 on.</param>
/// <param name="isDone">Whether it was done.</param>
public sealed class LosingEngine(IEngine inner, int at, bool isDone) : IEngine
{
    private int _statements;

    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        inner.TransactAsync((s, token) => work(new Losing(this, s), token), scope, cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        var isLost = ++_statements == at;
        if (isLost && !isDone)
            throw Lost();
        var answer = await ask();
        return isLost ? throw Lost() : answer;
    }

    private static EngineException Lost() => new(EngineCodes.Interrupted, "The answer was lost.", isTransient: true);

    private sealed class Losing(LosingEngine engine, IStatements inner) : IStatements
    {
        public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
            inner.DescribeAsync(table, cancellationToken);

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        ) => inner.MeasureAsync(tables, withBytes, cancellationToken);

        public Task BarrierAsync(Before next, CancellationToken cancellationToken) => inner.BarrierAsync(next, cancellationToken);

        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
            engine.AskAsync(() => inner.ExecuteAsync(statement, cancellationToken));

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
            engine.AskAsync(() => inner.QueryAsync(query, cancellationToken));
    }
}
