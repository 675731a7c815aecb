using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

/// <summary>Numbers by hand: 1000 rows a day since the first of January, the planning instant the start of the tenth.</summary>
public sealed class ForecastTests
{
    private const string Tiered = "keep: 7d, " + Seen.Tiers;

    [Fact]
    public void The_first_point_is_what_is_there_and_the_next_ones_are_after_a_run()
    {
        var source = Source(Of("keep: 7d"));
        Assert.Equal((9000, 90_000, true), (source.Points[0].Rows, source.Points[0].Bytes, source.Points[0].IsStep));
        Assert.Equal([7000, 7000, 7000], [At(source, "11"), At(source, "20"), At(source, "69")]);
        Assert.Equal(70_000, source.Points[1].Bytes);
    }

    [Theory]
    [InlineData("keep: 20d", "11", 10_000)]
    [InlineData("keep: 20d", "20", 19_000)]
    [InlineData("keep: 20d", "21", 20_000)]
    [InlineData("keep: 20d", "69", 20_000)]
    [InlineData("keep: forever, tiers: [{ every: 1d }]", "69", 68_000)]
    public void A_table_grows_until_as_much_goes_as_comes(string policy, string at, long rows) =>
        Assert.Equal(rows, At(Source(Of(policy)), at));

    [Theory]
    [InlineData("keep: 7d", "10")]
    [InlineData("keep: 20d", "21")]
    [InlineData("keep: 30d", "31")]
    [InlineData("keep: forever, tiers: [{ every: 1d }]", null)]
    public void It_says_from_when_on_that_is_so(string policy, string? day) => Assert.Equal(day, Day(Source(Of(policy))));

    [Fact]
    public void What_is_steady_after_the_end_is_told_too() => Assert.Equal("110", Day(Source(Of("keep: 100d", ahead: "30d"))));

    [Theory]
    [InlineData("2025-02-10", 31_000)]
    [InlineData("2025-03-10", 28_000)]
    [InlineData("2025-04-10", 31_000)]
    public void Months_are_as_long_as_they_are(string at, long rows)
    {
        var source = Source(Of("keep: 1mo", ahead: "8mo"));
        Assert.Equal(rows, source.Points.Single(p => p.IsStep && p.At == InstantText.Parse(at)).Rows);
        Assert.Equal("31", Day(source));
    }

    [Theory]
    [InlineData("source", "15", 7000)]
    [InlineData("1h", "15", 672)]
    [InlineData("1h", "40", 1440)]
    [InlineData("1h", "69", 1440)]
    [InlineData("1d", "15", 28)]
    [InlineData("1d", "69", 136)]
    public void Tiers_grow_by_buckets_and_lose_whole_ones(string relation, string at, long rows) =>
        Assert.Equal(rows, At(Find(Of(Tiered), relation), at));

    [Fact]
    public void A_bucket_that_waits_for_stragglers_is_not_there_yet()
    {
        var forecast = Of("keep: 7d, late: 6h, tiers: [{ every: 1h, keep: 30d }, { every: 1d }]");
        Assert.Equal(432 + (5 * 48), At(Find(forecast, "1h"), "15"));
        Assert.Equal(18 + (5 * 2), At(Find(forecast, "1d"), "15"));
        Assert.Equal("30", Day(Find(forecast, "1h")));
    }

    [Fact]
    public void A_month_is_there_when_it_has_ended()
    {
        var forecast = Of("keep: 40d, tiers: [{ every: 1mo }]", Seen.Table, Measured() with { Sampled = Paces("1mo", 2, 1) }, "3mo");
        Assert.Equal([0, 2, 4], [At(Find(forecast, "1mo"), "31"), At(Find(forecast, "1mo"), "32"), At(Find(forecast, "1mo"), "60")]);
    }

    [Theory]
    [InlineData(null, "20", 9000)]
    [InlineData("15", "14", 9000)]
    [InlineData("15", "15", 7000)]
    public void What_is_held_stays_as_long_as_the_hold(string? until, string at, long rows) =>
        Assert.Equal(rows, At(Source(Of("keep: 7d", Seen.Table.Holding(Hold("source", "2..4", until)))), at));

    [Fact]
    public void A_tier_keeps_what_its_source_still_has()
    {
        var forecast = Of("keep: 7d, tiers: [{ every: 1h, keep: 8d }]", WithTiers(Seen.Table).Holding(Hold("source", "2..4", null)));
        Assert.Equal((8 * 48) + (2 * 48), At(Find(forecast, "1h"), "40"));
        Assert.Equal(8 * 48, At(Find(Of("keep: 7d, tiers: [{ every: 1h, keep: 8d }]"), "1h"), "40"));
    }

    [Fact]
    public void A_hold_without_ends_lets_a_table_grow_for_ever()
    {
        var source = Source(Of("keep: 7d", Seen.Table.Holding(Hold(null, "2..+inf", null))));
        Assert.Null(source.SteadyFrom);
        Assert.Equal(67_000, At(source, "69"));
    }

    [Fact]
    public void A_halted_range_stays()
    {
        var halted = Seen.State(new() { Halted = Jan.Set("1..2") }, ("1h", Seen.Whole), ("1d", Seen.Whole));
        Assert.Equal(8000, At(Source(Of("keep: 7d", halted)), "40"));
    }

    [Fact]
    public void A_silent_source_empties_by_the_clock()
    {
        var forecast = Of(Tiered, load: Measured() with { Rows = 0 });
        Assert.Equal([6000, 0], [At(Source(forecast), "11"), At(Source(forecast), "17")]);
        Assert.Equal([432, 0, 18], [At(Find(forecast, "1h"), "20"), At(Find(forecast, "1h"), "40"), At(Find(forecast, "1d"), "69")]);
        Assert.Equal("17", Day(Source(forecast)));
        Assert.Contains("no row came in", forecast.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_silent_source_that_is_held_keeps_its_last_rows() =>
        Assert.Equal(7000, At(Source(Of("keep: 7d, on_silence: hold", load: Measured() with { Rows = 0 })), "60"));

    [Fact]
    public void Nothing_is_measured_of_an_empty_table()
    {
        var forecast = Of(Tiered, Seen.Table with { Rows = 0, Bytes = 0, First = null, Last = null }, Nothing());
        Assert.All(forecast.Total.Skip(1), p => Assert.Equal((0, 0), (p.Rows, p.Bytes)));
        Assert.Equal((ForecastRows.Nothing, (TimeRange?)null), (Source(forecast).Rate.Basis, Source(forecast).Rate.Window));
        Assert.Contains("has no rows", forecast.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_instant_is_no_rate()
    {
        var forecast = Of(
            "keep: 7d",
            Seen.Table with
            {
                First = Jan.At("5"),
                Last = Jan.At("5"),
            },
            Nothing() with
            {
                Strata = Strata(("source", "5..5T00:01", 9000)),
            }
        );
        Assert.Equal([9000, 9000, 0], [At(Source(forecast), "11"), At(Source(forecast), "12"), At(Source(forecast), "13")]);
        Assert.Contains("no rate", forecast.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_tier_is_built_from_what_is_there_and_grows()
    {
        var tier = Find(Unbuilt(Paces("1h", 144, 24)), "1h");
        Assert.True(tier.IsNew);
        Assert.Equal((ForecastRows.CountedInSource, 6.0, 144.0), (tier.Rate.Basis, tier.Rate.RowsPerBucket!.Value, tier.Rate.RowsPerDay));
        Assert.Equal([0, 1296 + 144], [tier.Points[0].Rows, At(tier, "11")]);
    }

    [Fact]
    public void A_new_tier_has_no_more_rows_than_its_source()
    {
        var tier = Find(Unbuilt(Paces("1h", 2400, 24)), "1h");
        Assert.Equal((10_000, 1000.0), (At(tier, "11"), tier.Rate.RowsPerDay));
    }

    [Fact]
    public void A_new_tier_has_no_buckets_where_its_source_has_no_rows()
    {
        var load = Measured() with { Strata = Strata(("source", "1..3", 2000), ("source", "8..10", 7000)), Sampled = Paces("1h", 144, 24) };
        Assert.Equal((4 * 144) + 144, At(Find(Of("tiers: [{ every: 1h }]", Seen.State(new()), load), "1h"), "11"));
    }

    [Fact]
    public void A_retired_tier_stays_as_it_is()
    {
        var blueprint = Seen.Policy("keep: 7d, tiers: [{ every: 1d }]") with { Retired = [Seen.Policy(Tiered).Tier(new("1h"))] };
        var forecast = Of(blueprint, WithTiers(Seen.Table), Measured());
        var retired = Find(forecast, "1h");
        Assert.True(retired.IsRetired);
        Assert.All(retired.Points, p => Assert.Equal(432, p.Rows));
        Assert.Contains(forecast.Notes, n => n.StartsWith("1h is retired", StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_tier_has_what_a_retired_one_gives_it()
    {
        var state = Seen.State(new() { Frozen = Jan.Set("-inf..8") }, ("1h", Seen.Whole)) with { First = Jan.At("8"), Rows = 2000 };
        var blueprint = Seen.Policy("keep: 2d, tiers: [{ every: 2h }]") with { Retired = [Seen.Policy(Tiered).Tier(new("1h"))] };
        var load = Measured() with { Strata = Strata(("source", "8..10", 2000), ("1h", "1..10", 432)), Sampled = Paces("2h", 24, 12) };
        Assert.Equal((9 * 24) + 24, At(Find(Of(blueprint, state, load), "2h"), "11"));
    }

    [Fact]
    public void An_archive_gets_what_goes()
    {
        var blueprint = Seen.Policy("keep: 7d");
        blueprint = blueprint with { Policy = blueprint.Policy with { Archive = new("cold") } };
        var archive = Of(blueprint, Seen.Table, Measured() with { ArchivedRows = 2000, ArchivedBytes = 4000 }).Archive!;
        Assert.Equal(("cold", 2000, 4000), (archive.Location, archive.Points[0].Rows, archive.Points[0].Bytes));
        Assert.Equal((14_000, 28_000), archive.Points.Where(p => p.At == Jan.At("20")).Select(p => (p.Rows, p.Bytes)).Single());
        Assert.Equal(0, Of(blueprint, Seen.Table, Measured()).Archive!.Points[^1].Bytes);
        Assert.Null(Of("keep: 7d").Archive);
    }

    [Fact]
    public void All_relations_are_added_and_the_peak_is_the_most_of_them()
    {
        var forecast = Of(Tiered);
        Assert.Equal([9450, 7000 + 1440 + 136], [forecast.Total[0].Rows, forecast.Total[^1].Rows]);
        Assert.Equal(forecast.Total.Max(p => p.Bytes), forecast.Peak.Bytes);
        Assert.Contains(forecast.Notes, n => n.StartsWith("the file does not shrink", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Of(Seen.Policy(Tiered), Seen.Table, Measured(), returnsSpace: true).Notes,
            n => n.StartsWith("the file", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Rows_without_a_time_and_those_that_came_too_late_stay_unless_they_are_discarded()
    {
        var state = Seen.Table with { Timeless = 3, Frozen = new(5, Jan.At("1"), Jan.At("2")) };
        Assert.Equal(7008, At(Source(Of("keep: 7d", state)), "20"));
        Assert.Equal(7003, At(Source(Of("keep: 7d, late_after_expiry: discard", state)), "20"));
    }

    [Theory]
    [InlineData("2y", 9, "2025-04-10")]
    [InlineData("1y", 5, "2025-04-10")]
    [InlineData("6mo", 7, "2025-02-10")]
    [InlineData("30d", 5, "2025-01-17")]
    [InlineData("1d", 2, "2025-01-11")]
    [InlineData("100y", 6, "2045-01-10")]
    public void A_table_shows_nine_instants_at_most(string ahead, int steps, string second)
    {
        var points = Of("keep: 7d", ahead: ahead).Total.Where(p => p.IsStep).ToList();
        Assert.Equal((steps, second), (points.Count, InstantText.Format(points[1].At)[..10]));
        Assert.Equal(Keep.Parse(ahead).AddTo(Jan.At("10"), NodaTime.DateTimeZone.Utc), points[^1].At);
    }

    [Theory]
    [InlineData("1d", true)]
    [InlineData("100y", true)]
    [InlineData("23h", false)]
    [InlineData("101y", false)]
    [InlineData("forever", false)]
    public void A_forecast_looks_a_day_to_a_hundred_years_ahead(string ahead, bool isPossible)
    {
        Assert.Equal(isPossible, ForecastOptions.IsPossible(Keep.Parse(ahead)));
        if (!isPossible)
            Assert.Throws<ArgumentOutOfRangeException>(() => new ForecastOptions { Ahead = Keep.Parse(ahead) });
    }

    private static Forecast Of(string policy, TableState? state = null, MeasuredLoad? load = null, string ahead = "59d") =>
        Of(Seen.Policy(policy), state ?? WithTiers(Seen.Table), load ?? Measured(), ahead);

    private static Forecast Of(
        PolicyLayout blueprint,
        TableState state,
        MeasuredLoad load,
        string ahead = "59d",
        bool returnsSpace = false
    ) => Forecaster.Of(blueprint, state, Planner.Plan(blueprint, state, Jan.At("10")), load, Keep.Parse(ahead), returnsSpace);

    private static Forecast Unbuilt(IReadOnlyDictionary<RelationId, RowsPerBucket> sampled) =>
        Of("tiers: [{ every: 1h }]", Seen.State(new()), Measured() with { Strata = Strata(("source", "1..10", 9000)), Sampled = sampled });

    /// <summary>Two series: two rows in an hour and two in a day.</summary>
    private static MeasuredLoad Measured() =>
        new()
        {
            Window = Jan.Range("3..10"),
            Rows = 7000,
            Strata = Strata(("source", "1..10", 9000), ("1h", "1..10", 432), ("1d", "1..10", 18)),
        };

    private static MeasuredLoad Nothing() =>
        new()
        {
            Window = Jan.Range("10..10"),
            Rows = 0,
            Strata = Strata(),
        };

    private static TableState WithTiers(TableState state) =>
        state with
        {
            Tiers = new Dictionary<RelationId, TierSize> { [new("1h")] = new(432, 0, Jan.At("1")), [new("1d")] = new(18, 0, Jan.At("1")) },
        };

    private static Dictionary<RelationId, IReadOnlyList<RowSegment>> Strata(params (string Relation, string Range, int Rows)[] strata) =>
        strata
            .GroupBy(s => s.Relation)
            .ToDictionary(
                g => new RelationId(g.Key),
                g => (IReadOnlyList<RowSegment>)[.. g.Select(s => new RowSegment(Jan.Range(s.Range), s.Rows))]
            );

    private static Dictionary<RelationId, RowsPerBucket> Paces(string tier, double rows, double buckets) =>
        new() { [new(tier)] = new(Jan.Range("9..10"), rows, buckets) };

    private static Hold Hold(string? relation, string range, string? until) =>
        new("id", relation is null ? null : new(relation), Jan.Range(range), "law", "me", until is null ? null : Jan.At(until));

    private static RelationForecast Source(Forecast forecast) => Find(forecast, RelationId.Source.Text);

    private static RelationForecast Find(Forecast forecast, string relation) => forecast.Relations.Single(r => r.Relation.Text == relation);

    private static long At(RelationForecast relation, string at) => relation.Points.Single(p => p.At == Jan.At(at)).Rows;

    private static string? Day(RelationForecast relation) => relation.SteadyFrom is { } at ? Jan.Text(at) : null;
}
