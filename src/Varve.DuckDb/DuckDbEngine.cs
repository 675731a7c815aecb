using System.Collections.Concurrent;
using DuckDB.NET.Data;
using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.DuckDb;

/// <summary>
/// DuckDB, embedded: one connection, on which one transaction runs at a time; others wait for it. The file's lock, which
/// the process holds, keeps other processes out; leases keep runs of this process apart.
/// </summary>
internal sealed class DuckDbEngine : IEngine
{
    // With less than this a database is only read, in slices: no tier is made then, and none is too wide to be read.
    private const long LeastToWrite = 64 << 20;

    // DuckDB keeps one database per file and process, however many connections there are: so do leases.
    private static readonly ConcurrentDictionary<(object Database, string Policy), bool> s_leases = new();

    private static long s_fence;

    private readonly DuckDbWriters _writers;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly AsyncLocal<DuckDbStatements?> _open = new();
    private readonly DuckDBConnection _connection;
    private readonly DuckDbDialect _dialect;
    private readonly DuckDbObserver _observer = new();
    private readonly object _database;
    private readonly bool _readOnly;
    private bool _disposed;

    public DuckDbEngine(DuckDBConnection connection, DuckDbDialect dialect, string name, string? file, bool readOnly)
    {
        _connection = connection;
        _dialect = dialect;
        _database = file ?? new object();
        _writers = DuckDbWriters.Of(file);
        _readOnly = readOnly;
        DisplayName = name;
        Capabilities = new()
        {
            Transactions = true,
            Partitions = false,
            MaxNameBytes = int.MaxValue,
            MaxColumns = readOnly && dialect.Memory.Bytes < LeastToWrite ? int.MaxValue : dialect.Memory.MaxColumns,
            ReturnsSpace = false,
            IgnoresCase = true,
        };
    }

    /// <summary>What it is called in messages.</summary>
    public string DisplayName { get; }

    /// <inheritdoc/>
    public Dialect Dialect => _dialect;

    /// <inheritdoc/>
    public Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) =>
        TransactAsync(
            async (statements, token) =>
            {
                var rows = await statements.QueryAsync($"SELECT version(), current_database(), epoch_us(get_current_timestamp())", token);
                return new EngineIdentity(
                    "duckdb",
                    rows[0].Text(0),
                    rows[0].Text(1),
                    Environment.UserName,
                    Micros.ToInstant(rows[0].Long(2))
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
        return scope.IsReadOnly || _readOnly
            ? await InTurnAsync(work, scope, cancellationToken)
            : await _writers.RunAsync(() => InTurnAsync(work, scope, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// A checkpoint: blocks of removed rows can be used again, and sizes are what they are. Other transactions may be in its way.
    /// </summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(
                () => new DuckDbStatements(_connection, _dialect, _observer, DisplayName).ExecuteAsync($"CHECKPOINT", cancellationToken),
                CancellationToken.None
            );
        }
        catch (EngineException busy) when (busy.IsTransient)
        {
            // DuckDB checkpoints by itself when the last connection closes.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The connection itself, on a worker thread, while no transaction is open on it.</summary>
    public async Task OnConnectionAsync(Action<DuckDBConnection> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await Task.Run(() => work(_connection), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return s_leases.TryAdd((_database, policy), true)
            ? Task.FromResult<ILease>(new Lease(Interlocked.Increment(ref s_fence), () => s_leases.TryRemove((_database, policy), out _)))
            : throw new BusyException($"Another run of {policy} is under way in this process. Wait until it has ended, then run again.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        await _turn.WaitAsync();
        _disposed = true;
        _turn.Release();
        await Task.Run(_connection.Dispose);
    }

    private async Task<T> InTurnAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => InTransactionAsync(work, scope.IsReadOnly, cancellationToken), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> InTransactionAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        bool readOnly,
        CancellationToken cancellationToken
    )
    {
        var statements = new DuckDbStatements(_connection, _dialect, _observer, DisplayName, readOnly || _readOnly);
        SqlText begin = $"BEGIN TRANSACTION";
        if (readOnly || _readOnly)
            begin = $"BEGIN TRANSACTION READ ONLY";
        _open.Value = statements;
        try
        {
            await statements.ExecuteAsync(begin, cancellationToken);
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

    /// <summary>A commit that fails has rolled back already: DuckDB then says that there is no transaction.</summary>
    private static async Task RollBackAsync(DuckDbStatements statements)
    {
        try
        {
            await statements.ExecuteAsync($"ROLLBACK", CancellationToken.None);
        }
        catch (VarveException)
        {
            // The first error is the one to tell.
        }
    }

    private sealed class Lease(long fence, Action release) : ILease
    {
        private Action? _release = release;

        public long Fence { get; } = fence;

        // It ends with the process, and so does whoever works under it.
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref _release, null)?.Invoke();
            return ValueTask.CompletedTask;
        }
    }
}
