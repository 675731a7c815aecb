using NodaTime;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>DuckDB adds doubles in the order in which its threads come to them, so that no sum comes out twice the same.</summary>
public sealed class RoundingTests : Files
{
    private const string Policy = """
        table: cpu
        time: ts
        series: [host]
        measures: { v: [avg, stddev] }
        keep: 30d
        tiers: [{ every: 1h, keep: 60d }, { every: 1d }, { every: 1mo }]
        """;

    private static readonly Instant s_at = Instant.FromUtc(2025, 7, 1, 0, 0);

    [Theory]
    [Rule("proof-tolerance")]
    [InlineData(0, "one value a bucket: a day has no deviation but that between its hours")]
    [InlineData(1, "no deviation at all")]
    [InlineData(2, "deviations that are small beside the mean")]
    [InlineData(3, "deviations in the last digits of the mean")]
    [InlineData(4, "a mean that no addition gives exactly")]
    [InlineData(5, "values that cancel")]
    [InlineData(6, "values whose squares are nearly nothing")]
    public async Task What_nobody_touched_agrees_however_its_parts_were_added(long values, string meaning)
    {
        await using var database = New();
        await Do(
            database,
            $"""
            CREATE TABLE cpu AS SELECT ts, host, CASE {values}
                WHEN 0 THEN v WHEN 1 THEN 0.1::DOUBLE WHEN 2 THEN 1e9 + v WHEN 3 THEN 1e9 + v / 1e6 WHEN 4 THEN -1e9 - 0.1::DOUBLE
                WHEN 5 THEN CASE WHEN v % 2 = 0 THEN 1e12 ELSE -1e12 END + v / 3 ELSE v / 3e200 END AS v
            FROM (SELECT TIMESTAMP '2025-01-01' + to_days(d::INTEGER) + to_hours(3 * h::INTEGER) AS ts, o AS host, CAST((7 * d + 13 * o + 31 * h) % 101 AS DOUBLE) AS v
                  FROM range(180) a(d), range(200) b(o), range(7) c(h)) AS made
            """
        );
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy, "cpu.yaml"));
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_at, Yes = true }))
        {
            Assert.IsNotType<RunEvent.Failed>(happened);
            Assert.False(
                happened is RunEvent.Waiting { Wait.NeedsPerson: true },
                $"{meaning}: {(happened as RunEvent.Waiting)?.Wait.Reason}"
            );
            if (happened is RunEvent.StepDone { Step: PlanStep.Expire } step)
                Assert.Null(step.Result.Note);
        }

        foreach (var report in await lifecycle.VerifyAsync(Selection.All))
            Assert.Empty(report.Mismatches);
    }

    [Fact]
    [Rule("proof-tolerance")]
    public async Task A_deviation_that_is_wrong_by_a_millionth_is_found_beside_what_rounding_leaves()
    {
        await using var database = New();
        await Do(
            database,
            $"""
            CREATE TABLE cpu AS SELECT TIMESTAMP '2025-06-20' + to_days(d::INTEGER) + to_hours(3 * h::INTEGER) AS ts, o AS host, CAST((7 * d + 13 * o + 31 * h) % 101 AS DOUBLE) AS v
            FROM range(10) a(d), range(20) b(o), range(7) c(h)
            """
        );
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy, "cpu.yaml"));
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_at, Yes = true }))
            Assert.IsNotType<RunEvent.Failed>(happened);
        await Do(database, $"UPDATE cpu_1d_states SET v_m2 = v_m2 * (1 + 1e-6) WHERE host = 7 AND ts = '2025-06-25'");
        Assert.Equal(
            ["1d", "1mo"],
            (await lifecycle.VerifyAsync(Selection.All)).Where(r => r.Mismatches.Count == 1).Select(r => r.Tier!.Text)
        );
    }

    [Theory]
    [InlineData("avg, stddev")]
    [InlineData("avg, min, max")]
    [InlineData("stddev")]
    public async Task Values_that_cancel_agree_with_a_tier_that_came_in_between_later(string functions)
    {
        await using var database = New();
        await Do(
            database,
            $"""
            CREATE TABLE cpu AS SELECT TIMESTAMP '2025-04-01' + to_minutes(i::INTEGER) AS ts, 1 AS host, CASE WHEN i % 60 < 30 THEN 1e12 ELSE -1e12 END + CAST((7 * i) % 101 AS DOUBLE) / 3 AS v FROM range(90 * 1440) t(i)
            """
        );
        var lifecycle = new Lifecycle(database);
        foreach (var tiers in new[] { "[{ every: 1d }]", "[{ every: 1h }, { every: 1d }]" })
        {
            var policy = $"table: cpu\ntime: ts\nseries: [host]\nmeasures: {{ v: [{functions}] }}\nkeep: 80d\ntiers: {tiers}\n";
            await lifecycle.ApplyAsync(PolicyYaml.Parse(policy, "cpu.yaml"));
            await foreach (
                var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_at - Duration.FromDays(10), Yes = true })
            )
                Assert.IsNotType<RunEvent.Failed>(happened);
        }

        foreach (var report in await lifecycle.VerifyAsync(Selection.All))
            Assert.Empty(report.Mismatches);
    }
}
