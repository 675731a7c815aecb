using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>A session advisory lock: it ends with the session, whatever ends that.</summary>
internal sealed class PostgreSqlLease : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly long _key;
    private bool _disposed;

    private PostgreSqlLease(NpgsqlConnection connection, long key) => (_connection, _key) = (connection, key);

    /// <exception cref="BusyException">Another session holds it.</exception>
    public static async Task<PostgreSqlLease> TakeAsync(NpgsqlDataSource source, Dialect dialect, string policy, string database, CancellationToken cancellationToken)
    {
        var key = KeyOf(policy);
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var statements = new PostgreSqlStatements(connection, dialect, database);
            if ((await statements.QueryAsync($"SELECT pg_try_advisory_lock({key})", cancellationToken))[0].Truth(0)) return new(connection, key);
            var holder = await statements.QueryAsync(
                $"""
                SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine'), CAST(a.backend_start AS TEXT) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND ((CAST(l.classid AS BIGINT) << 32) | CAST(l.objid AS BIGINT)) = {key}
                """,
                cancellationToken);
            var who = holder.Count == 0 ? "" : FormattableString.Invariant($": session {holder[0].Long(0)} of {holder[0].Text(1)} on {holder[0].Text(2)}, since {holder[0].Text(3)}");
            throw new BusyException($"Another run of {policy} is under way on this server{who}. Wait until it has ended, then run again.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The number of the lock: what PostgreSQL has of it are 64 bits, and the same for every Varve.</summary>
    internal static long KeyOf(string policy) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"varve lease {policy}")));

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_catalog.pg_advisory_unlock({_key.ToString(System.Globalization.CultureInfo.InvariantCulture)})", _connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
            NpgsqlConnection.ClearPool(_connection);
        }

        await _connection.DisposeAsync();
    }
}
