using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary>A run that ends before it has done everything says what is left.</summary>
public sealed class StoppingTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("0s")]
    public async Task A_run_without_time_begins_nothing_and_says_so(string time)
    {
        using var box = await Sandbox.AppliedAsync();
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--for", time);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.Contains("not begun", run.Out, StringComparison.Ordinal);
        Assert.Contains("cpu was not begun; the next run does it", run.Out, StringComparison.Ordinal);
        var shape = LifecycleTests
            .Json(await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--for", time, "--output", "json"))
            .GetProperty("policies")[0];
        Assert.Equal("not-begun", shape.GetProperty("outcome").GetString());
        Assert.Contains("No run yet", (await box.RunAsync("history")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_asked_to_end_says_what_the_next_one_begins_with()
    {
        using var box = await Sandbox.YearsAsync();
        using var process = Process.Start(Tool.Command(box.Folder, ["run", "--as-of", Sandbox.AsOf, "--db", box.Db]))!;
        var rest = process.StandardOutput.ReadToEndAsync();
        var line = await process.StandardError.ReadLineAsync();
        while (line is not null && !line.Contains(" 10 %", StringComparison.Ordinal))
            line = await process.StandardError.ReadLineAsync();
        Assert.NotNull(line);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        Assert.True(process.ExitCode == 0, error);
        Assert.Contains("Stopping after this step", error, StringComparison.Ordinal);
        Assert.Matches(@"cpu +stopped ", await rest);
        Assert.Matches(@"  left    cpu \d+ steps; the next run begins with roll up 1[hd] from (source|1h) \d{4}-01-01", await rest);
        await box.GoesOnAsync();
    }

    [Fact]
    public async Task A_run_that_ends_by_itself_leaves_nothing()
    {
        using var box = await Sandbox.AppliedAsync();
        var run = LifecycleTests
            .Json(await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--for", "10m", "--output", "json"))
            .GetProperty("policies")[0];
        Assert.Equal("done", run.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("nextStep").ValueKind);
    }
}
