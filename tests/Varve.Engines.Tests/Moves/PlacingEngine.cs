using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.Moves;

/// <summary>
/// An engine whose table m.cpu has a part for each day and whose parts move by themselves once they were told to, as those
/// of a cluster do. Where they are stays in <see cref="Parts"/>; all else is done by the engine inside.
/// </summary>
public sealed class PlacingEngine(IEngine inner, Parts parts) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities { get; } = inner.Capabilities with { Relocation = new Moves(parts) };

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        inner.TransactAsync((s, token) => work(new Described(s, parts), token), scope, cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Moves(Parts parts) : Varve.Engines.Relocation
    {
        public override Duration Patience => Duration.FromSeconds(3);

        public override string? Unfit(Place place) => place.Attribute is null ? $"Say which attribute {place.Name} is of." : null;

        public override Task<string?> RefusesAsync(IStatements statements, Place place, CancellationToken cancellationToken) =>
            Task.FromResult(parts.Known.Contains(place.Text) ? null : $"No node has {place.Text}.");

        public override Task<IReadOnlyList<SqlText>> MovingAsync(
            IStatements statements,
            TableName table,
            TimeColumn time,
            TimeRange range,
            Place to,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<SqlText>>([]);

        public override Task<MoveState> MoveAsync(
            IStatements statements,
            TableName table,
            TimeColumn time,
            TimeRange range,
            Place to,
            CancellationToken cancellationToken
        ) => Task.FromResult(parts.Move(range, to));

        public override Task<IReadOnlyList<MoveOrigin>> OriginsAsync(
            IStatements statements,
            TableName table,
            TimeColumn time,
            TimeRange range,
            Place to,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<MoveOrigin>>([new("day", parts.AskedFor(range)?.Name)]);

        public override Task<MoveState> TakeBackAsync(
            IStatements statements,
            TableName table,
            TimeColumn time,
            TimeRange range,
            Place to,
            IReadOnlyList<MoveOrigin> origins,
            CancellationToken cancellationToken
        )
        {
            if (parts.AskedFor(range) == to)
                parts.Put(range, MoveOrigin.Of(origins, "day")!.Place is { } from ? new(from, to.Attribute) : null);
            return Task.FromResult(new MoveState(0, 0, IsDone: true));
        }
    }

    private sealed class Described(IStatements inner, Parts parts) : IStatements
    {
        public async Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
            await inner.DescribeAsync(table, cancellationToken) is { } found
                ? table.Name == "cpu"
                    ? found with
                    {
                        Pieces = new("ts", parts.All),
                    }
                    : found
                : null;

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        ) => inner.MeasureAsync(tables, withBytes, cancellationToken);

        public Task BarrierAsync(Before next, CancellationToken cancellationToken) => inner.BarrierAsync(next, cancellationToken);

        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
            inner.ExecuteAsync(statement, cancellationToken);

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
            inner.QueryAsync(query, cancellationToken);
    }
}
