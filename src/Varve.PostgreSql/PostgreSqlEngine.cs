using Npgsql;
using Varve.Engines;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>
/// A PostgreSQL server: each transaction has a connection of the pool for itself and one snapshot, so that what is proven is
/// what is removed.
/// </summary>
internal sealed class PostgreSqlEngine(
    NpgsqlDataSource source,
    PostgreSqlDialect dialect,
    string name,
    PostgreSqlOptions options,
    IAsyncDisposable? owned
) : IEngine
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(250);

    private readonly AsyncLocal<PostgreSqlStatements?> _open = new();

    /// <summary>What it is called in messages.</summary>
    public string DisplayName => name;

    /// <summary>The schema of tables that are named without one.</summary>
    public string DefaultSchema => dialect.SchemaOf(new(null, "x"));

    /// <inheritdoc/>
    public Dialect Dialect => dialect;

    // A table may have 1,600, but a row must fit into a page of 8 KiB, and a count or a sum has eight bytes of it.
    private const int ColumnsOfRow = 1000;

    /// <inheritdoc/>
    public Capabilities Capabilities =>
        field ??= new()
        {
            Transactions = true,
            Partitions = true,
            Partitioning = new PostgreSqlPartitions(this),
            Benches = new PostgreSqlBenches(this),
            Relocation = new PostgreSqlRelocation(this),
            MaxNameBytes = 63,
            MaxColumns = ColumnsOfRow,
            ReturnsSpace = false,
            LeavesDeadRows = true,
            IgnoresCase = false,
        };

    /// <inheritdoc/>
    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) =>
        TransactAsync(
            async (statements, token) =>
            {
                var rows = await statements.QueryAsync(
                    $"""
                    SELECT current_setting('server_version'), current_database(), current_user,
                           CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
                    """,
                    token
                );
                return new EngineIdentity(
                    "postgresql",
                    rows[0].Text(0),
                    rows[0].Text(1),
                    rows[0].Text(2),
                    Micros.ToInstant(rows[0].Long(3))
                );
            },
            Scope.Reading,
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<T> TransactAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(scope);
        if (_open.Value is { IsOpen: true })
            throw new InvalidOperationException("A transaction is open already on this path of execution: use its statements.");
        if (scope.Lease is { Lost.IsCancellationRequested: true })
            throw scope.Lease is PostgreSqlLease { IsShared: true } ? PostgreSqlSession.IsShared(name) : PostgreSqlLease.IsLost(name);
        await using var connection = await ConnectAsync(cancellationToken);
        var statements = new PostgreSqlStatements(connection, dialect, name);
        _open.Value = statements;
        try
        {
            await PostgreSqlSession.BeginAsync(statements, Begin(scope.IsReadOnly), cancellationToken);
            if (scope.IsReadOnly && LimitsOfReading() is { } limits)
                await statements.ExecuteAsync(limits, cancellationToken);
            var result = await work(statements, cancellationToken);
            await statements.ExecuteAsync($"COMMIT", CancellationToken.None);
            return result;
        }
        catch
        {
            await RollBackAsync(statements);
            throw;
        }
        finally
        {
            statements.IsOpen = false;
            _open.Value = null;
        }
    }

    /// <summary>Nothing: autovacuum makes the room of removed rows free, and more often the more there are.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await PostgreSqlLease.TakeAsync(source, dialect, policy, name, cancellationToken);
            }
            catch (BusyException) when (TimeProvider.System.GetElapsedTime(begun) < options.LeaseWait)
            {
                await Task.Delay(s_again, cancellationToken);
            }
            catch (NpgsqlException error)
            {
                throw PostgreSqlErrors.Opening(error, name);
            }
        }
    }

    /// <summary>A look that is no part of the transaction that is open here, whose snapshot is still to be taken.</summary>
    internal async Task<T> AsideAsync<T>(Func<IStatements, CancellationToken, Task<T>> look, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return await look(new PostgreSqlStatements(connection, dialect, name), cancellationToken);
    }

    /// <summary>A look in another session, which sees what a snapshot shows.</summary>
    internal async Task<T> BesideAsync<T>(string snapshot, Func<PostgreSqlStatements, Task<T>> look, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        var statements = new PostgreSqlStatements(connection, dialect, name);
        try
        {
            await PostgreSqlSession.BeginAsync(statements, Begin(reads: true), cancellationToken);
            await statements.ExecuteAsync($"SET TRANSACTION SNAPSHOT {snapshot}", cancellationToken);
            return await look(statements);
        }
        finally
        {
            await RollBackAsync(statements);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private SqlText Begin(bool reads)
    {
        if (reads || options.ReadOnly)
            return $"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        return $"BEGIN ISOLATION LEVEL REPEATABLE READ";
    }

    /// <summary>
    /// What a look is held to for its transaction, where that differs from what its session is: copies of rows for a step only read
    /// too, and are held to what the step is.
    /// </summary>
    private SqlText? LimitsOfReading()
    {
        List<SqlText> limits = [];
        if (options.ReadLockTimeout is { } wait)
            limits.Add($"SET LOCAL lock_timeout = {(long)wait.TotalMilliseconds}");
        if (options.ReadStatementTimeout is { } time)
            limits.Add($"SET LOCAL statement_timeout = {(long)time.TotalMilliseconds}");
        return limits.Count == 0 ? null : SqlText.Join("; ", limits);
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            throw PostgreSqlErrors.Opening(error, name);
        }
    }

    private static async Task RollBackAsync(PostgreSqlStatements statements)
    {
        try
        {
            await statements.ExecuteAsync($"ROLLBACK", CancellationToken.None);
        }
        catch (VarveException)
        {
            // The connection is gone, and its transaction with it. The first error is the one to tell.
        }
    }
}
