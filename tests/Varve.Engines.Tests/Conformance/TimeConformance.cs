using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 1: time and buckets.</summary>
public abstract class TimeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    public static TheoryData<string, string, string> LocalDays =>
        new()
        {
            { "Europe/Berlin", "2025-03-29T23:00Z", "2025-03-30T22:00Z" },
            { "Europe/Berlin", "2025-10-25T22:00Z", "2025-10-26T23:00Z" },
            { "America/Chicago", "2022-11-06T05:00Z", "2022-11-07T06:00Z" },
            { "Australia/Lord_Howe", "2025-04-05T13:00Z", "2025-04-06T13:30Z" },
            { "Asia/Kathmandu", "2024-12-31T18:15Z", "2025-01-01T18:15Z" },
            { "America/Sao_Paulo", "2018-11-04T03:00Z", "2018-11-05T02:00Z" },
            { "Asia/Amman", "2021-03-25T22:00Z", "2021-03-26T21:00Z" },
            { "America/Goose_Bay", "2010-11-07T03:00Z", "2010-11-08T04:00Z" },
        };

    public static TheoryData<TimeKind> Instants =>
        [
            TimeKind.Timestamp,
            TimeKind.TimestampSeconds,
            TimeKind.TimestampMilliseconds,
            TimeKind.TimestampNanoseconds,
            TimeKind.TimestampTz,
            TimeKind.IntegerSeconds,
            TimeKind.IntegerMilliseconds,
            TimeKind.IntegerMicroseconds,
            TimeKind.IntegerNanoseconds,
        ];

    [Fact]
    [Rule("half-open")]
    public async Task A_row_on_a_boundary_belongs_to_the_next_bucket()
    {
        SourceRow[] rows =
        [
            Row("2025-01-01T00:00Z", 1),
            Row("2025-01-01T00:59:59.999999Z", 2),
            Row("2025-01-01T01:00Z", 4),
            Row("2025-01-01T01:00:00.000001Z", 8),
        ];
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-01T02:00Z");
        await story.ExpectTiersAsync(rows);
        Assert.Equal(2, await story.CountAsync("cpu_1h"));
    }

    [Fact]
    [Rule("zones-side-by-side")]
    public async Task Days_of_two_zones_are_built_from_the_same_hours()
    {
        var rows = Every("2025-03-26", "2025-04-03", "20m").Concat(Every("2025-03-26", "2025-04-03", "50m", "b")).ToList();
        var story = await BeginAsync(
            Policy(
                "keep: 2d\nlate: 1h\nrecheck: 1h\ntiers: [{ every: 1h, keep: 3d }, { every: 1d, zone: Europe/Berlin, name: berlin }, { every: 1d, zone: America/New_York, name: new_york }]"
            ),
            rows
        );
        foreach (var day in new[] { "2025-03-29T12:30Z", "2025-03-31T12:30Z", "2025-04-01T05:30Z", "2025-04-04T12:30Z" })
            await story.RunWellAsync(day);
        foreach (var (tier, id) in new[] { (1, "1d@Europe/Berlin"), (2, "1d@America/New_York") })
        {
            await story.ExpectTierAsync(tier, rows);
            Assert.Equal(id, (await story.StatusAsync("2025-04-04T12:30Z")).Relations[tier + 1].Relation.Text);
        }

        Assert.Equal([-1, 0, 0], Enumerable.Range(0, 3).Select(story.Tiers(rows).Input));
        Same(Since(rows, "2025-04-02T12:00Z"), await story.SourceAsync());
        Assert.Equal(0L, (await Db.QueryAsync("SELECT count(*) FROM m.cpu_1h_states WHERE ts < TIMESTAMP '2025-03-31 22:00:00'"))[0][0]);
        await Truth.StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
    }

    [Fact]
    [Rule("fixed-floor")]
    public async Task Buckets_before_1970_are_floored_towards_the_past()
    {
        SourceRow[] rows =
        [
            Row("1969-12-31T23:59:59.999999Z", 1),
            Row("1969-12-31T23:00Z", 2),
            Row("1970-01-01T00:00Z", 4),
            Row("1901-02-03T04:05:06Z", 8),
        ];
        var story = await BeginAsync(Policy("tiers: [{ every: 7m }, { every: 7h }]"), rows);
        await story.RunWellAsync("1970-01-02");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("origin")]
    public async Task The_origin_moves_fixed_buckets()
    {
        var rows = Every("2025-01-01", "2025-01-02", "10m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h, origin: 2025-01-01T00:20:00Z }]"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("utc-inside")]
    [Rule("time-types")]
    [Rule("duckdb-time-types")]
    [MemberData(nameof(Instants))]
    public async Task Every_type_of_time_gives_the_same_buckets(TimeKind kind)
    {
        SourceRow[] rows =
        [
            Row("1969-12-31T23:59:59Z", 1),
            Row("1970-01-01T00:00Z", 2),
            Row("2025-03-29T22:59:59Z", 3),
            Row("2025-03-29T23:00Z", 4),
            Row("2025-03-30T21:59:59Z", 5),
            Row("2025-03-30T22:00Z", 6),
            Row("2025-03-30T22:14:59Z", 7),
            Row("2025-03-30T22:15Z", 8),
        ];
        var story = await Story.BeginAsync(
            Db,
            Cpu(kind),
            PolicyFor(kind, "tiers: [{ every: 15m }, { every: 1d, zone: Europe/Berlin }]"),
            rows
        );
        await story.RunWellAsync("2025-04-02");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("time-types")]
    [MemberData(nameof(Instants))]
    public async Task Every_type_of_time_expires_to_the_unit(TimeKind kind)
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h").Append(Row("2025-01-01T23:59:59Z", 0.5)).ToList();
        var story = await Story.BeginAsync(Db, Cpu(kind), PolicyFor(kind, "keep: 2d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-04");
        Same(Since(rows, "2025-01-02"), await story.SourceAsync());
        await story.ExpectTiersAsync(Before(rows, "2025-01-04"));
    }

    [Theory]
    [InlineData(TimeKind.TimestampNanoseconds)]
    [InlineData(TimeKind.IntegerNanoseconds)]
    public async Task The_last_digit_of_a_time_says_on_which_side_of_an_edge_it_falls(TimeKind kind)
    {
        kind = Db.Nearest(kind);
        var (edge, step) = (At("2025-01-01T01:00Z"), Duration.FromNanoseconds(kind is TimeKind.Timestamp ? 1000 : 1));
        SourceRow[] rows = [SourceRow.Of(edge - step, "a", 1.0), SourceRow.Of(edge, "a", 2.0), SourceRow.Of(edge + step, "a", 4.0)];
        var story = await Story.BeginAsync(Db, Cpu(kind), PolicyFor(kind, "tiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-01T03:00Z");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("time-types")]
    [Rule("duckdb-time-types")]
    public async Task Dates_make_calendar_tiers()
    {
        if (!await HasDatesAsync())
            return;
        SourceRow[] rows =
        [
            Row("2024-12-31", 1),
            Row("2025-01-01", 2),
            Row("2025-01-05", 3),
            Row("2025-01-06", 4),
            Row("2025-02-01", 5),
            Row("1969-12-31", 6),
        ];
        var story = await Story.BeginAsync(Db, Cpu(TimeKind.Date), Policy("tiers: [{ every: 1d }, { every: 1mo }, { every: 1y }]"), rows);
        await story.RunWellAsync("2026-01-01");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("duckdb-dates")]
    [InlineData("{ every: 1h }")]
    [InlineData("{ every: 1d, zone: Europe/Berlin }")]
    public async Task Dates_are_refused_for_tiers_that_need_an_hour(string tier)
    {
        if (!await HasDatesAsync())
            return;
        await Db.CreateAsync(Cpu(TimeKind.Date));
        await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu(TimeKind.Date)).ApplyAsync(Policy($"tiers: [{tier}]")));
    }

    [Theory]
    [Rule("local-day")]
    [MemberData(nameof(LocalDays))]
    public async Task A_local_day_begins_and_ends_where_its_zone_says(string zone, string from, string to)
    {
        SourceRow[] rows =
        [
            SourceRow.Of(At(from) - Duration.FromMilliseconds(1), "a", 1.0),
            SourceRow.Of(from, "a", 2.0),
            SourceRow.Of(At(from) + Duration.FromMinutes(100), "a", 4.0),
            SourceRow.Of(At(from) + Duration.FromHours(12), "a", 8.0),
            SourceRow.Of(At(to) - Duration.FromMilliseconds(1), "a", 16.0),
            SourceRow.Of(to, "a", 32.0),
        ];
        var story = await BeginAsync(Policy($"tiers: [{{ every: 1d, zone: {zone} }}]"), rows);
        await story.RunWellAsync(InstantText.Format(At(to) + Duration.FromDays(3)));
        var view = await Truth.TierRows.ReadAsync(story, "cpu_1d");
        Assert.Equal([1.0, 30.0, 32.0], view.OrderBy(r => r.At).Select(r => Assert.IsType<double>(r["v_sum"])));
        Assert.Equal(At(from), view.OrderBy(r => r.At).ElementAt(1).At);
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [MemberData(nameof(LocalDays))]
    public async Task A_local_day_cascades_from_a_finer_tier(string zone, string from, string to)
    {
        var rows = Every(InstantText.Format(At(from) - Duration.FromDays(2)), InstantText.Format(At(to) + Duration.FromDays(2)), "15m");
        var story = await BeginAsync(
            Policy($"tiers: [{{ every: 15m }}, {{ every: 1d, zone: {zone} }}, {{ every: 1mo, zone: {zone} }}]"),
            rows
        );
        await story.RunWellAsync(InstantText.Format(At(to) + Duration.FromDays(40)));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("skipped-day")]
    [Rule("local-date")]
    public async Task A_skipped_day_has_no_bucket()
    {
        var rows = Every("2011-12-29", "2012-01-01", "30m");
        var story = await BeginAsync(
            Policy("tiers: [{ every: 1h }, { every: 1d, zone: Pacific/Apia }, { every: 1w, zone: Pacific/Apia }]"),
            rows
        );
        await story.RunWellAsync("2012-02-01");
        var days = (await Truth.TierRows.ReadAsync(story, "cpu_1d")).Select(r => (string)r["varve_local"]!).Order().ToList();
        Assert.Equal(["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"], days);
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("stopwatch-hour")]
    public async Task Hours_of_the_repeated_hour_are_two()
    {
        SourceRow[] rows = [Row("2025-10-26T00:30Z", 1), Row("2025-10-26T01:30Z", 2)];
        var story = await BeginAsync(Policy("zone: Europe/Berlin\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-10-28");
        Assert.Equal(2, await story.CountAsync("cpu_1h"));
        Assert.Equal(1, await story.CountAsync("cpu_1d"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("weeks-monday")]
    public async Task Weeks_start_on_monday_and_quarters_in_january()
    {
        var rows = Every("2023-12-15", "2025-01-15", "1d").Concat(Every("2024-12-29", "2025-01-02", "1h")).ToList();
        var story = await BeginAsync(
            Policy("tiers: [{ every: 1d }, { every: 1w }, { every: 1mo }, { every: 1q }, { every: 6mo }, { every: 1y }]"),
            rows
        );
        await story.RunWellAsync("2025-12-01");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("no-time-no-bucket")]
    public async Task Rows_without_a_finite_time_are_in_no_bucket_and_never_expire()
    {
        SourceRow[] odd =
        [
            SourceRow.Of((Instant?)null, "a", 1.0),
            SourceRow.Of(Instant.MinValue, "a", 2.0),
            SourceRow.Of(Instant.MaxValue, "a", 4.0),
        ];
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 1d\ntiers: [{ every: 1h, keep: 2d }]"), [.. rows, .. odd]);
        await story.RunWellAsync("2025-01-05");
        await story.RunWellAsync("2025-02-05");
        Same(odd, await story.SourceAsync());
        Assert.Equal(0, await story.CountAsync("cpu_1h"));
        Assert.Equal(3, (await story.StatusAsync("2025-02-05")).Timeless);
    }

    [Theory]
    [Rule("nothing-fits")]
    [InlineData("tiers: [{ every: 1h }, { every: 1d, zone: Asia/Kathmandu }]\nkeep: 20h", "15m")]
    [InlineData("tiers: [{ every: 1w, keep: 1y }, { every: 1mo }]\nkeep: 10d", "1d")]
    public async Task A_tier_that_nothing_can_build_is_refused_with_the_tier_that_would_do(string more, string remedy)
    {
        await Db.CreateAsync(Cpu());
        var error = await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu()).ApplyAsync(Policy(more)));
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_day_that_no_hour_divides_is_built_from_the_source()
    {
        var rows = Every("2025-01-01", "2025-01-04", "5m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d, zone: Asia/Kathmandu }]"), rows);
        await story.RunWellAsync("2025-01-06");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [InlineData("24h", "24h")]
    [InlineData("60m", "1h")]
    [InlineData("90s", "90s")]
    public async Task A_width_is_named_by_its_largest_exact_unit(string every, string name)
    {
        var rows = Every("2025-01-01", "2025-01-03", "20m");
        var story = await BeginAsync(Policy($"tiers: [{{ every: {every} }}]"), rows);
        await story.RunWellAsync("2025-01-04");
        Assert.NotEqual(0, await story.CountAsync($"cpu_{name}"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("as-of-milliseconds")]
    public async Task The_planning_instant_is_floored_to_milliseconds()
    {
        var rows = Every("2025-01-01", "2025-01-02", "1h");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), rows);
        var asOf = At("2025-01-01T12:00:00.000999Z");
        Assert.Equal(At("2025-01-01T12:00Z"), (await story.PlanAsync(InstantText.Format(asOf))).AsOf);
    }

    private static string PolicyFor(TimeKind kind, string more)
    {
        var unit = kind switch
        {
            TimeKind.IntegerSeconds => "s",
            TimeKind.IntegerMilliseconds => "ms",
            TimeKind.IntegerMicroseconds => "us",
            TimeKind.IntegerNanoseconds => "ns",
            _ => null,
        };
        return unit is null
            ? Policy(more)
            : Policy(more).Replace("time: ts", $"time: {{ column: ts, unit: {unit} }}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_another_century_is_counted_beside_seconds_of_today()
    {
        List<SourceRow> rows = [Row("1900-01-01T00:00:07Z", 7), .. Every("2025-01-01", "2025-01-01T12:00Z", "1m")];
        var story = await BeginAsync(Policy("recheck: 1d\ntiers: [{ every: 1s }, { every: 1h }]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-01T12:00Z");
        await story.DeleteAsync("2025-01-01T06:00Z", "2025-01-01T06:10Z");
        rows.RemoveAll(r => r.At >= At("2025-01-01T06:00Z") && r.At < At("2025-01-01T06:10Z"));
        await story.RunWellAsync("2025-01-01T12:00Z");
        await story.ApplyAsync(Policy("recheck: 1d\ntiers: [{ every: 1s }, { every: 1h }]", "count, sum, max"));
        await story.RunWellAsync("2025-01-01T12:00Z");
        foreach (var tier in new[] { "1s", "1h", "all" })
            Assert.Equal(
                (rows.Count, (double)rows.Max(r => Convert.ToDouble(r.Values[1], System.Globalization.CultureInfo.InvariantCulture))),
                await CountedAsync(tier)
            );

        async Task<(long, double)> CountedAsync(string tier)
        {
            var counted = (
                await Db.QueryAsync($"SELECT CAST(sum(varve_rows) AS BIGINT), max(v_max) FROM {Db.Name(new("m", $"cpu_{tier}"))}")
            )[0];
            return (
                Convert.ToInt64(counted[0], System.Globalization.CultureInfo.InvariantCulture),
                Convert.ToDouble(counted[1], System.Globalization.CultureInfo.InvariantCulture)
            );
        }
    }
}
