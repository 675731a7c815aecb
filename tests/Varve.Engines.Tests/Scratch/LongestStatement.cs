using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>An engine that knows how long the longest of its queries was, in characters, and how much it was asked.</summary>
public sealed class LongestStatement(IEngine inner) : IEngine
{
    public int Length { get; private set; }

    /// <summary>Statements and looks at tables.</summary>
    public int Count { get; private set; }

    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        inner.TransactAsync((s, token) => work(new Measured(this, s), token), scope, cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Measured(LongestStatement engine, IStatements inner) : IStatements
    {
        public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken)
        {
            engine.Count++;
            return inner.DescribeAsync(table, cancellationToken);
        }

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        )
        {
            engine.Count++;
            return inner.MeasureAsync(tables, withBytes, cancellationToken);
        }

        public Task BarrierAsync(Before next, CancellationToken cancellationToken) => inner.BarrierAsync(next, cancellationToken);

        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
        {
            engine.Count++;
            return inner.ExecuteAsync(statement, cancellationToken);
        }

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken)
        {
            engine.Count++;
            engine.Length = Math.Max(engine.Length, query.Render(engine.Dialect).Text.Length);
            return inner.QueryAsync(query, cancellationToken);
        }
    }
}
