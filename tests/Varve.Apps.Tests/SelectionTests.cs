namespace Varve.Apps.Tests;

public sealed class SelectionTests
{
    [Fact]
    public async Task Tags_select_policies_that_have_all_of_them()
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.Contains("cpu", (await box.RunAsync("policy", "list", "--tags", "prod,hosts")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("host, ", (await box.RunAsync("policy", "list", "--tags", "prod,iot")).Out, StringComparison.Ordinal);
        var tags = LifecycleTests.Json(await box.RunAsync("tags", "--output", "json")).GetProperty("tags");
        Assert.Equal(["hosts", "prod"], tags.EnumerateArray().Select(t => t.GetProperty("tag").GetString()));
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("verify")]
    [InlineData("history")]
    public async Task A_policy_that_is_not_stored_exits_2(string command)
    {
        using var box = await Sandbox.AppliedAsync();
        var unknown = await box.RunAsync(command, "cpuu");
        Assert.True(unknown.ExitCode == 2, unknown.Text);
        Assert.Contains("cpuu", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("audit")]
    [InlineData("tags")]
    [InlineData("verify")]
    public async Task A_database_without_a_catalog_gets_a_clear_word(string command)
    {
        using var box = new Sandbox();
        box.Sql("CREATE TABLE t (x INTEGER)");
        var bare = await box.RunAsync(command);
        Assert.True(bare.ExitCode is 0 or 2, bare.Text);
        Assert.DoesNotContain("defect", bare.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_applied_nowhere_can_be_planned()
    {
        using var box = new Sandbox();
        box.Sql("CREATE TABLE cpu AS SELECT TIMESTAMP '2025-03-01' AS ts, 'a' AS host, 1.5::DOUBLE AS load");
        box.Keep("forever");
        var plan = await box.RunAsync("plan", "cpu.yaml", "--as-of", Sandbox.AsOf);
        Assert.True(plan.ExitCode == 0, plan.Text);
        Assert.Contains("not stored", plan.Out, StringComparison.Ordinal);
    }
}
