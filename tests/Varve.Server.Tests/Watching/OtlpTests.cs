using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Varve.Server.Access;

namespace Varve.Server.Tests.Watching;

/// <summary>What a collector is sent, byte by byte: texts stand in protobuf as they are.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Runs_are_sent_as_traces_and_logs_with_their_id_and_without_a_secret()
    {
        ConcurrentDictionary<string, string> sent = new();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost(
            "/v1/{signal}",
            async (HttpRequest request, string signal) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                sent.AddOrUpdate(
                    signal,
                    _ => Encoding.Latin1.GetString(body.ToArray()),
                    (_, before) => before + Encoding.Latin1.GetString(body.ToArray())
                );
            }
        );
        await collector.StartAsync();

        string id,
            failed,
            token;
        {
            await using var served = new ServedDatabase { Otlp = new(collector.Urls.First()), LogLevel = LogLevel.Trace };
            await served.InitializeAsync();
            token = served.Token(Role.Operator);
            using var client = served.Client(Role.Operator);
            id = (await served.RunAsync(client, new { policies = new[] { "cpu" } })).GetProperty("id").GetString()!;
            File.Move(served.File(ServedDatabase.Mine), served.File("away"));
            await client.PostAsync($"api/v1/connections/{ServedDatabase.Mine}/check", JsonContent.Create(new { yaml = "policy: x" }));
            File.Move(served.File("away"), served.File(ServedDatabase.Mine));
            failed = served.Token(Role.Admin);
        }

        Assert.All(
            ["varve.server.run", "varve.run", "varve.server.run.id", id],
            text => Assert.Contains(text, sent["traces"], StringComparison.Ordinal)
        );
        Assert.All(["varve-server", id, "varve.server.run.id"], text => Assert.Contains(text, sent["logs"], StringComparison.Ordinal));
        Assert.Contains("varve.server.runs", sent["metrics"], StringComparison.Ordinal);
        Assert.All(
            sent.Values,
            all => Assert.All([token, failed, "varve_", "Bearer"], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal))
        );
    }
}
