using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 6: columns are only added by replace; what others read of a view is not taken away under them.</summary>
public abstract class ViewConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Daily = "tiers: [{ every: 1d }]";

    [Theory]
    [Rule("dependent-views")]
    [InlineData("SELECT ts, v_max FROM m.cpu_1d")]
    [InlineData("SELECT * FROM m.cpu_1d")]
    [InlineData("SELECT sum(c.\"V_MAX\" * 2) AS s FROM \"m\".\"cpu_all\" AS c")]
    [InlineData("WITH x AS (SELECT c.* FROM m.cpu_all AS c) SELECT count(*) AS n FROM x")]
    public async Task A_view_that_reads_what_would_go_refuses_the_change_and_the_run(string reads)
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync($"CREATE VIEW m.mine AS {reads}");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy(Daily, "avg")));
        Assert.Equal("VRV151", refused.Code);
        Assert.Contains("m.mine", refused.Message, StringComparison.Ordinal);
        Assert.Contains("v_max", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.mine"));

        await Db.ExecuteAsync("DROP VIEW m.mine");
        await story.ApplyAsync(Policy(Daily, "avg"));
        await Db.ExecuteAsync($"CREATE VIEW m.mine AS {reads}");
        Assert.Contains((await story.PlanAsync("2025-01-05")).Notes, n => n.Code == "VRV151");
        var outcome = await story.RunAsync("2025-01-05");
        Assert.Equal("VRV151", Assert.Single(outcome.Errors).Code);
        Assert.Empty(outcome.Done);
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.mine"));

        await Db.ExecuteAsync("DROP VIEW m.mine");
        await story.RunWellAsync("2025-01-05");
        Assert.Equal(["ts", "host", "v_avg", "varve_rows", "varve_coverage"], (await DescribeAsync("cpu_1d")));
    }

    [Theory]
    [InlineData("SELECT ts, v_avg * 2 AS v_max2 FROM m.cpu_1d")]
    [InlineData("SELECT 'v_max of cpu_1d' AS said, v FROM m.cpu")]
    [InlineData("SELECT max(v) AS v_max FROM m.cpu")]
    public async Task A_view_that_reads_something_else_keeps_nobody_back(string reads)
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync($"CREATE VIEW m.mine AS {reads}");
        await story.ApplyAsync(Policy(Daily, "avg"));
        await story.RunWellAsync("2025-01-05");
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.mine"));
    }

    [Fact]
    public async Task A_function_that_comes_takes_nothing_from_a_view_by_name()
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync("CREATE VIEW m.mine AS SELECT ts, v_max FROM m.cpu_1d");
        await story.ApplyAsync(Policy(Daily, "avg, max, min"));
        await story.RunWellAsync("2025-01-05");
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.mine"));
    }

    [Fact]
    [Rule("retired-read")]
    public async Task A_retired_tier_that_somebody_reads_is_not_dropped()
    {
        var story = await BuiltAsync();
        await story.ApplyAsync(Policy("tiers: [{ every: 1w }]", "avg, max"));
        await story.RunWellAsync("2025-01-05");
        await Db.ExecuteAsync("CREATE VIEW m.mine AS SELECT count(*) AS n FROM m.cpu_1d");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.DropRetiredAsync(story.Policy.Name)));
        Assert.Equal("VRV151", refused.Code);
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.mine"));
        await Db.ExecuteAsync("DROP VIEW m.mine");
        Assert.NotEmpty(await story.WithAsync(l => l.DropRetiredAsync(story.Policy.Name)));
    }

    [Theory]
    [InlineData("DROP VIEW m.cpu_all")]
    [InlineData("DROP VIEW m.cpu_all; DROP VIEW m.cpu_1d")]
    [InlineData("DELETE FROM varve.edges")]
    [InlineData("DELETE FROM varve.coverage")]
    public async Task What_somebody_took_away_of_views_and_of_what_is_shown_is_made_again(string meddling)
    {
        var story = await BuiltAsync();
        var before = await ChecksAsync(story);
        var (all, daily) = (
            await Db.QueryAsync("SELECT * FROM m.cpu_all ORDER BY 1"),
            await Db.QueryAsync("SELECT * FROM m.cpu_1d ORDER BY 1")
        );
        foreach (var statement in meddling.Split("; "))
            await Db.ExecuteAsync(statement);
        Assert.NotEqual(before, await ChecksAsync(story));
        var report = Assert.Single(await story.WithAsync(l => l.RepairAsync(Selection.All)));
        Assert.Null(report.Failure);
        Assert.Equal(["m.cpu_1d", "m.cpu_all"], report.Views.Select(v => v.Text));
        Assert.Equal(before, await ChecksAsync(story));
        Assert.Equal(all, await Db.QueryAsync("SELECT * FROM m.cpu_all ORDER BY 1"));
        Assert.Equal(daily, await Db.QueryAsync("SELECT * FROM m.cpu_1d ORDER BY 1"));
        Assert.Empty((await story.RunWellAsync("2025-01-05")).Done);
    }

    [Fact]
    public async Task Detached_views_come_back_with_a_repair_or_a_run()
    {
        var story = await BuiltAsync();
        var before = await ChecksAsync(story);
        foreach (
            var again in new Func<Task>[]
            {
                () => story.WithAsync(l => l.RepairAsync(Selection.All)),
                () => story.RunWellAsync("2025-01-05"),
            }
        )
        {
            var detached = Assert.Single(await story.WithAsync(l => l.RepairAsync(Selection.All, detach: true)));
            Assert.Equal(["m.cpu_1d", "m.cpu_all"], detached.Views.Select(v => v.Text).Order(StringComparer.Ordinal));
            await Assert.ThrowsAnyAsync<Exception>(() => Db.QueryAsync("SELECT * FROM m.cpu_all"));
            await again();
            Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.cpu_all"));
            Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.cpu_1d"));
        }

        Assert.Equal(before, await ChecksAsync(story));
    }

    private static async Task<IEnumerable<string>> ChecksAsync(Story story) =>
        [.. (await story.WithAsync(l => l.DiagnoseAsync())).Select(f => f.Check).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_table_where_a_view_was_is_left_alone()
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync("DROP VIEW m.cpu_all");
        await Db.ExecuteAsync("CREATE TABLE m.cpu_all (mine INTEGER)");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.RepairAsync(Selection.All)));
        Assert.Equal("VRV336", refused.Code);
        Assert.Empty(await Db.QueryAsync("SELECT mine FROM m.cpu_all"));
    }

    private async Task<Story> BuiltAsync()
    {
        var story = await BeginAsync(Policy(Daily, "avg, max"), Every("2025-01-01", "2025-01-04", "1h"));
        await story.RunWellAsync("2025-01-05");
        return story;
    }

    private async Task<IEnumerable<string>> DescribeAsync(string view)
    {
        await using var database = await Db.OpenAsync();
        return [.. (await database.Engine.DescribeAsync(new("m", view), CancellationToken.None))!.Columns.Select(c => c.Name)];
    }
}
