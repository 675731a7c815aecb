using System.Diagnostics;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary>A run of a server that somebody follows, stops, cancels, or loses sight of.</summary>
public sealed class RemoteRunTests
{
    [Fact]
    public async Task It_is_stopped_after_a_step_cancelled_in_one_and_lost_with_its_server()
    {
        await using var served = await ServedBox.OfAsync(await Sandbox.SlowYearsAsync());
        using (var process = await BegunAsync(served))
        {
            var rest = process.StandardOutput.ReadToEndAsync();
            served.Signal(process, "TERM");
            var error = await process.StandardError.ReadToEndAsync();
            Assert.True(await EndedAsync(process) == 0, error);
            Assert.Contains("Stopping after this step", error, StringComparison.Ordinal);
            Assert.Contains("\"isStopped\":true", await rest, StringComparison.Ordinal);
        }

        var run = await NewestAsync(served.RunAsync("history", "-o", "json"));
        Assert.Equal("stopped", run.GetProperty("status").GetString());
        Assert.NotEqual(run.GetProperty("steps").GetInt32(), run.GetProperty("stepsDone").GetInt32());
        using (var process = await BegunAsync(served))
        {
            served.Signal(process, "INT");
            Assert.Contains("Stopping after this step", await process.StandardError.ReadLineAsync(), StringComparison.Ordinal);
            served.Signal(process, "INT");
            Assert.Equal(130, await EndedAsync(process));
        }

        run = await NewestAsync(served.RunAsync("history", "-o", "json"));
        Assert.NotEqual("running", run.GetProperty("status").GetString());
        Assert.NotEqual("done", run.GetProperty("status").GetString());
        using (var process = await BegunAsync(served))
        {
            var rest = process.StandardOutput.ReadToEndAsync();
            served.Kill();
            Assert.Equal(4, await EndedAsync(process));
            Assert.Contains("VRV470", await rest, StringComparison.Ordinal);
        }

        run = await NewestAsync(served.Box.RunAsync("history", "-o", "json"));
        Assert.NotEqual("done", run.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Whoever_follows_it_can_go_and_the_server_goes_on()
    {
        await using var served = await ServedBox.OfAsync(await Sandbox.AppliedAsync());
        using (var process = await BegunAsync(served, "\"event\":\"started\""))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        JsonElement run;
        do run = LifecycleTests.Json(await served.RunAsync("history", "-o", "json", "--all")).GetProperty("runs")[0];
        while (run.GetProperty("status").GetString() == "running");
        Assert.Equal("done", run.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_plan_is_written_here_and_run_there_once_its_brake_is_released()
    {
        await using var served = await ServedBox.OfAsync(await Sandbox.AppliedAsync("9d"));
        var plan = await served.RunAsync("plan", "--as-of", Sandbox.AsOf, "--out", "tonight.json");
        Assert.True(plan.ExitCode == 0, plan.Text);
        var braked = await served.RunAsync("run", "--plan", "tonight.json", "--output", "json");
        Assert.True(braked.ExitCode == 5, braked.Text);
        var hash = LifecycleTests.Json(braked).GetProperty("policies")[0].GetProperty("brake").GetProperty("hash").GetString()!;
        var done = await served.RunAsync("run", "--plan", "tonight.json", "--confirm", hash);
        Assert.True(done.ExitCode == 0, done.Text);
        Assert.DoesNotContain("warning", done.Error, StringComparison.Ordinal);
        var rows = LifecycleTests.Json(await served.RunAsync("status", "--as-of", Sandbox.AsOf, "-o", "json"));
        Assert.Equal("2025-03-12T12:00:00Z", rows.GetProperty("policies")[0].GetProperty("relations")[0].GetProperty("first").GetString());
        var stale = await served.RunAsync("run", "--plan", "tonight.json");
        Assert.Equal(3, stale.ExitCode);
    }

    private static async Task<JsonElement> NewestAsync(Task<Transcript> history) =>
        LifecycleTests.Json(await history).GetProperty("runs")[0];

    private static async Task<int> EndedAsync(Process process)
    {
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        return process.ExitCode;
    }

    /// <summary>A run that has come so far, as lines.</summary>
    private static async Task<Process> BegunAsync(ServedBox served, string until = "\"event\":\"step-done\"")
    {
        var process = Process.Start(served.Command("Operator", "run", "--as-of", Sandbox.AsOf, "--output", "ndjson"))!;
        var line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.Contains(until, StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync();
        if (line is null)
            Assert.Fail(await process.StandardError.ReadToEndAsync());
        return process;
    }
}
