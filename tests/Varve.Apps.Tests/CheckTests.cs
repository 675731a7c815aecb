using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class CheckTests
{
    [Fact]
    public async Task The_samples_are_sound()
    {
        var check = await Tool.RunAsync("check", Path.Combine(Tool.Repository, "samples", "nyc"));
        Assert.True(check.ExitCode == 0, check.Text);
        Assert.Contains("sound  flights", check.Out, StringComparison.Ordinal);
        Assert.Contains("sound  weather", check.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_has_file_line_and_column_and_the_exit_code_is_2()
    {
        using var box = new Sandbox();
        box.Write("broken.yaml", "policy: x\ntable: t\ntime: ts\nkeeep: 3d\ntiers:\n  - { every: 1h, keep: 1parsec }\n");
        var check = await Tool.InAsync(box.Folder, "check", "broken.yaml");
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("broken.yaml:4:1: error VRV", check.Error, StringComparison.Ordinal);
        Assert.Contains("broken.yaml:6:", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_are_json_where_json_is_asked_for()
    {
        using var box = new Sandbox();
        box.Write("broken.yaml", "policy: x\ntable: t\ntime: ts\nkeeep: 3d\n");
        var check = await Tool.InAsync(box.Folder, "check", "broken.yaml", "--output", "json");
        Assert.Equal(2, check.ExitCode);
        var problem = JsonDocument.Parse(check.Out).RootElement.GetProperty("error").GetProperty("problems")[0];
        Assert.Equal(4, problem.GetProperty("line").GetInt32());
        Assert.Equal("broken.yaml", problem.GetProperty("file").GetString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_2()
    {
        var check = await Tool.RunAsync("check", "no-such-file.yaml");
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("no-such-file.yaml", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_json_schema()
    {
        var schema = await Tool.RunAsync("policy", "schema");
        Assert.Equal(0, schema.ExitCode);
        Assert.Contains(
            "json-schema.org",
            JsonDocument.Parse(schema.Out).RootElement.GetProperty("$schema").GetString(),
            StringComparison.Ordinal
        );
    }
}
