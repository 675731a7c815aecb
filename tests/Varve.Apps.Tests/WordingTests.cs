namespace Varve.Apps.Tests;

/// <summary>What is said of what was mistyped, and when.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("--points takes a whole number, and 'many' is none", "query", "cpu", "--points", "many")]
    [InlineData("--limit takes a whole number, and 'x' is none", "history", "--limit", "x")]
    [InlineData("There is no option '--asof'. Did you mean '--as-of'?", "status", "--asof", "2020")]
    [InlineData("There is no option '--asof'. Did you mean '--as-of'?", "run", "--asof=2020-01-01")]
    [InlineData("--out tonight is a folder", "plan", "--out", "tonight")]
    [InlineData("--out no/x.json: there is no folder", "plan", "--out", "no/x.json")]
    [InlineData("--out /proc/x could not be written: no file can be made there", "plan", "--out", "/proc/x")]
    [InlineData("--png tonight is a folder", "graph", "cpu", "load", "--png", "tonight")]
    [InlineData("--png no/x.png: there is no folder", "graph", "cpu", "load", "--png", "no/x.png")]
    [InlineData("--png no/x.png: there is no folder", "forecast", "cpu", "--png", "no/x.png")]
    [InlineData("varve plan --show tonight.json shows it", "plan", "tonight.json")]
    public async Task What_cannot_be_done_is_said_with_what_can(string says, params string[] args)
    {
        using var box = await Sandbox.BuiltAsync();
        Directory.CreateDirectory(Path.Combine(box.Folder, "tonight"));
        box.Write("tonight.json", "{}");
        var refused = await box.RunAsync(args);
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", refused.Text, StringComparison.Ordinal);
        Assert.Empty(refused.Out);
        Assert.False(Directory.Exists(Path.Combine(box.Folder, "no")));
    }

    [Fact]
    public async Task A_name_that_looks_like_an_option_goes_behind_two_dashes()
    {
        using var box = await Sandbox.AppliedAsync();
        var named = await box.RunDashedAsync("status", "--asof");
        Assert.Contains("VRV306: There is no policy --asof", named.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_spoken_of_as_at_a_prompt()
    {
        using var box = await Sandbox.AppliedAsync();
        var missing = await Tool.InAsync(box.Folder, "status", "--db", "duckdb:none.duckdb");
        Assert.True(missing.ExitCode == 4 && !missing.Error.Contains("DuckDbOptions", StringComparison.Ordinal), missing.Text);
        var small = await Tool.InAsync(box.Folder, "status", "--db", $"{box.Db}?memory_limit=1KB");
        Assert.True(
            small.ExitCode == 4
                && small.Error.Contains("VRV406", StringComparison.Ordinal)
                && small.Error.Contains("memory_limit", StringComparison.Ordinal),
            small.Text
        );
    }

    [Fact]
    public async Task The_empty_text_and_NULL_are_two_values()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, CASE h WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'a' END AS host, h::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts), range(3) s(h)"
        );
        box.Keep("forever");
        Assert.Equal(0, (await box.RunAsync("apply", "cpu.yaml")).ExitCode);
        foreach (var (condition, value) in new[] { ("host=", "0"), ("host=''", "1"), ("host=a", "2") })
        {
            var answer = await box.RunAsync(
                "query",
                "cpu",
                "--every",
                "1d",
                "--where",
                condition,
                "--columns",
                "load_max",
                "--output",
                "csv"
            );
            Assert.True(answer.ExitCode == 0, answer.Text);
            Assert.All(
                answer.Out.TrimEnd('\n').Split('\n').Skip(1),
                row => Assert.Equal(value, row.Split(',')[2].Replace(".0", "", StringComparison.Ordinal))
            );
        }
    }

    [Theory]
    [InlineData("late: 5", "`late`", "or forever")]
    [InlineData("zone: europe/berlin", "Did you mean `Europe/Berlin`?", "Dublin")]
    public async Task A_policy_is_refused_with_the_way_out_and_no_other(string line, string says, string not)
    {
        using var box = await Sandbox.AppliedAsync();
        box.Write(
            "other.yaml",
            $"policy: other\ntable: cpu\ntime: ts\nseries: [host]\nmeasures: {{ load: [avg] }}\nkeep: 7d\n{line}\ntiers:\n  - {{ every: 1d, keep: forever }}\n"
        );
        var refused = await box.RunAsync("check", "other.yaml");
        Assert.True(refused.ExitCode == 2 && refused.Text.Contains(says, StringComparison.Ordinal), refused.Text);
        Assert.DoesNotContain(not, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retentions_without_quotes_and_a_tier_shorter_than_forever_are_understood()
    {
        using var box = await Sandbox.AppliedAsync();
        box.Write(
            "g.yaml",
            "policy: g\ntable: cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg] }\npreset: { graphite: 10s:6h,1m:7d }\n"
        );
        Assert.Contains("put them in quotes", (await box.RunAsync("check", "g.yaml")).Text, StringComparison.Ordinal);
        box.Write(
            "k.yaml",
            "policy: k\ntable: cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg] }\nkeep: 7d\ntiers:\n  - { every: 1h, keep: forever }\n  - { every: 1d, keep: 2y }\n"
        );
        var shrinks = await box.RunAsync("check", "k.yaml");
        Assert.Contains("Keep the tier forever, or tier `1h` no longer than 2y.", shrinks.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_row_is_one_row_and_is_said_once()
    {
        using var box = await Sandbox.AppliedAsync();
        box.Sql("INSERT INTO cpu VALUES (NULL, 'host0', 1), (TIMESTAMP '2025-03-25', 'host0', 1)");
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf);
        Assert.Contains("1 row of main.cpu has no finite ts: it is in no tier and never expires", plan.Out, StringComparison.Ordinal);
        Assert.Contains("1 row of main.cpu is later than the planning instant", plan.Out, StringComparison.Ordinal);
        var status = await box.RunAsync("status", "--as-of", Sandbox.AsOf);
        Assert.Single(status.Out.Split('\n'), line => line.Contains("finite", StringComparison.Ordinal));
        Assert.Single(
            status.Out.Split('\n'),
            line =>
                line.Contains("later than this instant", StringComparison.Ordinal)
                || line.Contains("planning instant", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("1 rows", plan.Out + status.Out, StringComparison.Ordinal);
    }
}
