using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 4: coverage of a bucket.</summary>
public abstract class CoverageConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
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
    public async Task Below_min_coverage_values_read_as_null_and_the_coarser_tier_is_still_exact()
    {
        List<SourceRow> rows = [.. Every("2025-01-01T00:00Z", "2025-01-01T00:20Z", "1m"), .. Every("2025-01-01T01:00Z", "2025-01-01T01:30Z", "1m"), .. Every("2025-01-01T02:00Z", "2025-01-02", "1m")];
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
    public async Task Without_an_interval_coverage_is_unknown()
    {
        var rows = Every("2025-01-01", "2025-01-01T02:00Z", "1m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]", "avg"), rows);
        await story.RunWellAsync("2025-01-03");
        Assert.All(await TierRows.ReadAsync(story, "cpu_1h"), r => Assert.Null(r["varve_coverage"]));
        Assert.All(await TierRows.ReadAsync(story, "cpu_1h_states"), r => Assert.Null(r["varve_covered"]));
    }

    [Fact]
    public async Task Min_coverage_without_an_interval_is_refused()
    {
        await Db.CreateAsync(Cpu());
        await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu()).ApplyAsync(Policy("min_coverage: 0.5\ntiers: [{ every: 1h }]")));
    }
}
