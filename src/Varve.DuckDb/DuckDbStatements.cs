using DuckDB.NET.Data;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Statements on the one connection. The driver blocks, and so do they: on a worker thread, where the engine put the whole
/// transaction. Cancelling interrupts DuckDB.
/// </summary>
internal sealed class DuckDbStatements(
    DuckDBConnection connection,
    DuckDbDialect dialect,
    DuckDbObserver observer,
    string database,
    bool isReadOnly = false
) : IStatements
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    // What is only read stays as it was when the transaction began.
    private readonly Dictionary<TableName, TableDescription?>? _described = isReadOnly ? [] : null;

    /// <summary>True once all relations were listed, where nothing can change them before the transaction ends.</summary>
    public bool HasListed { get; private set; }

    /// <summary>All relations were listed.</summary>
    public void Listed() => HasListed = isReadOnly;

    /// <summary>False once the transaction has ended.</summary>
    public bool IsOpen { get; set; } = true;

    /// <inheritdoc/>
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
        RunAsync(statement, command => (long)command.ExecuteNonQuery(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        RunAsync(query, DuckDbCommands.Read, cancellationToken);

    /// <inheritdoc/>
    public async Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken)
    {
        if (_described?.TryGetValue(table, out var same) == true)
            return same;
        var described = await observer.DescribeAsync(this, dialect, table, cancellationToken);
        if (described is { IsView: false })
            foreach (var room in dialect.Room(described.Columns.Count))
                await ExecuteAsync(room, cancellationToken);
        _described?.Add(table, described);
        if (described is not null)
            _described?.TryAdd(described.Table, described);
        return described;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => observer.MeasureAsync(this, dialect, tables, withBytes, cancellationToken);

    /// <inheritdoc/>
    public Task BarrierAsync(Before next, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<T> RunAsync<T>(SqlText statement, Func<DuckDBCommand, T> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (!IsOpen)
            throw new InvalidOperationException("The transaction of these statements has ended.");
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var command = DuckDbCommands.Make(connection, DuckDbCommands.Render(statement, dialect));
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var interrupt = Task.CompletedTask;
            await using (cancellationToken.Register(() => interrupt = InterruptAsync(command, ended.Task)))
            {
                try
                {
                    return call(command);
                }
                finally
                {
                    ended.SetResult();
                    await interrupt;
                }
            }
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && DuckDbErrors.IsInterrupt(error))
        {
            throw new OperationCanceledException(
                "The statement was interrupted and its transaction rolled back.",
                error,
                cancellationToken
            );
        }
        catch (Exception error) when (DuckDbErrors.Read(error, database) is { } known)
        {
            throw known;
        }
    }

    /// <summary>An interrupt that comes before DuckDB has begun is lost, so it is repeated until the statement ends.</summary>
    private static async Task InterruptAsync(DuckDBCommand command, Task ended)
    {
        while (!ended.IsCompleted)
        {
            command.Cancel();
            await Task.WhenAny(ended, Task.Delay(s_again));
        }
    }
}
