using Npgsql;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>The connection of one stand-in to PostgreSQL. One statement at a time.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private Backend(NpgsqlConnection connection, string schema) => (_connection, Schema) = (connection, schema);

    /// <summary>The schema that is this stand-in's own.</summary>
    internal string Schema { get; }

    internal static async Task<Backend> StartAsync()
    {
        var (connection, schema) = await CrateDatabase.LendAsync();
        return new(connection, schema);
    }

    /// <exception cref="CrateError">It fails.</exception>
    internal async Task<PgRows> QueryAsync(string sql, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, _connection) { AllResultTypesAreUnknown = true, CommandTimeout = 0 };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            List<(string, string)> columns =
            [
                .. Enumerable.Range(0, reader.FieldCount).Select(i => (PgName.Long(reader.GetName(i)), reader.GetDataTypeName(i))),
            ];
            List<string?[]> rows = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = new string?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++)
                    row[i] = reader.IsDBNull(i) ? null : reader.GetString(i);
                rows.Add(row);
            }

            return new(columns, rows);
        }
        catch (PostgresException error)
        {
            throw PgErrors.Of(error, sql);
        }
    }

    /// <summary>How many rows were written.</summary>
    /// <exception cref="CrateError">It fails.</exception>
    internal async Task<long> ExecuteAsync(string sql)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
            return await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException error)
        {
            throw PgErrors.Of(error, sql);
        }
    }

    /// <summary>Everything or nothing of what is done inside.</summary>
    internal async Task<T> AtomicAsync<T>(Func<Task<T>> work)
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        var done = await work();
        await transaction.CommitAsync();
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var drop = new NpgsqlCommand($"DROP SCHEMA IF EXISTS {Schema} CASCADE", _connection))
            await drop.ExecuteNonQueryAsync();
        await _connection.DisposeAsync();
    }
}
