namespace Varve.Apps.Tests;

public sealed class PatternTests
{
    private const string Pattern = """
        policy: all
        table: "*"
        except: [cpu]
        time: ts
        series: [host]
        measures: auto
        keep: 7d
        tiers: [{ every: 1h }]
        tags: [prod]
        """;

    [Fact]
    public async Task Scripts_see_the_pattern_its_tables_and_what_it_leaves_out()
    {
        using var box = await TwoAsync();
        var applied = LifecycleTests.Json(await box.RunAsync("apply", "all.yaml", "--output", "json")).GetProperty("policies");
        Assert.Equal([null, "all", "all"], applied.EnumerateArray().Select(p => p.GetProperty("pattern").GetString()));
        var list = LifecycleTests.Json(await box.RunAsync("policy", "list", "--output", "json"));
        var pattern = list.GetProperty("patterns")[0];
        Assert.Equal(["disk", "mem"], pattern.GetProperty("tables").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("VRV192", pattern.GetProperty("leftOut")[0].GetProperty("code").GetString());
        Assert.Equal(["disk", "mem"], list.GetProperty("policies").EnumerateArray().Select(t => t.GetProperty("policy").GetString()));
        Assert.Contains(
            "table: \"*\"",
            LifecycleTests
                .Json(await box.RunAsync("policy", "show", "all", "--output", "json"))
                .GetProperty("pattern")
                .GetProperty("yaml")
                .GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_tells_what_it_took_up_and_goes_on()
    {
        using var box = await TwoAsync();
        Assert.Equal(0, (await box.RunAsync("apply", "all.yaml")).ExitCode);
        box.Sql("CREATE TABLE fan AS SELECT * FROM disk");
        var plan = await box.RunAsync("plan", "all", "--as-of", Sandbox.AsOf);
        Assert.Equal(0, plan.ExitCode);
        Assert.Contains("fan  revision 1", plan.Out, StringComparison.Ordinal);
        Assert.Contains("warning VRV192: racks is left out of all", plan.Error, StringComparison.Ordinal);
        var run = LifecycleTests.Json(await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes", "--output", "json"));
        Assert.Equal("fan", run.GetProperty("takenUp")[0].GetProperty("policy").GetString());
        Assert.Equal("VRV192", run.GetProperty("leftOut")[0].GetProperty("code").GetString());
        Assert.Equal(["disk", "fan", "mem"], run.GetProperty("policies").EnumerateArray().Select(p => p.GetProperty("policy").GetString()));
    }

    [Fact]
    public async Task A_table_that_is_broken_is_said_beside_the_others_and_in_the_exit_code()
    {
        using var box = await TwoAsync();
        await box.RunAsync("apply", "all.yaml");
        box.Sql("ALTER TABLE mem RENAME COLUMN host TO machine");
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf);
        Assert.Equal(2, plan.ExitCode);
        Assert.Contains("roll up  1h from source", plan.Out, StringComparison.Ordinal);
        Assert.Contains("failed    VRV131", plan.Out, StringComparison.Ordinal);
        var status = await box.RunAsync("status", "--as-of", Sandbox.AsOf);
        Assert.Equal(2, status.ExitCode);
        Assert.Contains("failed    VRV131", status.Out, StringComparison.Ordinal);
        foreach (var command in new[] { "plan", "status", "verify", "forecast", "doctor" })
            Assert.DoesNotContain("VRV131: VRV131", (await box.RunAsync(command)).Out, StringComparison.Ordinal);
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(504, box.Count("SELECT count(*) FROM disk"));
    }

    [Theory]
    [InlineData("query", "all")]
    [InlineData("graph", "all", "busy")]
    [InlineData("graph", "all", "busy", "--from", "2025-03-01", "--to", "2025-03-02")]
    [InlineData("erase", "all", "--where", "host=a")]
    public async Task A_pattern_where_one_table_is_meant_is_answered_with_its_tables(params string[] command)
    {
        using var box = await TwoAsync();
        await box.RunAsync("apply", "all.yaml");
        var wrong = await box.RunAsync(command);
        Assert.True(wrong.ExitCode == 2, wrong.Text);
        Assert.Contains("VRV316", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("disk, mem", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_and_apply_count_what_is_alike_in_many_tables()
    {
        using var box = await TwoAsync();
        for (var i = 0; i < 7; i++)
            box.Sql($"CREATE TABLE t{i} AS SELECT * FROM disk");
        var check = await box.RunAsync("check", "all.yaml");
        Assert.Equal(0, check.ExitCode);
        Assert.Contains("VRV190: … and 4 more like these", check.Error, StringComparison.Ordinal);
        Assert.Contains("VRV190: … and 4 more like these", (await box.RunAsync("apply", "all.yaml")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_is_completed_diffed_and_deleted_like_a_policy()
    {
        using var box = await TwoAsync();
        await box.RunAsync("apply", "all.yaml");
        box.Write("all.yaml", Pattern.Replace("7d", "8d", StringComparison.Ordinal));
        var diff = await box.RunAsync("diff", "all.yaml");
        Assert.Contains("~ keep: 7d → 8d", diff.Out, StringComparison.Ordinal);
        Assert.Contains(
            "The file says something else than revision 1 of all",
            (await box.RunAsync("run", "all.yaml", "--as-of", Sandbox.AsOf, "--yes")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains("neither are the 2 tables", (await box.RunAsync("policy", "delete", "all")).Out, StringComparison.Ordinal);
    }

    private static Task<Sandbox> TwoAsync()
    {
        var box = new Sandbox();
        box.Sql(
            "CREATE TABLE disk AS SELECT ts, 'a' AS host, 1.5::DOUBLE AS busy FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-18', INTERVAL 10 MINUTE) r(ts)"
        );
        box.Sql("CREATE TABLE mem AS SELECT ts, host, 7 AS used FROM disk");
        box.Sql("CREATE TABLE racks (host VARCHAR, rack INTEGER)");
        box.Write("all.yaml", Pattern);
        return Task.FromResult(box);
    }
}
