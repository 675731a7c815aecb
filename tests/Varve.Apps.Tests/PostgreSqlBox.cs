using Npgsql;
using Varve.Engines;

namespace Varve.Apps.Tests;

/// <summary>A database of one test on the server that is named for tests; without one the test is skipped, and in CI it fails.</summary>
internal sealed class PostgreSqlBox : IAsyncDisposable
{
    private readonly DatabaseUrl _server;
    private readonly string _name;

    private PostgreSqlBox(string server, string name)
    {
        (_server, _name) = (DatabaseUrl.Parse(server), name);
        Url = server.Replace($"/{_server.Database}", $"/{name}", StringComparison.Ordinal);
    }

    /// <summary>What <c>--db</c> takes.</summary>
    internal string Url { get; }

    /// <param name="kind">A word that tells its name from those of other tests.</param>
    internal static async Task<PostgreSqlBox> NewAsync(string kind)
    {
        var server = Environment.GetEnvironmentVariable("VARVE_TEST_POSTGRESQL");
        if (string.IsNullOrEmpty(server) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Skip("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        Assert.False(string.IsNullOrEmpty(server), "VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        var box = new PostgreSqlBox(server!, FormattableString.Invariant($"varve_{kind}_{Environment.ProcessId}"));
        await box.SqlAsync(box._server.Database!, $"DROP DATABASE IF EXISTS {box._name} WITH (FORCE)");
        await box.SqlAsync(box._server.Database!, $"CREATE DATABASE {box._name} TEMPLATE template0");
        return box;
    }

    internal Task SqlAsync(string sql) => SqlAsync(_name, sql);

    public async ValueTask DisposeAsync() => await SqlAsync(_server.Database!, $"DROP DATABASE {_name} WITH (FORCE)");

    private async Task SqlAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = _server.Hosts[0].Name,
                Port = _server.Hosts[0].Port,
                Username = _server.User,
                Password = _server.ResolvePassword(),
                Database = database,
                Pooling = false,
            }
        );
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
