using DuckDB.NET.Data;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Home;

namespace Varve.Server.Tests;

/// <summary>What stands in a file elsewhere shows a log that was made anew, or whose end was cut off.</summary>
public sealed class AnchorTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-anchor-").FullName;

    private string Heads => Path.Combine(_folder, "heads");

    private string HomeFile => Path.Combine(_folder, "home.duckdb");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("DELETE FROM varve_home.audit WHERE seq = 3", "the log is shorter than it was")]
    [InlineData("UPDATE varve_home.audit SET hash = repeat('a', 64) WHERE seq = 3", "entry 3 is not the one that was anchored")]
    [InlineData("UPDATE varve_home.audit SET subject = 'somebody' WHERE seq = 2", "entry 2 was altered")]
    public async Task A_log_that_is_another_than_when_it_was_anchored_shows_it(string tampering, string finding)
    {
        await using (var home = await OpenAsync())
        {
            var audit = new ServerAudit(home);
            foreach (var action in new[] { "a", "b", "c" })
                await audit.AppendAsync(Caller.Scheduler, action, null, [], default);
            var head = (await audit.HeadAsync(default))!;
            await File.WriteAllTextAsync(
                Heads,
                $"{new Anchor(home.Now(), Anchor.Server, head.Seq, head.Hash)}\n2026-01-01T00:00Z half a li"
            );
            Assert.True((await audit.VerifyAsync(Anchors(), default)).Holds);
        }

        await using (var connection = new DuckDBConnection($"Data Source={HomeFile}"))
        {
            connection.Open();
            await using var command = connection.CreateCommand();
            command.CommandText = tampering;
            command.ExecuteNonQuery();
        }

        await using var again = await OpenAsync();
        var verdict = await new ServerAudit(again).VerifyAsync(Anchors(), default);
        Assert.Contains(verdict.Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_writes_the_heads_of_all_its_logs_and_none_twice()
    {
        await using var served = new ServedDatabase { Anchor = new(Heads, Duration.FromHours(1)) };
        await served.InitializeAsync();
        var anchor = (AuditAnchor)served.Server.Services.GetService(typeof(AuditAnchor))!;
        await anchor.WriteAsync(default);
        Assert.All(await File.ReadAllLinesAsync(Heads), l => Assert.NotNull(Anchor.Parse(l)));
        Assert.Equal(["(server)", "metrics", "secret"], Anchors().Select(a => a.Log).Distinct().Order(StringComparer.Ordinal));
        var before = Anchors().Count;
        Assert.Equal((0, before), (await anchor.WriteAsync(default), Anchors().Count));
        using var client = served.Client(Role.Admin, Caller.AllTenants);
        Assert.True((await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/audit/verdict"))).GetProperty("holds").GetBoolean());
        Assert.True(
            (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/connections/metrics/audit/verdict")))
                .GetProperty("holds")
                .GetBoolean()
        );

        // A head that no entry has: the database was restored from an older backup, or its log was made anew.
        await File.AppendAllTextAsync(Heads, $"{new Anchor(Instant.FromUtc(2026, 1, 1, 0, 0), "metrics", 99, new string('b', 64))}\n");
        Assert.False(
            (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/connections/metrics/audit/verdict")))
                .GetProperty("holds")
                .GetBoolean()
        );
    }

    [Fact]
    public async Task Heads_go_to_an_archive_each_time_in_a_file_of_their_own()
    {
        await using var served = new ServedDatabase { Anchor = new(null, Duration.FromHours(1)) { Archive = "cold" } };
        await served.InitializeAsync();
        var anchor = (AuditAnchor)served.Server.Services.GetService(typeof(AuditAnchor))!;
        await anchor.WriteAsync(default);
        var folder = Path.Combine(served.Cold, "audit-heads");
        var first = Directory.GetFiles(folder).ToDictionary(f => f, File.ReadAllText);
        Assert.Equal(0, await anchor.WriteAsync(default));
        Assert.Equal(first.Count, Directory.GetFiles(folder).Length);
        using var client = served.Client(Role.Admin, Caller.AllTenants);
        await client.PostAsync("api/v1/schedules/pause", System.Net.Http.Json.JsonContent.Create(new { reason = "an entry more" }));
        Assert.Equal(1, await anchor.WriteAsync(default));
        Assert.Equal(first.Count + 1, Directory.GetFiles(folder).Length);
        Assert.All(first, f => Assert.Equal(f.Value, File.ReadAllText(f.Key)));
        Assert.True((await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/audit/verdict"))).GetProperty("holds").GetBoolean());

        // A head that no entry has, as it would be after the log was made anew.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "20990101T000000.000000Z.txt"),
            $"{new Anchor(Instant.FromUtc(2099, 1, 1, 0, 0), Anchor.Server, 2, new string('b', 64))}\n"
        );
        var verdict = await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/audit/verdict"));
        Assert.Contains("entry 2 is not the one that was anchored", verdict.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ every: 1h }", "has one of `file`")]
    [InlineData("{ file: heads, archive: cold }", "has one of `file`")]
    [InlineData("{ archive: nowhere-at-all }", "is not declared here")]
    public void A_place_that_is_none_or_two_is_told(string anchor, string expected)
    {
        var file = Path.Combine(_folder, "serve.yaml");
        File.WriteAllText(file, $"audit_anchor: {anchor}\n");
        var refused = Assert.Throws<PolicyException>(() => ServeFile.Read(file, null, null, new Dictionary<string, string>()));
        Assert.Contains(expected, Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_says_where_and_how_often_and_a_file_that_cannot_be_written_is_told()
    {
        var file = Path.Combine(_folder, "serve.yaml");
        File.WriteAllText(file, $"audit_anchor: {{ file: {Heads}, every: 15m }}\n");
        Assert.Equal(
            new AnchorSettings(Heads, Duration.FromMinutes(15)),
            ServeFile.Read(file, null, null, new Dictionary<string, string>()).Anchor
        );
        File.WriteAllText(file, $"audit_anchor: {{ file: {_folder}/missing/heads, every: forever }}\n");
        var refused = Assert.Throws<PolicyException>(() => ServeFile.Read(file, null, null, new Dictionary<string, string>()));
        Assert.Equal(2, refused.Problems.Count);
    }

    private IReadOnlyList<Anchor> Anchors() => [.. File.ReadAllLines(Heads).Select(Anchor.Parse).OfType<Anchor>()];

    private Task<HomeDatabase> OpenAsync() => HomeDatabase.OpenAsync(DatabaseUrl.Parse($"duckdb:{HomeFile}"), TimeProvider.System, default);
}
