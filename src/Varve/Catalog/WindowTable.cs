using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// Which windows of recurrent queries were done. It stands in the database that they are done in, so that rows and the record
/// of them are one transaction, where there are any: a window whose answer was lost counts once.
/// </summary>
internal sealed class WindowTable(string schema)
{
    private readonly TableName _table = new(schema, "query_windows");

    /// <summary>Makes it where it is not there.</summary>
    public async Task EnsureAsync(IEngine engine, CancellationToken cancellationToken)
    {
        if (await Look.DescribeAsync(engine, _table, cancellationToken) is not null)
            return;
        await engine.TransactAsync(
            async (statements, token) =>
            {
                if (engine.Dialect.MakeSchema(schema) is { } made)
                    await statements.ExecuteAsync(made, token);
                await statements.ExecuteAsync(Make(engine.Dialect), token);
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    /// <summary>Windows of a query that share an instant with a range, oldest first.</summary>
    public async Task<IReadOnlyList<DoneWindow>> ListAsync(
        IStatements statements,
        string query,
        TimeRange range,
        CancellationToken cancellationToken
    ) => Read(await statements.QueryAsync(Of(query, range), cancellationToken));

    /// <summary>Those of a database that may not have the table yet.</summary>
    public async Task<IReadOnlyList<DoneWindow>> ListAsync(
        IEngine engine,
        string query,
        TimeRange range,
        CancellationToken cancellationToken
    ) =>
        await Look.DescribeAsync(engine, _table, cancellationToken) is null
            ? []
            : await engine.TransactAsync(
                (statements, token) => ListAsync(statements, query, range, token),
                Scope.Reading,
                cancellationToken
            );

    /// <summary>Forgets windows that are done anew.</summary>
    public Task<long> RemoveAsync(IStatements statements, string query, TimeRange range, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(Forget(query, range), cancellationToken);

    /// <summary>Writes a window down.</summary>
    public Task<long> AddAsync(IStatements statements, string query, DoneWindow window, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(Done(query, window), cancellationToken);

    /// <summary>The table.</summary>
    internal SqlText Make(Dialect dialect) =>
        $"""
            CREATE TABLE IF NOT EXISTS {_table} (query VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, row_count BIGINT NOT NULL, revision INTEGER NOT NULL,
            run VARCHAR NOT NULL, done_by VARCHAR NOT NULL, done_us BIGINT NOT NULL{dialect.Key([
                new("query"),
                new("from_us"),
                new("to_us"),
            ])}){dialect.FewRows}
            """;

    /// <summary>Windows that share an instant with a range.</summary>
    internal SqlText Of(string query, TimeRange range) =>
        $"""
            SELECT from_us, to_us, row_count, revision, run, done_by, done_us FROM {_table}
            WHERE query = {query} AND from_us < {Micros(range.To)} AND to_us > {Micros(range.From)} ORDER BY from_us
            """;

    /// <summary>That they were done is forgotten.</summary>
    internal SqlText Forget(string query, TimeRange range) =>
        $"DELETE FROM {_table} WHERE query = {query} AND from_us < {Micros(range.To)} AND to_us > {Micros(range.From)}";

    /// <summary>A window was done.</summary>
    internal SqlText Done(string query, DoneWindow window) =>
        $"""
            INSERT INTO {_table} (query, from_us, to_us, row_count, revision, run, done_by, done_us)
            VALUES ({query}, {Micros(window.Range.From)}, {Micros(window.Range.To)}, {window.Rows}, {(long)
                window.Revision}, {window.Run}, {window.DoneBy}, {Micros(window.DoneAt)})
            """;

    private static IReadOnlyList<DoneWindow> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new DoneWindow(
                new(At(r.Long(0)), At(r.Long(1))),
                r.Long(2),
                (int)r.Long(3),
                r.Text(4),
                r.Text(5),
                At(r.Long(6))
            )),
        ];

    // An end that is open is further away than any window.
    private static long Micros(Instant at) =>
        at == Instant.MinValue ? long.MinValue
        : at == Instant.MaxValue ? long.MaxValue
        : (at - NodaConstants.UnixEpoch).BclCompatibleTicks / 10;

    private static Instant At(long micros) => NodaConstants.UnixEpoch + Duration.FromTicks(micros * 10);
}

/// <summary>A window of a recurrent query that was done.</summary>
/// <param name="Range">The window.</param>
/// <param name="Rows">How many rows it gave, or changed.</param>
/// <param name="Revision">The revision of the query.</param>
/// <param name="Run">The run that did it.</param>
/// <param name="DoneBy">Who asked for it.</param>
/// <param name="DoneAt">When.</param>
internal sealed record DoneWindow(TimeRange Range, long Rows, int Revision, string Run, string DoneBy, Instant DoneAt);
