using System.Diagnostics;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Benchmarks;

/// <summary>An engine that says where the time goes: the statements by what they are for, and the ends of transactions.</summary>
internal sealed class TimedEngine(IEngine inner, Tally tally) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) =>
        tally.OfAsync(
            "checkpoint",
            async () =>
            {
                await inner.SettleAsync(cancellationToken);
                return 0;
            }
        );

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public async Task<T> TransactAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        var inside = 0.0;
        var begun = Stopwatch.GetTimestamp();
        var result = await inner.TransactAsync(
            async (statements, token) =>
            {
                var entered = Stopwatch.GetTimestamp();
                var answer = await work(new Statements(statements, Dialect, tally), token);
                inside = Stopwatch.GetElapsedTime(entered).TotalSeconds;
                return answer;
            },
            scope,
            cancellationToken
        );
        tally.Add("begin and commit", Stopwatch.GetElapsedTime(begun).TotalSeconds - inside);
        return result;
    }

    private static string PartOf(string sql) =>
        sql.Contains("FULL JOIN", StringComparison.Ordinal) ? "compare"
        : sql.StartsWith("INSERT INTO \"main\"", StringComparison.Ordinal) ? "build"
        : sql.StartsWith("DELETE FROM \"main\"", StringComparison.Ordinal) ? "remove"
        : sql.StartsWith("SELECT count(*) FROM \"main\"", StringComparison.Ordinal)
        || sql.Contains("sum(\"varve_rows\")", StringComparison.Ordinal)
            ? "verify"
        : sql.Contains("\"varve\".", StringComparison.Ordinal) ? "catalog"
        : sql.StartsWith("CREATE", StringComparison.Ordinal) ? "definitions"
        : "observe";

    private sealed class Statements(IStatements inner, Dialect dialect, Tally tally) : IStatements
    {
        public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
            tally.OfAsync("observe", () => inner.DescribeAsync(table, cancellationToken));

        public Task<IReadOnlyList<RelationSize>> MeasureAsync(
            IReadOnlyList<TableName> tables,
            bool withBytes,
            CancellationToken cancellationToken
        ) => tally.OfAsync("observe", () => inner.MeasureAsync(tables, withBytes, cancellationToken));

        public Task BarrierAsync(Before next, CancellationToken cancellationToken) => inner.BarrierAsync(next, cancellationToken);

        public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
            tally.OfAsync(PartOf(statement.RenderInline(dialect).Text), () => inner.ExecuteAsync(statement, cancellationToken));

        public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
            tally.OfAsync(PartOf(query.RenderInline(dialect).Text), () => inner.QueryAsync(query, cancellationToken));
    }
}
