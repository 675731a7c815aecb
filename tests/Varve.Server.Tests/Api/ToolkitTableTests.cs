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

/// <summary>cratedb-toolkit's own table, read by the server from the cluster of a connection: here the stand-in that executes.</summary>
public sealed class ToolkitTableTests
{
    [Fact]
    public async Task What_the_toolkit_keeps_in_a_cluster_becomes_policies()
    {
        await using var crate = await ExecutingCrate.StartAsync();
        var url = DatabaseUrl.Parse(crate.Url);
        await using (var cluster = await CrateDbDatabase.OpenAsync(url))
        {
            foreach (
                var statement in (SqlText[])
                    [
                        $"CREATE TABLE ops.retention_policy (id TEXT PRIMARY KEY, strategy TEXT, table_schema TEXT, table_name TEXT, partition_column TEXT, retention_period INTEGER, reallocation_attribute_name TEXT, reallocation_attribute_value TEXT) CLUSTERED INTO 1 SHARDS",
                        $"INSERT INTO ops.retention_policy VALUES ('a', 'reallocate', 'm', 'cpu', 'day', 60, 'storage', 'cold')",
                        $"INSERT INTO ops.retention_policy VALUES ('b', 'delete', 'm', 'cpu', 'day', 120, NULL, NULL)",
                        $"CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION, day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day)",
                    ]
            )
                await cluster.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, default);
        }

        var folder = Directory.CreateTempSubdirectory("varve-toolkit-").FullName;
        await using var server = await VarveServer.StartAsync(
            new ServeSettings
            {
                Listen = new("http://127.0.0.1:0"),
                Home = DatabaseUrl.Parse($"duckdb:{Path.Combine(folder, "home.duckdb")}"),
                Connections = [new("cluster", url, "acme", 1, ConnectionSetting.File)],
            },
            TimeProvider.System,
            _ => { },
            CancellationToken.None
        );
        using var client = new HttpClient { BaseAddress = server.Address };
        var (secret, _) = await server
            .Services.GetRequiredService<SignIn>()
            .MakeAsync(
                new("test", "token", Role.Admin, Caller.AllTenants, null),
                "t",
                Role.Viewer,
                "acme",
                Duration.FromDays(1),
                CancellationToken.None
            );
        client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        var answer = await client.PostAsJsonAsync("api/v1/connections/cluster/import", new { tool = "cratedb-toolkit", schema = "ops" });
        var told = await ServedDatabase.JsonAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, told.ToString());
        var yaml = Assert.Single(told.GetProperty("policies").EnumerateArray()).GetProperty("yaml").GetString()!;
        var policy = Assert.Single(PolicyYaml.Parse(yaml, "f")).Policy;
        Assert.Equal(("m.cpu", "ts"), (policy.Table.Text, policy.Time));
        Assert.Contains("keep: 120d", yaml, StringComparison.Ordinal);
        Assert.Contains("storage=cold", yaml, StringComparison.Ordinal);
        await server.StopAsync(CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }
}
