using System.Net;
using System.Net.Http.Json;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Tests;

/// <summary>What becomes of what an earlier server left, and of what a stop finds under way.</summary>
public sealed class StartTests
{
    private static readonly Instant Then = Instant.FromUtc(2026, 1, 1, 3, 0);

    [Fact]
    public async Task A_run_that_a_kill_left_under_way_is_told_and_another_one_goes_on()
    {
        var run = new ServerRun(ServerRun.NewId(), ServedDatabase.Mine, "cpu", RunTrigger.Schedule, Then, "schedule")
        {
            Scheduled = Then,
            Started = Then,
            State = RunState.Running,
        };
        await using var served = new ServedDatabase { Left = home => new RunTable(home).AddAsync(run, CancellationToken.None) };
        await served.InitializeAsync();
        using var client = served.Client(Role.Viewer);
        while (!(await client.GetAsync("health/startup")).IsSuccessStatusCode)
            await Task.Yield();
        var all = (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/runs"))).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal("interrupted", all.Single(r => r.GetProperty("id").GetString() == run.Id).GetProperty("state").GetString());
        Assert.Equal("cpu", all.Single(r => r.GetProperty("trigger").GetString() == "resumed").GetProperty("policy").GetString());
    }

    [Fact]
    public async Task A_server_has_threads_for_answers_while_statements_keep_as_many_as_there_are_processors()
    {
        // As a process begins; an earlier server of these tests has raised it already.
        ThreadPool.SetMinThreads(Math.Min(2, Environment.ProcessorCount), 1);
        await using var served = new ServedDatabase();
        await served.InitializeAsync();
        ThreadPool.GetMinThreads(out var least, out _);
        Assert.InRange(least, VarveServer.LeastThreads, int.MaxValue);
    }

    [Fact]
    public async Task What_waits_when_the_server_stops_is_run_by_the_next_one()
    {
        var waits = new ServerRun(ServerRun.NewId(), ServedDatabase.Mine, "", RunTrigger.Manual, Then, "ann");
        await using var served = new ServedDatabase { Left = home => new RunTable(home).AddAsync(waits, CancellationToken.None) };
        await served.InitializeAsync();
        using var client = served.Client(Role.Viewer);
        while (!(await client.GetAsync("health/startup")).IsSuccessStatusCode)
            await Task.Yield();
        await client.GetStringAsync($"api/v1/runs/{waits.Id}/events");
        Assert.NotEqual(
            "queued",
            (await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/runs/{waits.Id}"))).GetProperty("state").GetString()
        );
    }

    [Fact]
    public async Task Connections_are_tried_before_they_are_saved_and_never_hold_a_password()
    {
        await using var served = new ServedDatabase();
        await served.InitializeAsync();
        using var admin = served.Client(Role.Admin, Caller.AllTenants);
        foreach (
            var (url, code) in new[]
            {
                ("duckdb:/nowhere/at/all.duckdb", "VRV404"),
                ("postgresql://ann:secret@db/x", "VRV519"),
                ("nonsense://x", "VRV180"),
            }
        )
        {
            var refused = await admin.PostAsync("api/v1/connections", JsonContent.Create(new { name = "new", url }));
            var problem = await ServedDatabase.JsonAsync(refused);
            Assert.False(refused.IsSuccessStatusCode);
            Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
            if (code != "VRV404")
                Assert.Equal(code, problem.GetProperty("code").GetString());
        }

        // A URL reaches every file and every secret that the server can read: no tenant's administrator names one.
        using var acme = served.Client(Role.Admin);
        foreach (var path in new[] { "api/v1/connections", "api/v1/connections/try" })
        {
            var refused = await acme.PostAsync(
                path,
                JsonContent.Create(new { name = "new", url = $"duckdb:{served.File(ServedDatabase.Theirs)}" })
            );
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("api/v1/connections/new")).StatusCode);
        var added = await admin.PostAsync(
            "api/v1/connections",
            JsonContent.Create(new { name = "new", url = $"duckdb:{served.File(ServedDatabase.Theirs)}" })
        );
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Equal(
            "home",
            (await ServedDatabase.JsonAsync(await admin.GetAsync("api/v1/connections/new"))).GetProperty("source").GetString()
        );
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("api/v1/connections/new")).StatusCode);
        Assert.Equal((HttpStatusCode)422, (await admin.DeleteAsync($"api/v1/connections/{ServedDatabase.Mine}")).StatusCode);
    }
}
