using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class InitTests
{
    [Fact]
    public async Task A_file_is_written_that_passes_check_and_apply_as_it_is()
    {
        using var box = Bare();
        var init = await box.RunAsync("init", "cpu", "--out", "cpu.yaml");
        Assert.True(init.ExitCode == 0, init.Text);
        var check = await box.RunAsync("check", "cpu.yaml");
        Assert.True(check.ExitCode == 0, check.Text);
        Assert.Equal(0, (await box.RunAsync("apply", "cpu.yaml")).ExitCode);
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf);
        Assert.True(plan.ExitCode == 0, plan.Text);
        Assert.Contains("roll up", plan.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_to_live_is_a_policy_of_one_line_that_removes_and_archives()
    {
        using var box = Bare();
        var init = await box.RunAsync("init", "--ttl", "20d", "--archive", "cold", "cpu", "--out", "cpu.yaml");
        Assert.True(init.ExitCode == 0, init.Text);
        var yaml = await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml"));
        Assert.Contains("keep: 20d\narchive: cold\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("tiers", yaml, StringComparison.Ordinal);
        var apply = await box.RunAsync("apply", "cpu.yaml", "--archive", $"cold={Path.Combine(box.Folder, "cold")}");
        Assert.True(apply.ExitCode == 0, apply.Text);
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--archive", $"cold={Path.Combine(box.Folder, "cold")}");
        Assert.True(plan.ExitCode == 0, plan.Text);
        Assert.Contains("archive", plan.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--archive goes with --ttl", "init", "cpu", "--archive", "cold")]
    [InlineData("--ttl proposes no tier", "init", "cpu", "--ttl", "20d", "--series", "host")]
    [InlineData("are about one table", "init", "--all", "--ttl", "20d")]
    [InlineData("--ttl:", "init", "cpu", "--ttl", "twenty")]
    public async Task What_a_time_to_live_does_not_go_with_is_said(string message, params string[] words)
    {
        using var box = Bare();
        var refused = await box.RunAsync(words);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_says_what_was_seen()
    {
        using var box = Bare();
        Approval.Of("init", (await box.RunAsync("init", "cpu")).Out);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten_unasked()
    {
        using var box = Bare();
        box.Write("cpu.yaml", "mine");
        var refused = await box.RunAsync("init", "cpu", "--out", "cpu.yaml");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml")));
        Assert.Equal(0, (await box.RunAsync("init", "cpu", "--out", "cpu.yaml", "--force")).ExitCode);
        Assert.StartsWith("#", await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_tables_get_a_file_each_or_a_reason()
    {
        using var box = Bare();
        box.Sql("CREATE TABLE words AS SELECT 'x' AS word");
        box.Sql("CREATE TABLE Disk AS SELECT * FROM cpu");
        box.Sql("CREATE SCHEMA other");
        box.Sql("CREATE TABLE other.\"../Disk\" AS SELECT * FROM cpu");
        var all = await box.RunAsync("init", "--all", "--out", "made", "--output", "json");
        Assert.True(all.ExitCode == 0, all.Text);
        var shape = JsonDocument.Parse(all.Out).RootElement;
        Assert.Equal("main.words", shape.GetProperty("leftOut")[0].GetProperty("table").GetString());
        Assert.Equal(3, Directory.GetFiles(Path.Combine(box.Folder, "made")).Length);
        Assert.Equal(0, (await box.RunAsync("check", "made")).ExitCode);
        Assert.Equal(2, (await box.RunAsync("init", "--all", "--out", "made")).ExitCode);
    }

    [Fact]
    public async Task Without_a_table_those_that_are_there_are_listed()
    {
        using var box = Bare();
        var bare = await box.RunAsync("init");
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("varve init main.cpu", bare.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_answered_with_the_nearest()
    {
        using var box = Bare();
        var wrong = await box.RunAsync("init", "cpuu");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("main.cpu", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_into_the_database()
    {
        using var box = Bare();
        await box.RunAsync("init", "--all");
        Assert.DoesNotContain(
            "varve",
            (await box.RunAsync("init")).Error.Replace("varve init", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await box.RunAsync("plan")).ExitCode);
    }

    private static Sandbox Bare()
    {
        var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts), range(3) s(h)"
        );
        return box;
    }
}
