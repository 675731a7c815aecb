using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 3: rows are followed by when they came, whatever one clock said.</summary>
public abstract class ArrivalConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Arriving = "keep: 30d\nlate: 2h\narrival: arr\ntiers: [{ every: 1h }, { every: 1d }]";

    [Theory]
    [Rule("arrival-ahead")]
    [InlineData("'2025-01-10 00:00:01'")]
    [InlineData("'2025-01-10 23:00'")]
    [InlineData("'2100-01-01'")]
    [InlineData("'9999-12-31 23:59:59.999999'")]
    [InlineData("'infinity'")]
    public async Task A_stamp_that_has_not_come_keeps_no_other_row_back(string stamp)
    {
        var story = await BuiltAsync();
        await LateAsync("2025-01-08 12:30", "ahead", stamp);
        await story.RunWellAsync("2025-01-10");
        Assert.Equal(1, await CountedAsync("ahead"));
        Assert.True((await story.PlanAsync("2025-01-10")).IsEmpty);
        await LateAsync("2025-01-07 06:30", "late", "'2025-01-10 00:10'");
        await story.RunWellAsync("2025-01-10T01:00:00Z");
        Assert.Equal(1, await CountedAsync("late"));
        await LateAsync("2025-01-07 08:30", "later", "'2025-01-10 02:10'");
        await LateAsync("2025-01-08 12:40", "ahead", stamp);
        await story.RunWellAsync("2025-01-10T05:00:00Z");
        Assert.Equal((1, 1, 2), (await CountedAsync("late"), await CountedAsync("later"), await CountedAsync("ahead")));
        Assert.True((await story.PlanAsync("2025-01-10T05:00:00Z")).IsEmpty);
        await LateAsync("2025-01-07 09:30", "last", "'2025-01-11 01:10'");
        await story.RunWellAsync("2025-01-11T02:00:00Z");
        Assert.Equal(1, await CountedAsync("last"));
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        await story.RunWellAsync("2025-01-12");
        Assert.True((await story.PlanAsync("2025-01-12")).IsEmpty);
    }

    [Theory]
    [Rule("arrival-first")]
    [InlineData("4102444800000000")]
    [InlineData("1736550000000000")]
    [InlineData("9223372036854775807")]
    public async Task A_stamp_ahead_that_the_catalog_remembers_is_forgotten(string remembered)
    {
        var story = await BuiltAsync();
        await LateAsync("2025-01-07 06:30", "late", "'2025-01-10 00:10'");
        await Db.ExecuteAsync($"UPDATE varve.ledgers SET document = json_merge_patch(document, '{{\"arrival\":{remembered}}}')");
        await story.RunWellAsync("2025-01-10T01:00:00Z");
        Assert.Equal(1, await CountedAsync("late"));
        await LateAsync("2025-01-07 08:30", "later", "'2025-01-10 02:10'");
        await story.RunWellAsync("2025-01-10T05:00:00Z");
        Assert.Equal(1, await CountedAsync("later"));
    }

    [Fact]
    [Rule("arrival-first")]
    public async Task Rows_that_came_before_a_policy_asked_for_arrivals_are_followed()
    {
        var story = await BuiltAsync(Arriving.Replace("arrival: arr\n", "measures: { v: [count, sum] }\n", StringComparison.Ordinal));
        await LateAsync("2025-01-03 06:30", "late", "'2025-01-10 00:10'");
        await story.ApplyAsync(PolicyOf(Arriving));
        await story.RunWellAsync("2025-01-10T05:00:00Z");
        Assert.Equal(1, await CountedAsync("late"));
    }

    private async Task<Story> BuiltAsync(string policy = Arriving)
    {
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host VARCHAR, v DOUBLE, arr TIMESTAMP)");
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT t, 'a', 1, t FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-10', INTERVAL 30 MINUTE) r(t)"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(PolicyOf(policy));
        await story.RunWellAsync("2025-01-10");
        return story;
    }

    private static string PolicyOf(string more) =>
        more.Contains("measures", StringComparison.Ordinal)
            ? $"table: m.cpu\ntime: ts\nseries: [host]\n{more}"
            : Policy(more, "count, sum");

    private Task LateAsync(string at, string host, string stamp) =>
        Db.ExecuteAsync($"INSERT INTO m.cpu VALUES (TIMESTAMP '{at}', '{host}', 1, TIMESTAMP {stamp})");

    private async Task<long> CountedAsync(string host) =>
        Number(await Db.QueryAsync($"SELECT CAST(coalesce(sum(varve_rows), 0) AS BIGINT) FROM m.cpu_1d WHERE host = '{host}'"), 0);
}
