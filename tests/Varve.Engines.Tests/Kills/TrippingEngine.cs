using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.Kills;

/// <summary>An engine that dies where a <see cref="Trip"/> says: the real one inside does all the work.</summary>
public sealed class TrippingEngine(IEngine inner, Trip trip) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public async Task<T> TransactAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        trip.Check();
        var result = await inner.TransactAsync(
            (statements, token) => work(new Tripping(statements, trip), token),
            scope,
            cancellationToken
        );
        if (!scope.IsReadOnly)
            trip.Committed();
        return result;
    }

    public Task SettleAsync(CancellationToken cancellationToken)
    {
        trip.Check();
        return inner.SettleAsync(cancellationToken);
    }

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken)
    {
        trip.Check();
        return inner.LeaseAsync(policy, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Tripping(IStatements inner, Trip trip) : IStatements
    {
        public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken)
        {
            trip.Check();
            return inner.DescribeAsync(table, cancellationToken);
        }

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        )
        {
            trip.Check();
            return inner.MeasureAsync(tables, withBytes, cancellationToken);
        }

        public Task BarrierAsync(Before next, CancellationToken cancellationToken)
        {
            trip.Check();
            return inner.BarrierAsync(next, cancellationToken);
        }

        public async Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
        {
            trip.Before();
            var rows = await inner.ExecuteAsync(statement, cancellationToken);
            trip.After();
            return rows;
        }

        public async Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken)
        {
            trip.Before();
            var rows = await inner.QueryAsync(query, cancellationToken);
            trip.After();
            return rows;
        }
    }
}
