using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// Rows of long ago, zones that once had another offset, and long time without rows: they decide nothing for the other rows,
/// and every row is in the source or counted once in each tier that should have it.
/// </summary>
public abstract class LongAgoConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Theory]
    [Rule("long-ago")]
    [InlineData("1900-01-01", "Europe/Paris")]
    [InlineData("1753-01-01", "Europe/Berlin")]
    [InlineData("0001-01-01", "Europe/Berlin")]
    [InlineData("0001-01-01", "Asia/Kolkata")]
    [InlineData("1900-01-01", "America/New_York")]
    [InlineData("1960-05-05", "Africa/Monrovia")]
    public async Task One_row_of_long_ago_takes_nothing_from_the_days_of_today(string odd, string zone)
    {
        var rows = Every("2022-11-20", "2025-02-20", "3h").Append(Row(odd, 7, "odd")).ToList();
        var tiers = zone == "Asia/Kolkata" ? "{ every: 30m, keep: 1y }" : "{ every: 1h, keep: 1y }";
        var story = await BeginAsync(Policy($"keep: 30d\ntiers: [{tiers}, {{ every: 1d, zone: {zone} }}]"), rows);
        await story.RunWellAsync("2025-02-20");
        await story.RunWellAsync("2025-02-21");
        Assert.Empty((await story.StatusAsync("2025-02-21")).Waits);
        await EachRowOnceAsync(story, rows);
        await story.ExpectTierAsync(1, rows);
        Same(Since(rows, "2025-01-22"), await story.SourceAsync());
    }

    [Theory]
    [Rule("odd-offset-days")]
    [InlineData("Asia/Singapore", "1981-11-20", "1982-02-10")]
    [InlineData("America/Caracas", "1964-11-20", "1965-02-10")]
    [InlineData("Pacific/Kiritimati", "1979-08-20", "1979-11-10")]
    [InlineData("Europe/Amsterdam", "1936-11-20", "1937-08-10")]
    public async Task Days_of_a_zone_that_was_off_by_minutes_are_built_from_the_source_and_nothing_is_lost(
        string zone,
        string from,
        string to
    )
    {
        var rows = Every(from, to, "1h").ToList();
        var story = await BeginAsync(
            Policy(
                $"keep: 10d\nlate: 1h\ntiers: [{{ every: 1h, keep: 20d }}, {{ every: 1d, zone: {zone}, keep: 40d }}, {{ every: 1w, zone: {zone} }}]"
            ),
            rows
        );
        for (var at = At(from) + Duration.FromDays(3); at < At(to) + Duration.FromDays(60); at += Duration.FromDays(9))
        {
            await story.RunWellAsync(InstantText.Format(at));
            await EachRowOnceAsync(story, rows.Where(r => r.At < at).ToList(), rows);
            Assert.All(
                await story.WithAsync(lifecycle => lifecycle.VerifyAsync(Selection.Of(story.Policy.Name))),
                report => Assert.Empty(report.Mismatches)
            );
        }

        await story.ExpectTierAsync(2, rows);
        Assert.Empty(await story.SourceAsync());
        Assert.Equal(0L, Number(await Db.QueryAsync("SELECT count(*) FROM varve.dirty WHERE kind = 'lost'"), 0));
    }

    [Fact]
    public async Task A_late_row_of_a_day_that_its_input_cannot_divide_is_followed()
    {
        var rows = Every("1981-12-20", "1982-01-10", "1h").ToList();
        var story = await BeginAsync(Policy("keep: 90d\nrecheck: 30d\ntiers: [{ every: 1h }, { every: 1d, zone: Asia/Singapore }]"), rows);
        await story.RunWellAsync("1982-01-10");
        rows.Add(Row("1981-12-27T16:10Z", 5));
        rows.Add(Row("1982-01-05T16:10Z", 6));
        await story.InsertAsync(rows[^2..]);
        await story.RunWellAsync("1982-01-10T06:00Z");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("stitched-odd-offset")]
    public async Task The_stitched_view_shows_the_finer_tier_from_where_its_boundaries_are_those_of_the_days()
    {
        // Until October 1979 Kiritimati was 10:40 hours behind UTC, which no quarter of an hour divides.
        var rows = Every("1979-09-01", "1979-10-05", "1h").ToList();
        var story = await BeginAsync(Policy("keep: 4d\ntiers: [{ every: 15m, keep: 7d }, { every: 1d, zone: Pacific/Kiritimati }]"), rows);
        await story.RunWellAsync("1979-10-05");
        await EachRowOnceAsync(story, rows);
        Assert.Equal(
            ["15m 1979-10-02T10:00", "1d 1979-08-31T10:40"],
            (
                await Db.QueryAsync(
                    "SELECT varve_tier || ' ' || strftime(min(ts), '%Y-%m-%dT%H:%M') FROM m.cpu_all GROUP BY varve_tier ORDER BY 1"
                )
            ).Select(r => r[0])
        );
    }

    [Theory]
    [Rule("slices-few")]
    [InlineData("0001-01-01")]
    [InlineData("1970-01-01")]
    [InlineData("1900-01-01", "9000-01-01")]
    public async Task Time_without_rows_costs_no_steps(params string[] odd)
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h").Concat(odd.Select(o => Row(o, 1, "odd"))).ToList();
        var story = await BeginAsync(
            Policy(
                "keep: 12h\ntiers: [{ every: 15m, keep: 3d }, { every: 1d, zone: Europe/Berlin, keep: 2y }, { every: 1mo, zone: Europe/Berlin }]"
            ),
            rows
        );
        var plan = await story.PlanAsync("2025-02-10");
        Assert.InRange(plan.Steps.Count, 6, 20);
        Assert.Contains(
            plan.Notes,
            n => n.Code == "VRV216" && n.Message.Contains($"1 row of m.cpu lies alone on {odd[0]}T00:00:00Z", StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-02-10");
        await EachRowOnceAsync(story, rows.Where(r => r.At < At("2025-02-10")).ToList(), rows);
        Assert.DoesNotContain((await story.PlanAsync("2025-02-11")).Steps, s => s is PlanStep.Mark);
    }

    [Theory]
    [InlineData("1mo")]
    [InlineData("1d")]
    [InlineData("1y")]
    public async Task An_answer_over_thousands_of_years_is_asked_for_where_there_are_rows(string every)
    {
        var rows = Every("2025-01-01", "2025-03-01", "3h").Append(Row("0001-06-01", 7, "odd")).Append(Row("9998-06-01", 8, "odd")).ToList();
        var story = await BeginAsync(Policy("zone: Europe/Berlin\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum"), rows);
        await story.RunWellAsync("2025-03-02");
        await using var inner = await Db.OpenAsync();
        await using var engine = new LongestStatement(inner.Engine);
        var request = new Reading.QueryRequest
        {
            Policy = story.Policy.Name,
            From = At("0001-01-01"),
            To = At("9999-01-01"),
            Every = every,
        };
        var answer = await new Lifecycle(new Database(engine, inner.Name)).QueryAsync(request);
        Assert.Equal(
            rows.Count,
            answer.Rows.Sum(r => Convert.ToInt64(r[answer.Columns.ToList().IndexOf("varve_rows")], CultureInfo.InvariantCulture))
        );
        Assert.Equal(answer.Starts.Order(), answer.Starts);
        Assert.True(engine.Length < 2_000_000, $"a statement has {engine.Length} characters");
    }

    [Fact]
    public async Task Dates_that_are_scattered_over_centuries_cost_a_handful_of_steps()
    {
        var rows = Enumerable.Range(0, 719).Select(i => SourceRow.Of(At("1500-01-01") + Duration.FromDays(i * 254), "a", i)).ToList();
        var story = await BeginAsync(Policy("keep: 30d\ntiers: [{ every: 1d, keep: 3y }, { every: 1mo }]"), rows);
        Assert.InRange((await story.PlanAsync("2025-01-10")).Steps.Count, 6, 20);
        await story.RunWellAsync("2025-01-10");
        await EachRowOnceAsync(story, rows);
        await story.ExpectTierAsync(1, rows);
    }

    /// <summary>What the planner makes of twelve million rows, which not every engine takes in at once as fast.</summary>
    protected async Task ManyRowsOfTodayAsync()
    {
        await Db.CreateAsync(Cpu());
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + to_microseconds(i * 50000), 'a', i % 97 FROM range(12_000_000) t(i)"
        );
        await Db.ExecuteAsync("INSERT INTO m.cpu VALUES (TIMESTAMP '0001-01-01', 'odd', 1)");
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]", "count"));
        var steps = (await story.PlanAsync("2025-01-09")).Steps.OfType<PlanStep.RollUp>().Where(s => s.Relation.Text == "1h").ToList();
        Assert.Equal(8, steps.Count);
        Assert.All(steps.Skip(2).SkipLast(1), s => Assert.Equal(Duration.FromDays(1), s.Ranges[0].To - s.Ranges[0].From));
    }

    // Each row is in the source or counted once in each tier whose bucket of it is closed; the stitched view has all.
    private async Task EachRowOnceAsync(Story story, IReadOnlyList<SourceRow> closedFrom, IReadOnlyList<SourceRow>? all = null)
    {
        var shown = await Db.QueryAsync("SELECT CAST(sum(varve_rows) AS BIGINT) FROM m.cpu_all");
        Assert.Equal((all ?? closedFrom).Count, Number(shown, 0));
        var coarsest = story.Policy.Tiers[^1];
        var name = coarsest.Name ?? coarsest.Every.Name;
        var left = await story.SourceAsync();
        var stored = await Db.QueryAsync($"SELECT CAST(coalesce(sum(varve_rows), 0) AS BIGINT) FROM m.cpu_{name}");
        Assert.InRange(Number(stored, 0), (all ?? closedFrom).Count - left.Count, closedFrom.Count);
    }
}
