using Npgsql;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>Statements of one connection. Cancelling asks the server to stop the statement.</summary>
internal sealed class PostgreSqlStatements(NpgsqlConnection connection, PostgreSqlDialect dialect, string database) : IStatements
{
    /// <summary>The connection that they go through.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>What the database is called in messages.</summary>
    public string Database => database;

    /// <summary>False once the transaction has ended.</summary>
    public bool IsOpen { get; set; } = true;

    /// <inheritdoc/>
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
        RunAsync(statement, async command => Math.Max(0L, await command.ExecuteNonQueryAsync(cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        RunAsync(query, command => PostgreSqlCommands.ReadAsync(command, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
        new PostgreSqlObserver(dialect).DescribeAsync(this, table, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => new PostgreSqlObserver(dialect).MeasureAsync(this, tables, withBytes, cancellationToken);

    /// <inheritdoc/>
    public Task BarrierAsync(Before next, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The columns of a query, which is not run.</summary>
    public Task<IReadOnlyList<Column>> ColumnsAsync(SqlText query, CancellationToken cancellationToken) =>
        RunAsync(query, command => PostgreSqlCommands.ColumnsAsync(command, cancellationToken), cancellationToken);

    /// <summary>Rows that leave by a copy, one after the other.</summary>
    public Task<int> ExportAsync(SqlText copy, Func<NpgsqlBinaryExporter, Task> take, CancellationToken cancellationToken) =>
        RunAsync(
            copy,
            async command =>
            {
                await using var exporter = await connection.BeginBinaryExportAsync(command.CommandText, cancellationToken);
                await take(exporter);
                return 0;
            },
            cancellationToken
        );

    private async Task<T> RunAsync<T>(SqlText statement, Func<NpgsqlCommand, Task<T>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (!IsOpen)
            throw new InvalidOperationException("The transaction of these statements has ended.");
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await using var command = PostgreSqlCommands.Make(connection, PostgreSqlCommands.Render(statement, dialect));
            return await call(command);
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && PostgreSqlErrors.IsInterrupt(error))
        {
            throw new OperationCanceledException(
                "The statement was interrupted and its transaction rolled back.",
                error,
                cancellationToken
            );
        }
        catch (Exception error) when (PostgreSqlErrors.Read(error, database) is { } known)
        {
            throw known;
        }
    }
}
