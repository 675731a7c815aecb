using System.Diagnostics;
using System.Globalization;

namespace Varve.Apps.Tests;

/// <summary>No room is left for a run, at any of its statements.</summary>
public sealed class FullDiskTests
{
    // Kilobytes beyond the file as it was: from nothing at all to enough for some of the steps.
    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(300)]
    public async Task A_run_without_room_says_so_and_goes_on_once_there_is_some(int room)
    {
        using var box = await Sandbox.AppliedAsync("7d");
        box.Sql(
            "INSERT INTO cpu SELECT ts, 'more' || h, random() FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 1 MINUTE) r(ts), range(9) s(h)"
        );
        box.Sql("CHECKPOINT");
        var (rows, size) = (box.Count("SELECT count(*) FROM cpu"), new FileInfo(Path.Combine(box.Folder, "test.duckdb")).Length);
        // The log beside the file grows from nothing: it may be as large as `room`, and the file grows with the limit.
        var run = await LimitedAsync(box, room == 300 ? (size / 1024) + room : room, "run", "--as-of", Sandbox.AsOf, "--yes");
        Assert.True(run.ExitCode == 4, run.Text);
        Assert.Contains("VRV405", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("VRV410", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("another transaction", run.Text, StringComparison.Ordinal);
        Assert.Contains("audit head", (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes")).Out, StringComparison.Ordinal);
        Assert.True(rows > box.Count("SELECT count(*) FROM cpu"));
        Assert.DoesNotContain("VRV410", (await box.RunAsync("history")).Text, StringComparison.Ordinal);
        await box.GoesOnAsync();
    }

    [Fact]
    public async Task History_counts_the_steps_of_a_run_that_failed_once()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        box.Sql("CREATE TABLE cpu_1h_states (x INTEGER)");
        var plan = LifecycleTests.Json(await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--output", "json"));
        var steps = plan.GetProperty("plans")[0].GetProperty("steps").GetArrayLength();
        Assert.NotEqual(0, (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes")).ExitCode);
        var run = LifecycleTests.Json(await box.RunAsync("history", "--output", "json")).GetProperty("runs")[0];
        Assert.Equal(steps, run.GetProperty("steps").GetInt32());
    }

    private static Task<Transcript> LimitedAsync(Sandbox box, long kilobytes, params IReadOnlyList<string> args) =>
        Tool.EndAsync(Limited(Tool.Command(box.Folder, [.. args, "--db", box.Db]), kilobytes));

    /// <summary>A command that may write no file greater than that.</summary>
    internal static ProcessStartInfo Limited(ProcessStartInfo start, long kilobytes)
    {
        var words = start.ArgumentList.Prepend(start.FileName).ToList();
        start.FileName = "bash";
        start.ArgumentList.Clear();
        // The runtime maps memory through a file of its own where it may not write and execute at once.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (
            var word in new[]
            {
                "-c",
                $"trap '' XFSZ; ulimit -f {kilobytes.ToString(CultureInfo.InvariantCulture)}; exec \"$@\"",
                "bash",
            }.Concat(words)
        )
            start.ArgumentList.Add(word);
        return start;
    }
}
