using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// Semantics, section 3: a table is that table. Another one under its name stops the policy; what people do to their own
/// table does not.
/// </summary>
public abstract class SourceConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Tiers = "keep: 5d\nrecheck: 1d\ntiers: [{ every: 1h, keep: 90d }, { every: 1d }]";
    private const string Minutes = "range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-12', INTERVAL 10 MINUTE) r(t)";

    [Theory]
    [Rule("source-swapped")]
    [Rule("another-table")]
    [InlineData(
        $"CREATE TABLE m.other AS SELECT t AS ts, 'a' AS host, epoch(t) % 977 AS v FROM {Minutes}; ALTER TABLE m.cpu RENAME TO cpu_old; ALTER TABLE m.other RENAME TO cpu"
    )]
    [InlineData($"CREATE OR REPLACE TABLE m.cpu AS SELECT t AS ts, 'b' AS host, epoch(t) % 977 AS v FROM {Minutes}")]
    [InlineData($"CREATE OR REPLACE TABLE m.cpu AS SELECT t + INTERVAL 3 MINUTE AS ts, 'a' AS host, epoch(t) % 3 AS v FROM {Minutes}")]
    [InlineData(
        "DROP TABLE m.cpu; CREATE TABLE m.cpu (v DOUBLE, ts TIMESTAMP, host VARCHAR); INSERT INTO m.cpu SELECT 7, t, 'c' FROM range(TIMESTAMP '2025-01-07', TIMESTAMP '2025-01-10', INTERVAL 1 HOUR) r(t)"
    )]
    [InlineData("UPDATE m.cpu SET v = 0")]
    public async Task Another_table_stops_the_policy_before_anything_is_done(string swap)
    {
        var (story, before) = await BuiltAsync();
        await Db.ExecuteAsync(swap);
        var rows = await story.CountAsync("cpu");
        var outcome = await story.RunAsync("2025-01-12");
        var error = Assert.IsType<HaltException>(Assert.Single(outcome.Errors));
        Assert.Equal(("VRV334", 5), (error.Code, error.ExitCode));
        Assert.Contains("adopt-source", error.Message, StringComparison.Ordinal);
        Assert.Contains((await story.PlanAsync("2025-01-12")).Notes, n => n.Code == "VRV334");
        Assert.Contains((await story.StatusAsync("2025-01-12")).Notes, n => n.Code == "VRV334");
        if (Db.HasTransactions)
            await Assert.ThrowsAsync<HaltException>(() =>
                story.WithAsync(l => l.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "a")] }))
            );
        Assert.Equal(rows, await story.CountAsync("cpu"));
        Assert.Equal(before, await TierAsync("cpu_1h"));
    }

    [Fact]
    [Rule("adopt-source")]
    public async Task What_was_built_is_history_once_another_table_was_adopted()
    {
        var (story, before) = await BuiltAsync();
        await Db.ExecuteAsync($"CREATE OR REPLACE TABLE m.cpu AS SELECT t AS ts, 'b' AS host, epoch(t) % 977 AS v FROM {Minutes}");
        var adopted = await story.WithAsync(l => l.AdoptSourceAsync("m.cpu"));
        Assert.Equal((At("2025-01-10"), 9 * 144), (adopted.Until, adopted.Late));
        await story.RunWellAsync("2025-01-12");
        Assert.Equal(before, await TierAsync("cpu_1h", "WHERE ts < TIMESTAMP '2025-01-10'"));
        Assert.Equal(
            2 * 144,
            Number(await Db.QueryAsync("SELECT CAST(sum(varve_rows) AS BIGINT) FROM m.cpu_1h WHERE ts >= TIMESTAMP '2025-01-10'"), 0)
        );
        Assert.Equal(11 * 144, await story.CountAsync("cpu"));
        await story.RunWellAsync("2025-02-20");
        Assert.Equal(9 * 144, await story.CountAsync("cpu"));
        Assert.Equal(9 * 144, (await story.StatusAsync("2025-02-20")).FrozenLate.Rows);
        Assert.Equal(
            "11",
            Convert.ToString(
                (await Db.QueryAsync("SELECT count(DISTINCT ts) FROM m.cpu_1d"))[0][0],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
    }

    [Fact]
    [Rule("adopt-same")]
    public async Task The_same_table_is_followed_on_a_word()
    {
        var (story, _) = await BuiltAsync();
        await Db.ExecuteAsync("UPDATE m.cpu SET v = v / 2");
        var left = await story.SourceAsync();
        await story.WithAsync(l => l.AdoptSourceAsync("m.cpu", isSame: true));
        await story.RunWellAsync("2025-01-10");
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        Same(left, await story.SourceAsync());
        await story.RunWellAsync("2025-01-12");
    }

    [Theory]
    [Rule("source-emptied")]
    [Rule("same-table")]
    [InlineData("DELETE FROM m.cpu WHERE ts < TIMESTAMP '2025-01-08'")]
    [InlineData("DELETE FROM m.cpu WHERE ts < TIMESTAMP '2025-01-09 22:00'")]
    [InlineData("TRUNCATE m.cpu")]
    [InlineData("CREATE OR REPLACE TABLE m.cpu (ts TIMESTAMP, host VARCHAR, v DOUBLE)")]
    [InlineData(
        "TRUNCATE m.cpu; INSERT INTO m.cpu SELECT t, 'a', 1 FROM range(TIMESTAMP '2025-01-10', TIMESTAMP '2025-01-11', INTERVAL 10 MINUTE) r(t)"
    )]
    [InlineData("CREATE TABLE m.copy AS FROM m.cpu; DROP TABLE m.cpu; ALTER TABLE m.copy RENAME TO cpu")]
    [InlineData(
        "CREATE TABLE m.copy AS FROM m.cpu; TRUNCATE m.cpu; INSERT INTO m.cpu SELECT * FROM m.copy WHERE ts >= TIMESTAMP '2025-01-08'"
    )]
    [InlineData("INSERT INTO m.cpu SELECT t, 'new', 1 FROM range(TIMESTAMP '2025-01-05', TIMESTAMP '2025-01-10', INTERVAL 10 MINUTE) r(t)")]
    [InlineData("INSERT INTO m.cpu SELECT t, 'a', 1 FROM range(TIMESTAMP '2024-12-01', TIMESTAMP '2025-01-04', INTERVAL 10 MINUTE) r(t)")]
    [InlineData("UPDATE m.cpu SET v = 0 WHERE ts >= TIMESTAMP '2025-01-09'")]
    [InlineData("INSERT INTO m.cpu SELECT ts, host, v + 1 FROM m.cpu WHERE ts >= TIMESTAMP '2025-01-09'")]
    [InlineData("ALTER TABLE m.cpu ADD COLUMN w DOUBLE")]
    public async Task What_people_do_to_their_own_table_stops_nothing(string done)
    {
        var (story, before) = await BuiltAsync();
        await Db.ExecuteAsync(done);
        var outcome = await story.RunAsync("2025-01-11");
        Assert.Empty(outcome.Errors);
        Assert.DoesNotContain((await story.PlanAsync("2025-01-11")).Notes, n => n.Code == "VRV334");
        if (!done.StartsWith("TRUNCATE", StringComparison.Ordinal) && !done.StartsWith("CREATE OR", StringComparison.Ordinal))
            return;
        Assert.Equal(before, await TierAsync("cpu_1h", "WHERE ts < TIMESTAMP '2025-01-10'"));
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT t, 'a', 2 FROM range(TIMESTAMP '2025-01-11', TIMESTAMP '2025-01-12', INTERVAL 10 MINUTE) r(t)"
        );
        Assert.Empty((await story.RunAsync("2025-01-12")).Errors);
        Assert.Equal(before, await TierAsync("cpu_1h", "WHERE ts < TIMESTAMP '2025-01-10'"));
    }

    [Fact]
    public async Task There_is_nothing_to_adopt_of_the_table_itself()
    {
        var (story, _) = await BuiltAsync();
        await story.InsertAsync(Row("2025-01-09 12:00:01".Replace(' ', 'T') + "Z", 5));
        foreach (var isSame in new[] { true, false })
            Assert.Equal(
                "VRV335",
                (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.AdoptSourceAsync("m.cpu", isSame)))).Code
            );
    }

    [Theory]
    [Rule("adopt-held")]
    [InlineData("merge")]
    [InlineData("discard")]
    public async Task Another_table_is_adopted_only_where_late_rows_are_held(string late)
    {
        if (late == "merge" && await IsRefusedAsync("VRV146", () => BuiltAsync($"\nlate_after_expiry: {late}")))
            return;
        var (story, before) = await BuiltAsync($"\nlate_after_expiry: {late}");
        await Db.ExecuteAsync($"CREATE OR REPLACE TABLE m.cpu AS SELECT t AS ts, 'b' AS host, epoch(t) % 977 AS v FROM {Minutes}");
        var error = await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.AdoptSourceAsync("m.cpu")));
        Assert.Contains("hold", error.Message, StringComparison.Ordinal);
        Assert.Single((await story.RunAsync("2025-01-12")).Errors);
        Assert.Equal(before, await TierAsync("cpu_1h"));
        Assert.Equal(11 * 144, await story.CountAsync("cpu"));
    }

    /// <summary>Nine days, of which the first four have expired.</summary>
    private async Task<(Story Story, string Hours)> BuiltAsync(string more = "")
    {
        var story = await BeginAsync(Policy(Tiers + more), Every("2025-01-01", "2025-01-10", "10m"));
        await story.RunWellAsync("2025-01-10");
        Assert.Equal(5 * 144, await story.CountAsync("cpu"));
        return (story, await TierAsync("cpu_1h"));
    }

    private async Task<string> TierAsync(string tier, string where = "") =>
        string.Join('\n', (await Db.QueryAsync($"SELECT * FROM m.{tier} {where} ORDER BY ALL")).Select(r => string.Join(' ', r)));

    [Fact]
    public async Task No_series_at_all_is_one_series()
    {
        var rows = Every("2025-01-01", "2025-01-01T05:00Z", "7m");
        var story = await Story.BeginAsync(
            Db,
            Cpu(),
            """
            table: m.cpu
            time: ts
            series: []
            measures: { v: [sum, min, last] }
            tiers: [{ every: 1h }, { every: 1d }]
            """,
            rows
        );
        await story.RunWellAsync("2025-01-02");
        await story.ExpectTiersAsync(rows);
    }
}
