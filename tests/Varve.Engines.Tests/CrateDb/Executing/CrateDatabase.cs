using System.Reflection;
using Npgsql;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>The database of PostgreSQL that carries every stand-in of this process, each in a schema of its own.</summary>
internal static class CrateDatabase
{
    private static readonly Lazy<Task<NpgsqlDataSource>> s_source = new(MakeAsync);
    private static int s_schemas;

    /// <summary>A connection, and an empty schema. Without a server the test is skipped, or fails where it must not be.</summary>
    internal static async Task<(NpgsqlConnection Connection, string Schema)> LendAsync()
    {
        PostgreSqlServer.Require();
        var connection = await (await s_source.Value).OpenConnectionAsync();
        var schema = FormattableString.Invariant($"c{Interlocked.Increment(ref s_schemas)}");
        await using var create = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
        await create.ExecuteNonQueryAsync();
        return (connection, schema);
    }

    private static async Task<NpgsqlDataSource> MakeAsync()
    {
        var name = FormattableString.Invariant($"varve_crate_{Environment.ProcessId}");
        var url = DatabaseUrl.Parse(PostgreSqlServer.Url!);
        await using (var admin = NpgsqlDataSource.Create(PostgreSqlServer.Text(url, url.Database ?? "postgres")))
        {
            await RunAsync(admin, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await RunAsync(admin, $"CREATE DATABASE {name} TEMPLATE template0");
        }

        await using (var bare = NpgsqlDataSource.Create(PostgreSqlServer.Text(url, name) + ";Pooling=false"))
            await RunAsync(bare, Setup());
        return NpgsqlDataSource.Create(PostgreSqlServer.Text(url, name) + ";Search Path=crate,pg_catalog");
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string Setup()
    {
        using var text = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("cratedb-setup.sql")!);
        return text.ReadToEnd();
    }
}
