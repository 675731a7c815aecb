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
        catch (EngineException refused) when (PostgreSqlErrors.IsOfCertificate(refused))
        {
            await source.DisposeAsync();
            throw await PostgreSqlCertificate.ToldAsync(refused, text, PostgreSqlUrl.Name(text), cancellationToken);
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
            if (Unfit(facts.Long(0), facts.Text(1), facts.Truth(2), facts.TextOrNull(3), name, options) is { } unfit)
                throw unfit;
            return new(source, new(facts.TextOrNull(4) ?? "public"), name, options, owned);
        }
        catch (Exception error) when (error is not VarveException && !cancellationToken.IsCancellationRequested)
        {
            throw PostgreSqlErrors.Opening(error, name);
        }
    }

    /// <summary>Why nothing can be done on a server; null for one that does.</summary>
    /// <param name="number">Its version as a number: 140005 is 14.5.</param>
    /// <param name="version">The same for people.</param>
    /// <param name="isStandby">True for one that only follows another one.</param>
    /// <param name="primary">The one that it follows, where that is known.</param>
    /// <param name="name">What the database is called in messages.</param>
    /// <param name="options">How Varve behaves.</param>
    internal static EngineException? Unfit(
        long number,
        string version,
        bool isStandby,
        string? primary,
        string name,
        PostgreSqlOptions options
    )
    {
        if (number < OldestVersion)
            return new(EngineCodes.OtherVersion, $"{name} is PostgreSQL {version}, and Varve needs 14 or later. Upgrade the server.");
        if (isStandby && !options.ReadOnly)
            return new(
                EngineCodes.ReadOnly,
                $"{name} is a standby{(primary is { Length: > 0 } ? $" of {primary}" : "")}, which can only be read. Name the primary."
            );
        return null;
    }

    /// <summary>Connections that are set as Varve needs them.</summary>
    internal static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder text, PostgreSqlOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection => throw new NotSupportedException("Varve opens its connections asynchronously."),
            async connection =>
            {
                var settings = Settings(options, PostgreSqlSession.Mark(connection)).RenderInline(new PostgreSqlDialect("public"));
                await using var command = PostgreSqlCommands.Make(connection, settings);
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
    private static SqlText Settings(PostgreSqlOptions options, string mark) =>
        $"""
            SET statement_timeout = {(long)options.StatementTimeout.TotalMilliseconds}; SET lock_timeout = {(long)
                options.LockTimeout.TotalMilliseconds};
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex';
            SET standard_conforming_strings = on; SET row_security = off; SET client_min_messages = 'warning'; SET jit = off; SET array_nulls = on;
            SET idle_in_transaction_session_timeout = 0;
            SELECT set_config(s.name, '0', false) FROM pg_settings s WHERE s.name IN ('idle_session_timeout', 'transaction_timeout');
            SELECT set_config({PostgreSqlSession.Setting}, {mark}, false);
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
