using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Configuration;

namespace Varve.Server.Tests.Configuration;

/// <summary>A configuration file that changes while the server runs.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-reload-").FullName;

    private string ConfigFile => Path.Combine(_folder, "serve.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Connections_come_and_go_and_a_mistake_leaves_everything_as_it_was()
    {
        foreach (var name in new[] { "one", "two" })
        {
            using var made = new DuckDB.NET.Data.DuckDBConnection($"Data Source={Path.Combine(_folder, $"{name}.duckdb")}");
            made.Open();
        }

        Write("runs_at_once: 4", "one");
        var log = new LogLines();
        await using var server = await VarveServer.StartAsync(
            ServeFile.Read(
                ConfigFile,
                "http://127.0.0.1:0",
                $"duckdb:{Path.Combine(_folder, "home.duckdb")}",
                new Dictionary<string, string>()
            ),
            TimeProvider.System,
            logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Information),
            CancellationToken.None
        );
        var (secret, _) = await server
            .Services.GetRequiredService<SignIn>()
            .MakeAsync(
                new("test", "token", Role.Admin, Caller.AllTenants, null),
                "test",
                Role.Admin,
                Caller.AllTenants,
                Duration.FromDays(1),
                CancellationToken.None
            );
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        await ServedDatabase.UntilAsync(async () => (await client.GetAsync("health/ready")).StatusCode, code => code == HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (await AskAsync(client, "one"), await AskAsync(client, "two")));

        Write("runs_at_once: 4\nquotas: { default: { policies: 7 } }", "one", "two");
        await ServedDatabase.UntilAsync(() => AskAsync(client, "two"), code => code == HttpStatusCode.OK);
        await ServedDatabase.UntilAsync(
            () => client.GetStringAsync("api/v1/tenants"),
            said => said.Contains("\"limit\":7,\"from\":\"quotas.default.policies\"", StringComparison.Ordinal)
        );

        await File.WriteAllTextAsync(ConfigFile, "connections:\n  three: { tenant: acme }\n");
        await ServedDatabase.UntilAsync(
            () => client.GetStringAsync("health/ready"),
            said => said == "ready; the configuration file has a mistake, and the one before it is in force"
        );
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync(client, "one"), await AskAsync(client, "two")));
        Assert.Contains(
            log.Lines,
            l =>
                l.Contains("serve.yaml:2:10", StringComparison.Ordinal)
                && l.Contains("`connections.three` has no `url`", StringComparison.Ordinal)
        );

        Write("runs_at_once: 2", "two");
        await ServedDatabase.UntilAsync(() => AskAsync(client, "one"), code => code == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "two"));
        await ServedDatabase.UntilAsync(() => client.GetStringAsync("health/ready"), said => said == "ready");
        Assert.Contains(
            log.Lines,
            l => l.Contains("`runs_at_once` changed in the configuration: it is in force after a restart", StringComparison.Ordinal)
        );
        await server.StopAsync(CancellationToken.None);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string connection) =>
        (await client.GetAsync($"api/v1/connections/{connection}/status")).StatusCode;

    private void Write(string first, params IReadOnlyList<string> connections) =>
        File.WriteAllText(
            ConfigFile,
            $"{first}\nconnections:\n{string.Concat(connections.Select(c => $"  {c}: {{ url: \"duckdb:{Path.Combine(_folder, $"{c}.duckdb")}\" }}\n"))}"
        );
}
