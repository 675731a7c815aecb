using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>An engine during one of whose statements somebody does something to the server.</summary>
/// <param name="inner">The real one.</param>
/// <param name="at">Before which statement, from 1 on.</param>
/// <param name="happen">What happens; it is over when the statement is given.</param>
public sealed class EndingEngine(IEngine inner, int at, Func<Task> happen) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    /// <summary>Statements that were given.</summary>
    public int Statements { get; private set; }

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        inner.TransactAsync((s, token) => work(new Ending(this, s), token), scope, cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        if (++Statements == at)
            await happen();
        return await ask();
    }

    private sealed class Ending(EndingEngine engine, IStatements inner) : IStatements
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
