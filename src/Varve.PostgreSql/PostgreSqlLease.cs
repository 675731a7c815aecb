using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Varve.Engines;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// A session advisory lock: it ends with the session, whatever ends that. The session is asked whether it is there, so that
/// whoever works under the lease learns that it was lost before the next step begins.
/// </summary>
internal sealed class PostgreSqlLease : ILease
{
    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(500);

    // A server notices a moment later that a process was killed, and keeps its lock until then.
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(100);
    private const int MostTries = 11;

    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _given = new();
    private readonly Task _watching;
    private readonly long _key;
    private bool _disposed;

    private PostgreSqlLease(NpgsqlConnection connection, long key, long fence)
    {
        (_connection, _key, Fence) = (connection, key, fence);
        _watching = WatchAsync();
    }

    /// <summary>The number of a transaction of the server, which grows.</summary>
    public long Fence { get; }

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <summary>True where another session answered: it is lost to a pooler.</summary>
    public bool IsShared { get; private set; }

    /// <summary>What is said to whoever goes on without a lease.</summary>
    public static EngineException IsLost(string database) =>
        new(
            EngineCodes.Lost,
            $"{database}: the session that held the lease of this run has ended, and another run may have it now. What was done is kept; run again.",
            isTransient: false
        );

    /// <exception cref="BusyException">Another session holds it.</exception>
    public static async Task<PostgreSqlLease> TakeAsync(
        NpgsqlDataSource source,
        PostgreSqlDialect dialect,
        string policy,
        string database,
        CancellationToken cancellationToken
    )
    {
        var key = KeyOf(policy);
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var statements = new PostgreSqlStatements(connection, dialect, database);
            var mark = PostgreSqlSession.Mark(connection);
            SqlText take =
                $"SELECT CASE WHEN current_setting({PostgreSqlSession.Setting}, true) = {mark} THEN pg_try_advisory_lock({key}) END, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";
            Holder? first = null;
            for (var tries = 1; ; tries++)
            {
                var taken = (await statements.QueryAsync(take, cancellationToken))[0];
                if (taken.IsNull(0))
                    throw PostgreSqlSession.IsShared(database);
                if (taken.Truth(0))
                    return new(connection, key, taken.Long(1));
                var holder = await HolderAsync(statements, key, cancellationToken);
                first ??= holder;
                if (tries == MostTries || holder?.IsAlive(first) == true)
                    throw new BusyException(
                        $"Another run of {policy} is under way on this server{holder?.Text}. Wait until it has ended, then run again."
                    );
                await Task.Delay(s_again, cancellationToken);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The number of the lock: what PostgreSQL has of it are 64 bits, and the same for every Varve.</summary>
    internal static long KeyOf(string policy) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"varve lease {policy}")));

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _given.CancelAsync();
        await _watching;
        if (!_lost.IsCancellationRequested)
            await AskAsync("SELECT pg_catalog.pg_advisory_unlock(" + _key.ToString(CultureInfo.InvariantCulture) + ")");
        await _connection.DisposeAsync();
        _given.Dispose();
        _lost.Dispose();
    }

    /// <summary>Null where it is gone by now.</summary>
    private static async Task<Holder?> HolderAsync(PostgreSqlStatements statements, long key, CancellationToken cancellationToken)
    {
        var holder = await statements.QueryAsync(
            $"""
            SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine'), CAST(a.backend_start AS TEXT),
                   coalesce(CAST(a.state_change AS TEXT), '')
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND ((CAST(l.classid AS BIGINT) << 32) | CAST(l.objid AS BIGINT)) = {key}
            """,
            cancellationToken
        );
        return holder.Count == 0
            ? null
            : new(
                FormattableString.Invariant(
                    $": session {holder[0].Long(0)} of {holder[0].Text(1)} on {holder[0].Text(2)}, since {holder[0].Text(3)}"
                ),
                holder[0].Text(4)
            );
    }

    /// <summary>Who has the lease.</summary>
    /// <param name="Text">As it is told.</param>
    /// <param name="Asked">When its session was last asked something; empty where that may not be seen.</param>
    private sealed record Holder(string Text, string Asked)
    {
        /// <summary>True where the same session was asked something since: whoever holds a lease asks all the time.</summary>
        public bool IsAlive(Holder? before) => Text == before?.Text && Asked != before.Asked;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_watch);
        try
        {
            while (await timer.WaitForNextTickAsync(_given.Token))
                if (!await AskAsync("SHOW " + PostgreSqlSession.Setting))
                    return;
        }
        catch (OperationCanceledException)
        {
            // It is given back.
        }
    }

    /// <summary>False where the session is gone, and the lock with it.</summary>
    private async Task<bool> AskAsync(string statement)
    {
        try
        {
            await using var command = new NpgsqlCommand(statement, _connection);
            if (await command.ExecuteScalarAsync() is not string mark || mark == PostgreSqlSession.Mark(_connection))
                return true;
            IsShared = true;
            await _lost.CancelAsync();
            return false;
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or ObjectDisposedException)
        {
            await _lost.CancelAsync();
            return false;
        }
    }
}
