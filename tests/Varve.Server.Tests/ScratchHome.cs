using System.Collections.Concurrent;
using Npgsql;
using Varve.Engines;

namespace Varve.Server.Tests;

/// <summary>An empty home: a DuckDB file, or a database on the server that VARVE_TEST_POSTGRESQL names.</summary>
internal sealed class ScratchHome : IAsyncDisposable
{
    private static readonly ConcurrentBag<string> s_free = [];
    private static int s_made;

    private readonly string? _folder;
    private readonly string? _name;

    private ScratchHome(string url, string? folder, string? name) => (Url, _folder, _name) = (url, folder, name);

    internal string Url { get; }

    internal static ScratchHome New(HomeKind kind)
    {
        if (kind == HomeKind.DuckDb)
        {
            var folder = Directory.CreateTempSubdirectory("varve-home-").FullName;
            return new($"duckdb:{Path.Combine(folder, "home.duckdb")}?threads=1", folder, null);
        }

        var name = s_free.TryTake(out var free) ? free : Make();
        return new(UrlOf(name), null, name);
    }

    /// <summary>A connection of somebody who is no server; it is not kept for others.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync(string? database = null)
    {
        var connection = new NpgsqlConnection(Text(database ?? _name!));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Whether the server lets anybody into this home.</summary>
    internal async Task AllowAsync(bool allow)
    {
        await using var admin = await ConnectAsync(Server().Database);
        await using var command = admin.CreateCommand();
        command.CommandText = allow
            ? $"ALTER DATABASE {_name} WITH ALLOW_CONNECTIONS true"
            : $"ALTER DATABASE {_name} WITH ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'";
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
            return;
        }

        await using (var connection = await ConnectAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP SCHEMA IF EXISTS varve_home CASCADE";
            await command.ExecuteNonQueryAsync();
        }

        s_free.Add(_name!);
    }

    private static string Make()
    {
        var name = FormattableString.Invariant($"varve_home_{Environment.ProcessId}_{Interlocked.Increment(ref s_made)}");
        using var connection = new NpgsqlConnection(Text(Server().Database!));
        connection.Open();
        foreach (var statement in new[] { $"DROP DATABASE IF EXISTS {name} WITH (FORCE)", $"CREATE DATABASE {name} TEMPLATE template0" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Drop(name);
        return name;
    }

    private static void Drop(string name)
    {
        using var connection = new NpgsqlConnection(Text(Server().Database!));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"DROP DATABASE IF EXISTS {name} WITH (FORCE)";
        command.ExecuteNonQuery();
    }

    private static DatabaseUrl Server()
    {
        var url = Environment.GetEnvironmentVariable("VARVE_TEST_POSTGRESQL");
        if (string.IsNullOrEmpty(url))
        {
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
                Assert.Fail("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
            Assert.Skip("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        }

        return DatabaseUrl.Parse(url!);
    }

    private static string UrlOf(string name) =>
        Environment.GetEnvironmentVariable("VARVE_TEST_POSTGRESQL")!.Replace($"/{Server().Database}", $"/{name}", StringComparison.Ordinal);

    private static string Text(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Server().Hosts[0].Name,
            Port = Server().Hosts[0].Port,
            Username = Server().User,
            Password = Server().ResolvePassword(),
            Database = database,
            Pooling = false,
        }.ConnectionString;
}
