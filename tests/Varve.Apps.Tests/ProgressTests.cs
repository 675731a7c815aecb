using System.Globalization;
using System.Text.RegularExpressions;

namespace Varve.Apps.Tests;

/// <summary>How much of a run is done, as it is said while the run goes on.</summary>
public sealed class ProgressTests
{
    [Fact]
    public async Task Progress_never_goes_back_where_a_proof_adds_steps()
    {
        using var box = await Sandbox.AppliedAsync();
        Weeks(box, "forever");
        await DoneAsync(box, "run", "--as-of", Sandbox.AsOf, "--yes");
        box.Sql("UPDATE cpu SET load = load + 1 WHERE ts >= TIMESTAMP '2025-03-03 05:00' AND ts < TIMESTAMP '2025-03-03 06:00'");
        Weeks(box, "7d");
        var run = await DoneAsync(box, "run", "--as-of", Sandbox.AsOf, "--yes");
        Assert.Contains("changed", run.Out, StringComparison.Ordinal);
        var shares = Regex
            .Matches(run.Error, @"cpu +([0-9]+) %")
            .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(shares.Count > 1, run.Text);
        Assert.Equal(100, shares[^1]);
        Assert.Equal(shares.Order(), shares);
    }

    /// <summary>A third tier, so that what a proof adds is more than one step.</summary>
    private static void Weeks(Sandbox box, string keep)
    {
        box.Keep(keep);
        var file = Path.Combine(box.Folder, "cpu.yaml");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("tags:", "  - { every: 1w, keep: forever }\ntags:", StringComparison.Ordinal)
        );
    }

    private static async Task<Transcript> DoneAsync(Sandbox box, params IReadOnlyList<string> args)
    {
        var applied = await box.RunAsync("apply", "cpu.yaml");
        Assert.True(applied.ExitCode == 0, applied.Text);
        var done = await box.RunAsync(args);
        Assert.True(done.ExitCode == 0, done.Text);
        return done;
    }
}
