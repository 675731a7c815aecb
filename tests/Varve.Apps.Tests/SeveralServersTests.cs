using System.Diagnostics;
using System.Globalization;
using System.Text;
using Varve.Engines.Tests.CrateDb.Executing;

namespace Varve.Apps.Tests;

/// <summary>Two processes on one home, of which one is killed.</summary>
public sealed class SeveralServersTests
{
    [Fact]
    public async Task A_leader_that_is_killed_in_a_run_is_taken_over_and_the_run_goes_on()
    {
        await using var home = await PostgreSqlBox.NewAsync("servers");
        await IsTakenOverAsync(home.Url);
    }

    /// <summary>The home is on the stand-in for CrateDB that executes statements.</summary>
    [Fact]
    public async Task So_is_one_whose_home_is_a_log()
    {
        await using var home = await ExecutingCrate.StartAsync();
        await IsTakenOverAsync(home.Url);
    }

    private static async Task IsTakenOverAsync(string home)
    {
        using var box = await Sandbox.YearsAsync();
        box.Write(
            "serve.yaml",
            $"listen: http://127.0.0.1:0\nhome: \"{home}\"\ntakeover_seconds: 8\nconnections:\n  test: {{ url: \"{box.Db}\" }}\n"
        );
        using var first = Process.Start(Tool.Command(box.Folder, ["serve", "--config", "serve.yaml"]))!;
        using var one = await EnterAsync(first);
        await SaysAsync(one, "ready");
        using var second = Process.Start(Tool.Command(box.Folder, ["serve", "--config", "serve.yaml"]))!;
        using var two = await EnterAsync(second);
        await SaysAsync(two, "ready; another server leads");

        // Asked of the one that does not lead, done by the one that does.
        var asked = await two.PostAsync(
            "api/v1/connections/test/runs",
            new StringContent($$"""{"policies":["cpu"],"asOf":"{{Sandbox.AsOf}}"}""", Encoding.UTF8, "application/json")
        );
        Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
        using (var events = new StreamReader(await FeedAsync(one, $"{asked.Headers.Location!.OriginalString}/events")))
        {
            var line = await events.ReadLineAsync();
            while (line is not null and not "event: step-done")
                line = await events.ReadLineAsync();
            Assert.NotNull(line);
            using var kill = Process.Start("kill", ["-KILL", first.Id.ToString(CultureInfo.InvariantCulture)]);
            await first.WaitForExitAsync();
        }

        var killed = TimeProvider.System.GetTimestamp();
        await SaysAsync(two, "ready");
        Assert.True(TimeProvider.System.GetElapsedTime(killed) < TimeSpan.FromMinutes(1), "It took a minute or more.");
        var stream = await two.GetStringAsync($"{asked.Headers.Location!.OriginalString}/events");
        Assert.Contains("\"state\":\"interrupted\"", stream, StringComparison.Ordinal);
        while (true)
        {
            var all = LifecycleTests
                .Json(new Transcript(0, await two.GetStringAsync("api/v1/runs"), ""))
                .GetProperty("items")
                .EnumerateArray()
                .ToList();
            Assert.Equal(2, all.Count);
            var next = all.Single(r => r.GetProperty("trigger").GetString() == "resumed").GetProperty("state").GetString();
            if (next is "queued" or "running")
            {
                await Task.Delay(100);
                continue;
            }

            Assert.Equal("done", next);
            break;
        }

        using var end = Process.Start("kill", ["-TERM", second.Id.ToString(CultureInfo.InvariantCulture)]);
        await second.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal(0, second.ExitCode);
        await box.GoesOnAsync();
    }

    /// <summary>The leader sees within a second what another server was asked for.</summary>
    private static async Task<Stream> FeedAsync(HttpClient client, string path)
    {
        while (true)
        {
            var run = await client.GetStringAsync(path[..path.LastIndexOf('/')]);
            if (!run.Contains("\"state\":\"queued\"", StringComparison.Ordinal))
                return await client.GetStreamAsync(path);
            await Task.Delay(20);
        }
    }

    private static async Task<HttpClient> EnterAsync(Process process)
    {
        var (address, login) = (await ServeTests.LineAsync(process, "Varve serves"), await ServeTests.LineAsync(process, "sign in"));
        var client = new HttpClient { BaseAddress = new(address) };
        await client.GetAsync(login);
        client.DefaultRequestHeaders.Add("Origin", address.TrimEnd('/'));
        return client;
    }

    private static async Task SaysAsync(HttpClient client, string ready)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (await (await client.GetAsync("health/ready")).Content.ReadAsStringAsync() is var said && said != ready)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromMinutes(1), said);
            await Task.Delay(50);
        }
    }
}
