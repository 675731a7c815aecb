using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Varve.CrateDb;
using Varve.Engines;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Sql;

namespace Varve.Server.Tests.Api;

/// <summary>A server with a connection to a CrateDB cluster: here the stand-in that executes statements.</summary>
public sealed class ClusterConnectionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-cluster-").FullName;
    private ExecutingCrate _crate = null!;
    private VarveServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _crate = await ExecutingCrate.StartAsync();
        _server = await VarveServer.StartAsync(
            new ServeSettings
            {
                Listen = new("http://127.0.0.1:0"),
                Home = DatabaseUrl.Parse($"duckdb:{Path.Combine(_folder, "home.duckdb")}"),
                Connections = [new("cluster", DatabaseUrl.Parse(_crate.Url), "acme", 1, ConnectionSetting.File) { Queries = true }],
            },
            TimeProvider.System,
            _ => { },
            CancellationToken.None
        );
        var (secret, _) = await _server
            .Services.GetRequiredService<SignIn>()
            .MakeAsync(
                new("test", "token", Role.Admin, Caller.AllTenants, null),
                "t",
                Role.Admin,
                "acme",
                Duration.FromDays(1),
                CancellationToken.None
            );
        _client = new() { BaseAddress = _server.Address };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        await _crate.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_toolkit_keeps_in_a_cluster_becomes_policies()
    {
        await DoAsync(
            $"CREATE TABLE ops.retention_policy (id TEXT PRIMARY KEY, strategy TEXT, table_schema TEXT, table_name TEXT, partition_column TEXT, retention_period INTEGER, reallocation_attribute_name TEXT, reallocation_attribute_value TEXT) CLUSTERED INTO 1 SHARDS",
            $"INSERT INTO ops.retention_policy VALUES ('a', 'reallocate', 'm', 'cpu', 'day', 60, 'storage', 'cold')",
            $"INSERT INTO ops.retention_policy VALUES ('b', 'delete', 'm', 'cpu', 'day', 120, NULL, NULL)",
            $"CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION, day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day)"
        );
        var answer = await _client.PostAsJsonAsync("api/v1/connections/cluster/import", new { tool = "cratedb-toolkit", schema = "ops" });
        var told = await ServedDatabase.JsonAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, told.ToString());
        var yaml = Assert.Single(told.GetProperty("policies").EnumerateArray()).GetProperty("yaml").GetString()!;
        var policy = Assert.Single(PolicyYaml.Parse(yaml, "f")).Policy;
        Assert.Equal(("m.cpu", "ts"), (policy.Table.Text, policy.Time));
        Assert.Contains("keep: 120d", yaml, StringComparison.Ordinal);
        Assert.Contains("storage=cold", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recurrent_query_does_the_windows_that_were_missed()
    {
        await DoAsync(
            $"CREATE TABLE m.events (ts TIMESTAMP WITH TIME ZONE) CLUSTERED INTO 1 SHARDS",
            $"CREATE TABLE m.sums (day TIMESTAMP WITH TIME ZONE PRIMARY KEY, n BIGINT) CLUSTERED INTO 1 SHARDS",
            $"INSERT INTO m.events (ts) VALUES ('2026-01-01T00:00:00Z'), ('2026-01-01T23:00:00Z'), ('2026-01-02T12:00:00Z')"
        );
        const string Yaml = """
            query: sums
            sql: INSERT INTO m.sums (day, n) SELECT date_trunc('day', ts), count(*) FROM m.events WHERE ts >= {from} AND ts < {to} GROUP BY 1 ON CONFLICT (day) DO UPDATE SET n = excluded.n
            schedule: "@daily"
            start_date: 2026-01-01
            end_date: 2026-01-03
            """;
        _client.DefaultRequestHeaders.IfNoneMatch.Add(System.Net.Http.Headers.EntityTagHeaderValue.Any);
        var stored = await _client.PutAsJsonAsync("api/v1/connections/cluster/queries/sums", new { yaml = Yaml });
        _client.DefaultRequestHeaders.IfNoneMatch.Clear();
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync());
        List<string> states;
        do
        {
            await Task.Delay(50);
            var told = await ServedDatabase.JsonAsync(await _client.GetAsync("api/v1/runs"));
            states = [.. told.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("state").GetString()!)];
        } while (states.Count < 2 || states.Exists(s => s is "queued" or "running"));

        Assert.Equal(["done", "done"], states);
        var answer = await _crate.AnswerAsync("SELECT n FROM m.sums ORDER BY day");
        Assert.Contains("[[2],[1]]", answer.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task DoAsync(params SqlText[] statements)
    {
        await using var cluster = await CrateDbDatabase.OpenAsync(DatabaseUrl.Parse(_crate.Url));
        foreach (var statement in statements)
            await cluster.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, default);
    }
}
