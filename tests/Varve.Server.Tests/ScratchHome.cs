using System.Collections.Concurrent;
using Npgsql;
using Varve.Engines;
using Varve.Engines.Tests.Scratch;

namespace Varve.Server.Tests;

/// <summary>
/// An empty home: a DuckDB file, a database on the server that VARVE_TEST_POSTGRESQL names, or a schema of a cluster.
/// </summary>
internal sealed class ScratchHome : IAsyncDisposable
{
    private static readonly ConcurrentBag<string> s_free = [];
    private static int s_made;

    private readonly string? _folder;
    private readonly string? _name;
    private readonly ClusterHome? _cluster;

    private ScratchHome(string url, string? folder, string? name) => (Url, _folder, _name) = (url, folder, name);

    private ScratchHome(ClusterHome cluster) => (Url, _cluster) = (cluster.Url, cluster);

    internal string Url { get; }

    internal static ScratchHome New(HomeKind kind)
    {
        if (kind == HomeKind.DuckDb)
        {
            var folder = Directory.CreateTempSubdirectory("varve-home-").FullName;
            return new($"duckdb:{Path.Combine(folder, "home.duckdb")}?threads=1", folder, null);
        }

        if (kind == HomeKind.CrateDb)
            return new(ClusterHome.New());

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

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
            return;
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
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
        PostgreSqlServer.Require();
        return DatabaseUrl.Parse(PostgreSqlServer.Url!);
    }

    private static string UrlOf(string name) =>
        PostgreSqlServer.Url!.Replace($"/{Server().Database}", $"/{name}", StringComparison.Ordinal);

    private static string Text(string database) => PostgreSqlServer.Text(Server(), database) + ";Pooling=false";
}
