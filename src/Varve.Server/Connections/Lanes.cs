using Varve.Databases;
using Varve.Engines;

namespace Varve.Server.Connections;

/// <summary>
/// Connections to one database. Each piece of work has one for itself; they are closed when nobody used one for a while, so
/// that an embedded database is free for others.
/// </summary>
internal sealed class Lanes(DatabaseUrl url, LifecycleOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Stack<Database> _idle = new();
    private int _used;
    private ITimer? _closing;
    private bool _disposed;

    /// <summary>Does some work with a lifecycle of its own.</summary>
    /// <param name="subject">Who it is done for, as audit logs show it.</param>
    /// <param name="patience">How long a database that another process has is waited for.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BusyException">Another process has the database.</exception>
    public async Task<T> UseAsync<T>(
        string subject,
        TimeSpan patience,
        Func<Lifecycle, Database, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        var database = await RentAsync(patience, cancellationToken);
        try
        {
            return await work(new(database, options with { SystemUser = subject }), database);
        }
        finally
        {
            await ReturnAsync(database);
        }
    }

    /// <summary>Closes what nobody uses at this moment, where nobody uses any.</summary>
    public Task CloseIdleAsync() => CloseAsync(evenUsed: false);

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _disposed = true;
        if (_closing is not null)
            await _closing.DisposeAsync();
        _turn.Release();
        await CloseAsync(evenUsed: true);
    }

    private async Task<Database> RentAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                if (_disposed)
                    throw new BusyException("The connection was changed or taken away while this waited. Ask again.");
                OpenFiles.OfProcess.Require(url);
                var database = _idle.TryPop(out var kept) ? kept : await Task.Run(Open, cancellationToken);
                _used++;
                return database;
            }
            catch (BusyException) when (TimeProvider.System.GetElapsedTime(begun) < patience)
            {
                // Another process has the file, usually for seconds.
            }
            finally
            {
                _turn.Release();
            }

            await Task.Delay(s_again, cancellationToken);
        }
    }

    private async Task ReturnAsync(Database database)
    {
        await _turn.WaitAsync();
        try
        {
            _used--;
            _idle.Push(database);
            if (_used > 0 || _disposed)
                return;
            _closing ??= TimeProvider.System.CreateTimer(
                _ => _ = CloseAsync(evenUsed: false),
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
            _closing.Change(s_idle, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            _turn.Release();
        }

        if (_disposed)
            await CloseAsync(evenUsed: true);
    }

    private Database Open() => OpenFiles.OfProcess.Open(url, () => DatabaseOpening.Open(url, readOnly: false, create: false));

    private async Task CloseAsync(bool evenUsed)
    {
        await _turn.WaitAsync();
        try
        {
            if (_used > 0 && !evenUsed)
                return;
            while (_idle.TryPop(out var database))
            {
                try
                {
                    await database.DisposeAsync();
                }
                finally
                {
                    OpenFiles.OfProcess.Closed(url);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
