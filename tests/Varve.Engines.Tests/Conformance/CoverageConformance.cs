using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 4: coverage of a bucket.</summary>
public abstract class CoverageConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("coverage")]
    public async Task Coverage_is_rows_by_interval_capped_in_the_first_tier_and_added_after()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01T00:00Z", "2025-01-01T01:00Z", "1s"),
            .. Every("2025-01-01T01:00Z", "2025-01-01T01:30Z", "10s"),
            .. Every("2025-01-01T05:00Z", "2025-01-01T06:00Z", "10s", "b"),
        ];
        var story = await BeginAsync(Policy("interval: 10s\ntiers: [{ every: 1h }, { every: 1d }]", "avg, count"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.ExpectTiersAsync(rows);
        var day = (await TierRows.ReadAsync(story, "cpu_1d_states")).Single(r => r.Key == "'a'");
        Assert.Equal(5_400_000L, Convert.ToInt64(day["varve_covered"], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_tier_beside_another_caps_on_its_own()
    {
        var rows = Every("2025-01-06T00:00Z", "2025-01-06T06:00Z", "1m");
        var story = await BeginAsync(Policy("interval: 5m\ntiers: [{ every: 1w }, { every: 1mo }]", "avg"), rows);
        await story.RunWellAsync("2025-03-01");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_local_day_of_23_hours_can_be_covered_whole()
    {
        var rows = Every("2025-03-29T23:00Z", "2025-03-30T22:00Z", "10m");
        var story = await BeginAsync(Policy("interval: 10m\ntiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin }]", "avg"), rows);
        await story.RunWellAsync("2025-04-01");
        await story.ExpectTiersAsync(rows);
        Assert.Equal(1.0, Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"))["varve_coverage"]);
    }

    [Fact]
    [Rule("min-coverage")]
    public async Task Below_min_coverage_values_read_as_null_and_the_coarser_tier_is_still_exact()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01T00:00Z", "2025-01-01T00:20Z", "1m"),
            .. Every("2025-01-01T01:00Z", "2025-01-01T01:30Z", "1m"),
            .. Every("2025-01-01T02:00Z", "2025-01-02", "1m"),
        ];
        var story = await BeginAsync(Policy("interval: 1m\nmin_coverage: 0.5\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.ExpectTiersAsync(rows);
        var hours = (await TierRows.ReadAsync(story, "cpu_1h")).OrderBy(r => r.At).ToList();
        Assert.Null(hours[0]["v_avg"]);
        Assert.NotNull(hours[0]["v_count"]);
        Assert.NotNull(hours[1]["v_avg"]);
        Assert.NotNull(Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"))["v_avg"]);
    }

    [Fact]
    [Rule("coverage-unknown")]
    public async Task Without_an_interval_coverage_is_unknown()
    {
        var rows = Every("2025-01-01", "2025-01-01T02:00Z", "1m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]", "avg"), rows);
        await story.RunWellAsync("2025-01-03");
        Assert.All(await TierRows.ReadAsync(story, "cpu_1h"), r => Assert.Null(r["varve_coverage"]));
        Assert.All(await TierRows.ReadAsync(story, "cpu_1h_states"), r => Assert.Null(r["varve_covered"]));
    }

    [Fact]
    [Rule("coverage-unknown")]
    public async Task Min_coverage_without_an_interval_is_refused()
    {
        await Db.CreateAsync(Cpu());
        await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, Cpu()).ApplyAsync(Policy("min_coverage: 0.5\ntiers: [{ every: 1h }]"))
        );
    }

    [Fact]
    [Rule("coverage-calendar")]
    public async Task A_whole_series_of_months_covers_every_bucket_that_is_made_of_months()
    {
        await Db.CreateAsync(Cpu());
        await Db.ExecuteAsync("INSERT INTO m.cpu SELECT TIMESTAMP '2023-01-01' + i * INTERVAL 1 MONTH, 'a', i FROM range(36) r(i)");
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(
            Policy("interval: 1mo\nmin_coverage: 1\ntiers: [{ every: 1mo }, { every: 1q }, { every: 1y }]", "count, sum, avg")
        );
        await story.RunWellAsync("2026-02-01");
        foreach (var (tier, buckets) in new[] { ("1mo", 36), ("1q", 12), ("1y", 3) })
            Assert.Equal([buckets, buckets, 1.0], await CoverageAsync(tier));
    }

    [Theory]
    [InlineData("1q", 2.0 / 3)]
    [InlineData("1y", 11.0 / 12)]
    public async Task A_month_that_is_missing_is_missing_from_its_quarter_and_its_year(string tier, double coverage)
    {
        await Db.CreateAsync(Cpu());
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT TIMESTAMP '2024-01-01' + i * INTERVAL 1 MONTH, 'a', i FROM range(12) r(i) WHERE i <> 4"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy("interval: 1mo\ntiers: [{ every: 1q }, { every: 1y }]", "count, avg"));
        await story.RunWellAsync("2025-02-01");
        Assert.InRange((await CoverageAsync(tier))[2], coverage - 0.002, coverage + 0.002);
    }

    [Fact]
    [Rule("coverage-calendar")]
    public async Task A_whole_series_of_days_covers_the_days_of_23_and_of_25_hours_too()
    {
        await Db.CreateAsync(Cpu());
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT t + INTERVAL 12 HOUR, 'a', 1 FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2026-01-01', INTERVAL 1 DAY) r(t)"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(
            Policy(
                "zone: Europe/Berlin\ninterval: 1d\nmin_coverage: 1\ntiers: [{ every: 1d }, { every: 1mo }, { every: 1y }]",
                "count, sum, avg"
            )
        );
        await story.RunWellAsync("2026-02-01");
        foreach (var (tier, buckets) in new[] { ("1d", 365), ("1mo", 12), ("1y", 1) })
            Assert.Equal([buckets, buckets, 1.0], await CoverageAsync(tier));
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Varve.Policies.Selection.All)), r => Assert.Empty(r.Mismatches));
    }

    private async Task<double[]> CoverageAsync(string tier) =>
        [
            .. (await Db.QueryAsync($"SELECT count(*), count(v_avg), min(varve_coverage) FROM m.cpu_{tier}"))[0]
                .Select(v => Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture)),
        ];
}
