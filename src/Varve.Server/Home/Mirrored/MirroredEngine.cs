using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home.Mirrored;

/// <summary>
/// A home on a server without transactions. Its tables are in memory, in a database that has them; what a transaction changes
/// is one entry of a log there, which all servers of the home share. A transaction stands on everything that is in the log, or
/// begins again: the number that its entry would have is given to one writer only.
/// </summary>
internal sealed class MirroredEngine : IEngine
{
    // Somebody gets through in each attempt, and servers write few times a second.
    private const int MostAttempts = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Database _server;
    private readonly Database _memory;
    private readonly HomeMirror _mirror;
    private long _asked;
    private long _answered;

    /// <param name="server">Where the log is; it is disposed with this.</param>
    /// <param name="memory">An empty database in memory; so is it.</param>
    /// <param name="log">The log.</param>
    public MirroredEngine(Database server, Database memory, IEntryLog log)
    {
        (_server, _memory) = (server, memory);
        _mirror = new(memory.Engine, log);
    }

    /// <inheritdoc/>
    public Dialect Dialect => _memory.Engine.Dialect;

    /// <inheritdoc/>
    public Capabilities Capabilities => _memory.Engine.Capabilities;

    /// <summary>True where a new base would save whoever begins more than it costs.</summary>
    public bool IsLong => _mirror.Since.IsMuch;

    /// <inheritdoc/>
    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => _server.Engine.IdentifyAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<T> TransactAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (!scope.IsReadOnly)
            return await AloneAsync(token => WriteAsync(work, scope, token), cancellationToken);
        await LookAsync(cancellationToken);
        return await _memory.Engine.TransactAsync(work, scope, cancellationToken);
    }

    /// <summary>Puts a base in the place of what is in the log; whoever reads or writes goes on meanwhile.</summary>
    public async Task RebaseAsync(CancellationToken cancellationToken)
    {
        var last = await AloneAsync(
            async token =>
            {
                await _mirror.ReadOnAsync(token);
                return _mirror.Last;
            },
            cancellationToken
        );
        await _mirror.RebaseAsync(last, cancellationToken);
    }

    /// <summary>Nothing: what was removed was never on a disk.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A home keeps no tables of policies, and has no leases.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync();
        await _server.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<T> WriteAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            await _mirror.ReadOnAsync(cancellationToken);
            (LogEntry Entry, HomeEntry Said)? written = null;
            var isMine = true;
            try
            {
                var result = await _memory.Engine.TransactAsync(
                    async (statements, token) =>
                    {
                        var recorder = _mirror.Record(statements);
                        var result = await work(recorder, token);
                        if (recorder.Entry is { } said)
                        {
                            // Once it is sent it may be written, whoever waits for it.
                            var entry = _mirror.Next(said);
                            isMine = await _mirror.AppendAsync(entry, CancellationToken.None);
                            if (!isMine)
                                throw Outrun();
                            written = (entry, said);
                        }

                        return result;
                    },
                    scope,
                    cancellationToken
                );
                if (written is var (done, changes))
                    _mirror.Wrote(done, changes);
                return result;
            }
            catch (EngineException) when (!isMine && attempt < MostAttempts)
            {
                // Somebody else wrote first: it is decided again, on what is there now.
            }
        }
    }

    /// <summary>Takes in what others wrote until now; those who ask while one waits for its turn are told with it.</summary>
    private Task LookAsync(CancellationToken cancellationToken)
    {
        var asked = Interlocked.Increment(ref _asked);
        return AloneAsync(
            async token =>
            {
                if (_answered >= asked)
                    return 0;
                var until = Volatile.Read(ref _asked);
                await _mirror.ReadOnAsync(token);
                _answered = until;
                return 0;
            },
            cancellationToken
        );
    }

    private async Task<T> AloneAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await work(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static EngineException Outrun() =>
        new(EngineCodes.Conflict, "Other servers of this home write again and again. Try again.", isTransient: true);
}
