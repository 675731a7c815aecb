namespace Varve.Apps.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demonstration_runs_to_its_end_and_leaves_what_it_says()
    {
        using var box = new Sandbox();
        var demo = await Tool.InAsync(box.Folder, "demo", "--keep", "demo");
        Assert.True(demo.ExitCode == 0, demo.Text);
        foreach (
            var said in new[]
            {
                "roll up",
                "rebuild",
                "expire",
                "proven",
                "brake",
                "audit head",
                "Before and after",
                "minimum to maximum",
                "Try next",
            }
        )
        {
            Assert.Contains(said, demo.Out, StringComparison.Ordinal);
        }

        var folder = Path.Combine(box.Folder, "demo");
        Assert.True(File.Exists(Path.Combine(folder, "nyc.duckdb")));
        Assert.True(File.Exists(Path.Combine(folder, "policies", "flights.yaml")));
        Assert.True(new FileInfo(Path.Combine(folder, "temperature.png")).Length > 10_000);

        foreach (var line in demo.Out.ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith("  varve ", StringComparison.Ordinal)))
        {
            var next = await Tool.InAsync(box.Folder, line.Trim().Split(' ')[1..]);
            Assert.True(next.ExitCode == 0, $"{line}\n{next.Text}");
        }

        Assert.Equal(2, (await Tool.InAsync(box.Folder, "demo", "--keep", "demo")).ExitCode);
    }
}
