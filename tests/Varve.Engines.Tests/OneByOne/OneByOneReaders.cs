using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>
/// Somebody reads the stitched view after each statement of a run. Where each statement is seen at once, the order of work
/// decides what is read: the views move before rows go.
/// </summary>
public sealed class OneByOneReaders
{
    private static readonly SourceTable s_table = new(
        new("m", "cpu"),
        "ts",
        TimeKind.Timestamp,
        [new("host", ValueKind.Text), new("v", ValueKind.Double)]
    );

    [Theory]
    [InlineData("tiers: [{ every: 1h }]")]
    [InlineData("tiers: [{ every: 1h, keep: 5d }, { every: 1d, keep: 12d }, { every: 1w }]")]
    [InlineData("zone: Europe/Berlin\ntiers: [{ every: 1h, keep: 5d }, { every: 1d, keep: 12d }, { every: 1w }]")]
    public async Task No_row_is_missed_or_counted_twice_while_a_run_works(string tiers)
    {
        await using var db = OneByOneMemory.New();
        var from = InstantText.Parse("2025-01-01");
        var story = await Story.BeginAsync(
            db,
            s_table,
            $"table: m.cpu\ntime: ts\nseries: [host]\nmeasures: {{ v: [count] }}\nkeep: 3d\n{tiers}\n",
            [.. Enumerable.Range(0, 30 * 24).Select(i => SourceRow.Of(from + NodaTime.Duration.FromHours(i), "a", 1.0))]
        );
        await story.RunWellAsync("2025-01-11");
        await using var database = await db.OpenAsync();
        var reader = new Reader(database.Engine);
        var lifecycle = new Lifecycle(
            new Database(reader, database.Name),
            new() { TimeProvider = new SettableTime(InstantText.Parse("2025-01-31")) }
        );
        var outcome = await RunOutcome.OfAsync(lifecycle, new() { AsOf = InstantText.Parse("2025-01-31"), Yes = true });
        Assert.Empty(outcome.Errors);
        Assert.Contains(outcome.Done, s => s is PlanStep.Expire);
        Assert.InRange(reader.Seen.Count, 20, 2000);
        Assert.All(reader.Seen, seen => Assert.True(seen.Rows == 30 * 24, $"{seen.Rows} rows after {seen.Statement}"));
    }

    private sealed class Reader(IEngine inner) : IEngine
    {
        public List<(string Statement, long Rows)> Seen { get; } = [];

        public Dialect Dialect => inner.Dialect;

        public Capabilities Capabilities => inner.Capabilities;

        public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

        public Task<T> TransactAsync<T>(
            Func<IStatements, CancellationToken, Task<T>> work,
            Scope scope,
            CancellationToken cancellationToken
        ) => inner.TransactAsync((s, token) => work(new Watched(this, s), token), scope, cancellationToken);

        public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

        public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Watched(Reader reader, IStatements statements) : IStatements
        {
            public async Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
            {
                var rows = await statements.ExecuteAsync(statement, cancellationToken);
                var all = await statements.QueryAsync(
                    $"SELECT CAST(sum(varve_rows) AS BIGINT) FROM {new TableName("m", "cpu_all")}",
                    cancellationToken
                );
                reader.Seen.Add((statement.RenderInline(reader.Dialect).Text, all[0].Long(0)));
                return rows;
            }

            public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
                statements.QueryAsync(query, cancellationToken);

            public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
                statements.DescribeAsync(table, cancellationToken);

            public Task<IReadOnlyList<RelationSize>> MeasureAsync(
                IReadOnlyList<TableName> tables,
                bool withBytes,
                CancellationToken cancellationToken
            ) => statements.MeasureAsync(tables, withBytes, cancellationToken);

            public Task BarrierAsync(Before next, CancellationToken cancellationToken) => statements.BarrierAsync(next, cancellationToken);
        }
    }
}
