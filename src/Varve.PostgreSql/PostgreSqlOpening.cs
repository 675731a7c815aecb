using System.Globalization;
using Npgsql;
using Varve.Engines;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>From a URL to an engine that is ready.</summary>
internal static class PostgreSqlOpening
{
    private const int OldestVersion = 140000;

    public static async Task<PostgreSqlEngine> OpenAsync(DatabaseUrl url, PostgreSqlOptions options, CancellationToken cancellationToken)
    {
        (var text, options) = PostgreSqlUrl.Read(url, options);
        var source = Source(text, options);
        try
        {
            return await OpenAsync(source, PostgreSqlUrl.Name(text), options, source, cancellationToken);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>An engine on connections that <see cref="Source"/> made.</summary>
    /// <param name="source">Where connections come from.</param>
    /// <param name="name">What the database is called in messages.</param>
    /// <param name="options">How Varve behaves.</param>
    /// <param name="owned">What is disposed with the engine; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<PostgreSqlEngine> OpenAsync(
        NpgsqlDataSource source,
        string name,
        PostgreSqlOptions options,
        IAsyncDisposable? owned,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var facts = await FactsAsync(connection, cancellationToken);
            if (facts.Long(0) < OldestVersion)
                throw new EngineException(
                    EngineCodes.OtherVersion,
                    $"{name} is PostgreSQL {facts.Text(1)}, and Varve needs 14 or later. Upgrade the server."
                );
            if (facts.Truth(2) && !options.ReadOnly)
                throw new EngineException(
                    EngineCodes.ReadOnly,
                    $"{name} is a standby{(facts.TextOrNull(3) is { Length: > 0 } primary ? $" of {primary}" : "")}, which can only be read. Name the primary."
                );
            return new(source, new(facts.TextOrNull(4) ?? "public"), name, options, owned);
        }
        catch (Exception error) when (error is not VarveException && !cancellationToken.IsCancellationRequested)
        {
            throw PostgreSqlErrors.Opening(error, name);
        }
    }

    /// <summary>Connections that are set as Varve needs them.</summary>
    internal static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder text, PostgreSqlOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection => throw new NotSupportedException("Varve opens its connections asynchronously."),
            async connection =>
            {
                await using var command = PostgreSqlCommands.Make(connection, Settings(options).Render(new PostgreSqlDialect("public")));
                await command.ExecuteNonQueryAsync();
            }
        );
        return builder.Build();
    }

    /// <summary>
    /// What Varve relies on, whatever the server, the database or the user is set to. The path goes last: the schema of tables
    /// that are named without one is the first of the path before, and is kept where nobody else looks for it. The schema of
    /// Varve's own catalog is none, though the path of a user of its name begins with it.
    /// </summary>
    private static SqlText Settings(PostgreSqlOptions options) =>
        $"""
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex';
            SET standard_conforming_strings = on; SET row_security = off; SET client_min_messages = 'warning'; SET jit = off;
            SET lock_timeout = {(long)options.LockTimeout.TotalMilliseconds}; SET statement_timeout = {(long)
                options.StatementTimeout.TotalMilliseconds};
            SET idle_in_transaction_session_timeout = 0;
            SELECT set_config('varve.default_schema', coalesce((
              SELECT p.name FROM unnest(current_schemas(false)) WITH ORDINALITY AS p(name, place)
              WHERE NOT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = p.name AND c.relname = 'leases') ORDER BY p.place LIMIT 1), 'public'), false);
            SET search_path = pg_catalog
            """;

    private static async Task<Row> FactsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        SqlText query = $"""
            SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version'), pg_is_in_recovery(),
                   CASE WHEN pg_is_in_recovery() THEN (SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver) END,
                   current_setting('varve.default_schema')
            """;
        await using var command = PostgreSqlCommands.Make(connection, query.Render(new PostgreSqlDialect("public")));
        return (await PostgreSqlCommands.ReadAsync(command, cancellationToken))[0];
    }
}
