using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Reading;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 6: reading.</summary>
public abstract class ReadingConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Chain = "keep: 3d\ntiers: [{ every: 1h, keep: 10d }, { every: 1d }]";

    [Theory]
    [Rule("stitched-once")]
    [InlineData("2025-01-01T00:30Z")]
    [InlineData("2025-01-01T12:00Z")]
    [InlineData("2025-01-02T00:00Z")]
    [InlineData("2025-01-05T17:20Z")]
    [InlineData("2025-01-21T00:00Z")]
    [InlineData("2025-01-21T13:59:59Z")]
    [InlineData("2025-04-01")]
    public async Task The_stitched_view_shows_every_row_once_at_every_moment(string asOf)
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-22", "20m"),
            .. Every("2025-01-07", "2025-01-09", "1h", "b"),
            .. Every("2025-01-20", "2025-01-22", "1h", "c"),
        ];
        var story = await BeginAsync(Policy(Chain), rows);
        await story.RunWellAsync(asOf);
        await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
    }

    [Fact]
    [Rule("stitched-once")]
    public async Task The_stitched_view_is_right_after_each_run_of_a_month()
    {
        var rows = Every("2025-03-20", "2025-04-20", "1h");
        var story = await BeginAsync(
            Policy(
                "late: 1h\nkeep: 3d\ntiers: [{ every: 1h, keep: 8d }, { every: 1d, zone: Europe/Berlin, keep: 45d }, { every: 1mo, zone: Europe/Berlin }]"
            ),
            rows
        );
        for (var at = At("2025-03-22T05:00Z"); at < At("2025-06-20"); at += Duration.FromHours(53))
        {
            await story.RunWellAsync(InstantText.Format(at));
            await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
        }
    }

    [Fact]
    public async Task The_stitched_view_reads_the_finest_tier_that_has_the_whole_coarser_bucket()
    {
        var rows = Every("2025-01-01", "2025-01-21T06:00Z", "20m");
        var story = await BeginAsync(Policy(Chain), rows);
        await story.RunWellAsync("2025-01-21T06:00Z");
        var parts = await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
        Assert.All(parts.Where(p => p.Range.To <= At("2025-01-11")), p => Assert.Equal(1, p.Tier));
        Assert.All(parts.Where(p => p.Range.From >= At("2025-01-12")), p => Assert.NotEqual(1, p.Tier));
    }

    [Fact]
    public async Task Tiers_that_do_not_nest_have_only_their_own_view()
    {
        var rows = Every("2025-01-01", "2025-02-21", "6h");
        var story = await BeginAsync(Policy("keep: 40d\ntiers: [{ every: 1d }, { every: 1w }, { every: 1mo }]"), rows);
        await story.RunWellAsync("2025-02-21");
        var parts = await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
        Assert.True(parts.Select(p => p.Tier).Distinct().Intersect([1, 2]).Count() <= 1);
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-05-21");
        await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
    }

    [Fact]
    [Rule("late-hold")]
    public async Task Held_late_rows_are_not_in_the_stitched_view()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Chain), rows);
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Row("2025-01-05T00:30Z", 3), Row("2025-01-15T00:30Z", 3));
        await story.RunWellAsync("2025-01-21");
        await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
    }

    [Fact]
    public async Task Open_and_future_buckets_come_from_the_source()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-02T07:30Z", "10m"), Row("2025-06-01", 3)];
        var story = await BeginAsync(Policy($"late: 2h\n{Chain}"), rows);
        await story.RunWellAsync("2025-01-02T07:30Z");
        var parts = await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
        Assert.All(parts, p => Assert.Equal(p.Range.From < At("2025-01-02T05:00Z") ? 0 : -1, p.Tier));
    }

    [Fact]
    [Rule("no-views")]
    public async Task Without_views_there_are_only_states()
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h");
        var story = await BeginAsync(Policy("views: false\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-04");
        Assert.Equal(["cpu", "cpu_1h_states"], (await Db.ShapesAsync("m")).Select(s => s.Name).Order(StringComparer.Ordinal));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_query_by_width_answers_from_what_has_it()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Chain, "sum, count"), rows);
        await story.RunWellAsync("2025-01-21");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-01-13"),
                    To = At("2025-01-21"),
                    Every = "1h",
                }
            )
        );
        Assert.All(answer.Parts, p => Assert.Contains(p.Relation.Text, new[] { "1h", "source" }));
        await ExpectAnswerAsync(story, answer, rows, At("2025-01-13"), At("2025-01-21"));
    }

    [Fact]
    [Rule("query-coarser")]
    public async Task A_query_for_what_is_gone_answers_with_the_finest_that_survives_and_says_so()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy(Chain, "sum, count"), rows);
        await story.RunWellAsync("2025-01-21");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-01-02"),
                    To = At("2025-01-21"),
                    Every = "1h",
                }
            )
        );
        Assert.Contains(answer.Parts, p => p.Relation.Text == "1d");
        Assert.NotEmpty(answer.Notes);
        await ExpectAnswerAsync(story, answer, rows, At("2025-01-02"), At("2025-01-21"));
    }

    [Theory]
    [InlineData("keep: 7d\ntiers: [{ every: 1h, keep: 9d }, { every: 1d }]")]
    [InlineData("keep: 7d\ntiers: [{ every: 1h, keep: 9d }, { every: 1d }, { every: 1d, zone: Europe/Berlin, name: cpu_berlin }]")]
    [InlineData("keep: 7d\ntiers: [{ every: 1h, keep: 9d }, { every: 1d, zone: Europe/Berlin }, { every: 1w, zone: Europe/Berlin }]")]
    public async Task A_month_that_nothing_has_as_a_whole_is_merged_from_finer_buckets_and_no_row_twice(string policy)
    {
        var rows = Every("2025-03-03", "2025-04-20T10:20Z", "10m");
        var story = await BeginAsync(Policy(policy, "sum, count"), rows);
        await story.RunWellAsync("2025-04-20T10:20Z");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-03-01"),
                    To = At("2025-04-30"),
                    Every = "1mo",
                    Zone = "UTC",
                }
            )
        );
        Assert.Empty(answer.Missing);
        Assert.Equal(answer.Rows.Count, answer.Rows.Select(r => r[0]).Distinct().Count());
        if (policy.Contains("{ every: 1d }", StringComparison.Ordinal))
        {
            Assert.Empty(answer.Notes);
            Assert.Equal([(At("2025-03-01"), true), (At("2025-04-01"), true)], answer.Rows.Select(r => ((Instant)r[0]!, (bool)r[^1]!)));
        }

        await ExpectAnswerAsync(story, answer, rows, At("2025-03-01"), At("2025-05-01"));
    }

    [Fact]
    [Rule("query-no-row-twice")]
    public async Task A_query_that_two_tiers_answer_whose_buckets_do_not_nest_counts_no_row_twice()
    {
        const string berlin = "{ every: 1d, zone: Europe/Berlin }";
        var rows = Every("2025-03-03", "2025-04-20T10:20Z", "10m");
        var story = await BeginAsync(Policy($"keep: 7d\ntiers: [{{ every: 1h, keep: 9d }}, {berlin}]", "sum, count"), rows);
        await story.RunWellAsync("2025-04-20T10:20Z");
        await story.ApplyAsync(
            Policy($"keep: 7d\ntiers: [{{ every: 1h, keep: 9d }}, {berlin}, {{ every: 1d, name: cpu_utc }}]", "sum, count")
        );
        await story.RunWellAsync("2025-04-20T10:20Z");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-03-01"),
                    To = At("2025-04-30"),
                    Every = "1mo",
                    Zone = "UTC",
                }
            )
        );
        var last = answer.Parts.Last(p => p.Relation.Text == "1d@Europe/Berlin").Range.To;
        Assert.InRange(last, At("2025-04-10T22:00Z"), At("2025-04-11T22:00Z"));
        Assert.Equal(["1d@Europe/Berlin", "1h"], answer.Parts.SkipWhile(p => p.Relation.Text == "1d").Take(2).Select(p => p.Relation.Text));
        await ExpectAnswerAsync(story, answer, rows, At("2025-03-01"), At("2025-05-01"));
    }

    [Theory]
    [InlineData(19, "1d")]
    [InlineData(456, "1h")]
    [InlineData(1, "1d")]
    public async Task A_query_by_points_takes_the_coarsest_tier_that_is_fine_enough(int points, string tier)
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]", "sum, count"), rows);
        await story.RunWellAsync("2025-01-21");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-01-02"),
                    To = At("2025-01-21"),
                    Points = points,
                }
            )
        );
        Assert.Contains(answer.Parts, p => p.Relation.Text == tier);
        await ExpectAnswerAsync(story, answer, rows, At("2025-01-02"), At("2025-01-21"));
    }

    /// <summary>However coarse that is: what the tiers have is merged as for a width that was asked for.</summary>
    [Theory]
    [Rule("query-interval")]
    [InlineData(null, 30, "2mo")]
    [InlineData(70, null, "1mo")]
    [InlineData(null, 1900, "1d")]
    public async Task Buckets_of_the_calendar_are_as_fine_as_rows_come_however_long_the_shortest_is(int? most, int? points, string width)
    {
        var story = await BeginAsync(
            Policy("zone: Europe/Berlin\nkeep: 40d\ntiers: [{ every: 1d }, { every: 2mo }, { every: 1y }]", "sum, count"),
            Every("2020-01-01", "2025-01-01", "1d")
        );
        await story.RunWellAsync("2025-01-01");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2020-01-01"),
                    To = At("2025-01-01"),
                    AtMost = most,
                    Points = points,
                }
            )
        );
        var seconds = answer.Columns.ToList().IndexOf("varve_seconds");
        var lengths = answer.Rows.Select(r => Convert.ToDouble(r[seconds], CultureInfo.InvariantCulture));
        var days =
            width == "1d" ? 1
            : width == "1mo" ? 30.5
            : 61;
        Assert.InRange(lengths.Average() / 86_400, days * 0.97, days * 1.03);
    }

    [Theory]
    [Rule("query-at-most")]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(19)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task A_query_by_points_has_no_more_of_them_and_every_row(int most)
    {
        var rows = Every("2024-11-01", "2025-03-21", "6h");
        var story = await BeginAsync(
            Policy("zone: Europe/Berlin\nkeep: 20d\ntiers: [{ every: 1h, keep: 40d }, { every: 1d }]", "sum, count"),
            rows
        );
        await story.RunWellAsync("2025-03-21");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2024-11-01"),
                    To = At("2025-03-21"),
                    AtMost = most,
                    Where = [new("host", (string?)rows[0].Values[0])],
                }
            )
        );
        Assert.InRange(answer.Rows.Count, 1, most);
        var count = answer.Columns.ToList().IndexOf("varve_rows");
        Assert.Equal(rows.Count(), answer.Rows.Sum(r => Convert.ToInt64(r[count], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains(answer.Notes, n => n.Contains($"a series has {most} at most", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_query_can_be_narrowed_to_a_series_and_null_is_one()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-03", "1h"),
            .. Every("2025-01-01", "2025-01-03", "30m").Select(r => r with { Values = [null, r.Values[1]] }),
        ];
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]", "sum, count"), rows);
        await story.RunWellAsync("2025-01-04");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = story.Policy.Name,
                    From = At("2025-01-01"),
                    To = At("2025-01-03"),
                    Every = "1h",
                    Where = [new("host", null)],
                }
            )
        );
        Assert.Equal(48, answer.Rows.Count);
        await ExpectAnswerAsync(story, answer, [.. rows.Where(r => r.Values[0] is null)], At("2025-01-01"), At("2025-01-03"));
    }

    [Fact]
    public async Task A_query_for_a_series_takes_a_value_as_its_column_does()
    {
        var table = new SourceTable(new("m", "keyed"), "ts", TimeKind.Timestamp, [new("k", ValueKind.Integer), new("v", ValueKind.Double)]);
        var story = await Story.BeginAsync(
            Db,
            table,
            "table: m.keyed\ntime: ts\nseries: [k]\nmeasures: { v: [count] }\ntiers: [{ every: 1h }]",
            SourceRow.Of("2025-01-01T00:10Z", 3, 1.0)
        );
        await story.RunWellAsync("2025-01-02");
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new QueryRequest
                {
                    Policy = "m.keyed",
                    From = At("2025-01-01"),
                    To = At("2025-01-02"),
                    Every = "1h",
                    Where = [new("k", "03")],
                }
            )
        );
        Assert.Single(answer.Rows);
    }

    private static Task ExpectAnswerAsync(Story story, QueryAnswer answer, IReadOnlyList<SourceRow> rows, Instant from, Instant to)
    {
        Assert.Equal(
            [
                .. story.Policy.Series.Prepend(story.Policy.Time),
                .. story.Policy.Measures!.SelectMany(m => m.Functions.Select(f => $"{m.Name}_{TierCheck.NameOf(f)}")),
                "varve_rows",
                "varve_coverage",
                "varve_tier",
                "varve_seconds",
                "varve_complete",
            ],
            answer.Columns
        );
        var inside = rows.Where(r => new TimeRange(from, to).Contains(r.At!.Value)).ToList();
        var count = answer.Columns.ToList().IndexOf("varve_rows");
        Assert.Equal(inside.Count, answer.Rows.Sum(r => Convert.ToInt64(r[count], System.Globalization.CultureInfo.InvariantCulture)));
        var sum = answer.Columns.ToList().IndexOf("v_sum");
        Assert.Equal(inside.Sum(r => (double)r.Values[1]!), answer.Rows.Sum(r => (double)r[sum]!), 1e-9);
        Assert.Equal(RangeSet.Of(new TimeRange(from, to)), RangeSet.Of(answer.Parts.Select(p => p.Range.Intersect(new(from, to)))));
        return Task.CompletedTask;
    }
}
