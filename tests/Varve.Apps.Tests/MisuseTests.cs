using System.Security.Cryptography;
using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class MisuseTests
{
    [Fact]
    public async Task A_mistyped_command_is_corrected_and_exits_2()
    {
        var typo = await Tool.RunAsync("statsu");
        Assert.Equal(2, typo.ExitCode);
        Assert.Empty(typo.Out);
        Assert.Contains("'status'", typo.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("plan")]
    [InlineData("run")]
    [InlineData("history")]
    [InlineData("audit")]
    [InlineData("tags")]
    [InlineData("verify")]
    public async Task Without_a_database_it_says_what_to_write(string command)
    {
        var bare = await Tool.RunAsync(command);
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("--db duckdb:", bare.Error, StringComparison.Ordinal);
        Assert.Contains("VARVE_DB", bare.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_json_where_json_is_asked_for()
    {
        var bare = await Tool.RunAsync("status", "--output", "json");
        Assert.Equal(2, bare.ExitCode);
        var error = JsonDocument.Parse(bare.Out).RootElement.GetProperty("error");
        Assert.Equal(2, error.GetProperty("exitCode").GetInt32());
        Assert.StartsWith("VRV", error.GetProperty("code").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_instant_says_how_to_write_one()
    {
        var wrong = await Tool.RunAsync("plan", "--as-of", "yesterdya");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("2026-11-05", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit", "0")]
    [InlineData("audit", "-1")]
    [InlineData("history", "-5")]
    public async Task A_list_has_at_least_one_entry(string command, string limit)
    {
        using var box = await Sandbox.AppliedAsync();
        var wrong = await box.RunAsync(command, "--limit", limit);
        Assert.True(wrong.ExitCode == 2, wrong.Text);
        Assert.Contains("--limit is at least 1.", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "-9998-01-01")]
    [InlineData("status", "0000-12-31")]
    [InlineData("run", "9999-12-31")]
    [InlineData("forecast", "9999-12-31")]
    public async Task An_instant_at_the_end_of_time_is_answered_with_the_range(string command, string asOf)
    {
        using var box = await Sandbox.AppliedAsync();
        var wrong = await box.RunAsync(command, "--as-of", asOf);
        Assert.True(wrong.ExitCode == 2, wrong.Text);
        Assert.Contains("between 0001-01-01T00:00:00Z and 9000-01-01T00:00:00Z", wrong.Error, StringComparison.Ordinal);
        foreach (var end in new[] { "0001-01-01", "9000-01-01" })
            Assert.Equal(0, (await box.RunAsync("forecast", "--as-of", end, "--for", "100y")).ExitCode);
    }

    [Fact]
    public async Task A_plan_is_run_or_shown_and_a_file_that_is_none_is_named()
    {
        using var box = await Sandbox.AppliedAsync();
        await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--out", "plan.json");
        var both = await box.RunAsync("run", "--plan", "plan.json", "--dry-run");
        Assert.True(both.ExitCode == 2, both.Text);
        Assert.Contains("--dry-run", both.Error, StringComparison.Ordinal);
        foreach (var text in new[] { "", "{", "[1]", "{ \"format\": 3 }" })
        {
            box.Write("bad.json", text);
            var bad = await box.RunAsync("run", "--plan", "bad.json");
            Assert.True(bad.ExitCode == 2, bad.Text);
            Assert.Equal(
                "error  VRV202: bad.json is no plan file, or it was cut or changed. Write one with varve plan --out bad.json.",
                bad.Error.Trim()
            );
        }
    }

    [Fact]
    public async Task A_group_without_a_command_lists_its_commands()
    {
        var group = await Tool.RunAsync("policy");
        Assert.Equal(2, group.ExitCode);
        Assert.Contains("list|show|delete|hold|release|retire|accept-types|adopt-source|schema", group.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_not_created()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7():N}.duckdb");
        var missing = await Tool.RunAsync("status", "--db", $"duckdb:{file}");
        Assert.True(missing.ExitCode is 2 or 4, missing.Text);
        Assert.Contains(Path.GetFileName(file), missing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", missing.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("plan", "--out", "plan.json")]
    [InlineData("graph", "cpu", "load", "--png", "cpu.png")]
    [InlineData("init", "main.free", "--out", "free.yaml")]
    [InlineData("compact", "--to", "small.duckdb")]
    [InlineData("demo", "--keep", "demo")]
    public async Task What_cannot_be_written_is_named_and_nothing_changes(params string[] command)
    {
        using var box = await Sandbox.BuiltAsync();
        box.Sql("CREATE TABLE free AS FROM cpu");
        var before = Files(box);
        foreach (var place in new[] { Path.Combine(box.Folder, "test.duckdb"), "/proc" })
        {
            var target = Path.Combine(place, command[^1]);
            string[] db = command[0] == "demo" ? [] : ["--db", box.Db];
            var refused = await Tool.InAsync(box.Folder, [.. command[..^1], target, .. db]);
            Assert.True(refused.ExitCode is 2 or 4, refused.Text);
            Assert.Contains(place, refused.Error, StringComparison.Ordinal);
            Assert.Matches("path|folder|disk", refused.Error);
            Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, Files(box));
    }

    private static Dictionary<string, string> Files(Sandbox box) =>
        Directory.GetFiles(box.Folder).ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));

    [Fact]
    public async Task A_plan_file_that_is_none_exits_2()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{}");
        var wrong = await Tool.RunAsync("run", "--plan", file, "--db", "duckdb:nothing.duckdb");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("plan", wrong.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    [Rule("expect-revision")]
    public async Task What_somebody_else_changed_is_not_written_over()
    {
        using var box = await Sandbox.AppliedAsync();
        var policy = await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml"));
        box.Write("theirs.yaml", policy.Replace("keep: forever\ntiers", "keep: 60d\ntiers", StringComparison.Ordinal));
        box.Write("mine.yaml", policy.Replace("keep: forever\ntiers", "keep: 90d\ntiers", StringComparison.Ordinal));
        Assert.StartsWith("# revision 1,", (await box.RunAsync("policy", "show", "cpu")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync("apply", "theirs.yaml", "--expect-revision", "1")).ExitCode);
        var mine = await box.RunAsync("apply", "mine.yaml", "--expect-revision", "1");
        Assert.True(mine.ExitCode == 2, mine.Text);
        Assert.Contains("VRV315", mine.Error, StringComparison.Ordinal);
        Assert.Contains("policy show cpu", mine.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await box.RunAsync("apply", "mine.yaml", "--expect-revision", "2", "--prune")).ExitCode);
        Assert.Equal(0, (await box.RunAsync("apply", "mine.yaml", "--expect-revision", "2")).ExitCode);
    }
}
