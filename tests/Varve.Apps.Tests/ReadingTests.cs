namespace Varve.Apps.Tests;

public sealed class ReadingTests
{
    [Fact]
    public async Task A_query_discloses_which_tier_answered()
    {
        using var box = await Sandbox.BuiltAsync();
        var answer = await box.RunAsync(
            "query",
            "cpu",
            "--from",
            "2025-03-01",
            "--to",
            "2025-03-20",
            "--every",
            "1d",
            "--where",
            "host=host0",
            "--columns",
            "load_avg,load_max"
        );
        Assert.True(answer.ExitCode == 0, answer.Text);
        Assert.Contains("varve_tier", answer.Out, StringComparison.Ordinal);
        Assert.Contains("2025-03-19", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranges_of_the_parts_of_an_answer_stand_below_each_other()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Write(
            "days.yaml",
            "policy: days\ntable: days\ntime: ts\nmeasures: { load: [avg] }\ntiers: [{ every: 1d, zone: Asia/Kolkata }]"
        );
        box.Sql("CREATE TABLE days AS SELECT ts, load FROM cpu");
        foreach (var args in new string[][] { ["apply", "days.yaml"], ["run", "days", "--as-of", Sandbox.AsOf] })
            Assert.Equal(0, (await box.RunAsync(args)).ExitCode);
        var lines = (await box.RunAsync("query", "days", "--every", "1w")).Out.Split('\n');
        int At(string name) => lines.Last(l => l.StartsWith(name, StringComparison.Ordinal)).IndexOf("2025-", StringComparison.Ordinal);
        Assert.Equal(At("1d@Asia/Kolkata "), At("source "));
    }

    [Fact]
    public async Task Csv_has_a_head_and_a_line_per_row()
    {
        using var box = await Sandbox.BuiltAsync();
        var answer = await box.RunAsync(
            "query",
            "cpu",
            "--from",
            "2025-03-01",
            "--to",
            "2025-03-11",
            "--every",
            "1d",
            "--where",
            "host=host0",
            "--columns",
            "load_avg",
            "--output",
            "csv"
        );
        var lines = answer.Out.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(11, lines.Length);
        Assert.StartsWith("ts,host,load_avg", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("2025-03-01T00:00:00Z,host0,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_rows_parts_and_notes()
    {
        using var box = await Sandbox.BuiltAsync();
        var answer = LifecycleTests.Json(
            await box.RunAsync(
                "query",
                "cpu",
                "--from",
                "2025-03-01",
                "--to",
                "2025-03-11",
                "--points",
                "10",
                "--where",
                "host=host0",
                "--output",
                "json"
            )
        );
        Assert.Equal(10, answer.GetProperty("rows").GetArrayLength());
        Assert.Equal(144, answer.GetProperty("rows")[0].GetProperty("varve_rows").GetInt64());
        Assert.True(answer.GetProperty("parts").GetArrayLength() > 0);
        Assert.Equal(
            "buckets of 1d, so that a series has 10 at most",
            Assert.Single(answer.GetProperty("notes").EnumerateArray()).GetString()
        );
    }

    [Fact]
    public async Task Width_and_points_exclude_each_other()
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.Equal(2, (await box.RunAsync("query", "cpu", "--every", "1d", "--points", "10")).ExitCode);
    }

    [Fact]
    public async Task A_graph_is_drawn_in_the_terminal_and_as_a_picture()
    {
        using var box = await Sandbox.BuiltAsync();
        var graph = await box.RunAsync(
            "graph",
            "cpu",
            "load",
            "--from",
            "2025-03-01",
            "--to",
            "2025-03-20",
            "--together",
            "--png",
            "load.png"
        );
        Assert.True(graph.ExitCode == 0, graph.Text);
        Assert.Contains("minimum to maximum", graph.Out, StringComparison.Ordinal);
        Assert.Contains(graph.Out, c => c is > '\u2800' and <= '\u28ff');
        var picture = await File.ReadAllBytesAsync(Path.Combine(box.Folder, "load.png"));
        Assert.Equal((byte)'P', picture[1]);
        Assert.True(picture.Length > 10_000);
    }

    [Fact]
    public async Task A_measure_that_is_not_there_lists_those_that_are()
    {
        using var box = await Sandbox.BuiltAsync();
        var graph = await box.RunAsync("graph", "cpu", "laod");
        Assert.Equal(2, graph.ExitCode);
        Assert.Contains("load", graph.Error, StringComparison.Ordinal);
    }
}
