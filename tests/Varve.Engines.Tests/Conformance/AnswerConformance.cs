using System.Globalization;
using CsCheck;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Reading;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// Semantics, section 7: the parts of an answer add up to the range that was asked for, or it names what it does not have.
/// </summary>
public abstract class AnswerConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private static readonly Gen<string> s_policies = Gen.Select(
        Of("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"),
        Gen.Int[20, 40],
        Gen.Int[41, 90],
        Gen.Int[0, 5],
        (zone, fine, coarse, kind) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"keep: {8 + (fine % 5)}d\nrecheck: 2h\nzone: {zone}\ntiers: {Tiers(fine, coarse, kind)}"
            )
    );

    private static readonly Gen<(int From, int Length, string? Every, int Points)> s_questions = Gen.Select(
        Gen.Int[-30_000, 220_000],
        Gen.Int[60, 200_000],
        Of(null, null, "1h", "6h", "1d", "1w", "1mo", "1q", "1y"),
        Gen.Int[1, 400]
    );

    [Theory]
    [InlineData(null)]
    [InlineData("1d")]
    [InlineData("1w")]
    [InlineData("1mo")]
    public async Task Days_beside_weeks_beside_months_leave_no_month_out(string? every)
    {
        var rows = Every("2025-01-01", "2025-07-15", "6h");
        var story = await BeginAsync(
            Policy("keep: 3d\nrecheck: 2h\ntiers: [{ every: 1d, keep: 40d }, { every: 1w, keep: 100d }, { every: 1mo }]", "count"),
            rows
        );
        await story.RunWellAsync("2025-07-15T06:00:00Z");
        var answer = await AskAsync(story, "2025-01-01", "2025-07-15", every, 100);
        Assert.Empty(answer.Missing);
        await ExpectAsync(answer, rows, At("2025-01-01"), At("2025-07-15"));
        Assert.Equal(rows.Count, Rows(answer));
    }

    [Theory]
    [Rule("query-coarser")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Asia/Kolkata")]
    public async Task Hours_beside_days_of_a_zone_at_a_half_hour_have_every_row_and_later_questions_are_answered_in_hours(string zone)
    {
        var rows = Every("2025-03-01", "2025-04-20T10:30Z", "15m");
        var story = await BeginAsync(
            Policy($"keep: 3d\ntiers: [{{ every: 1h, keep: 20d }}, {{ every: 1d, zone: {zone} }}]", "count"),
            rows
        );
        await story.RunWellAsync("2025-04-20T10:30:00Z");
        var all = await AskAsync(story, "2025-03-01", "2025-04-21", "1h");
        Assert.Equal(rows.Count, Rows(all));
        Assert.Contains(all.Notes, n => n.Contains("ask from there on", StringComparison.Ordinal));
        var late = await AskAsync(story, "2025-04-02", "2025-04-21", "1h");
        Assert.DoesNotContain(late.Parts, p => p.Relation.Text.StartsWith("1d", StringComparison.Ordinal));
        Assert.Equal(rows.Count(r => r.At >= At("2025-04-02")), Rows(late));
    }

    [Fact]
    [Rule("query-every")]
    [Rule("query-complete")]
    public async Task A_width_that_no_relation_has_is_merged_from_all_that_have_its_parts()
    {
        var rows = Every("2025-01-05", "2025-04-20T10:20Z", "30m");
        var story = await BeginAsync(Policy("keep: 7d\ntiers: [{ every: 1h, keep: 9d }, { every: 1d, keep: 70d }]"), rows);
        await story.RunWellAsync("2025-04-20T10:20:00Z");
        var answer = await AskAsync(story, "2025-01-01", "2025-05-01", "1mo");
        Assert.Equal(["2025-02-01", "2025-03-01", "2025-04-01"], answer.Rows.Select(r => InstantText.Format((Instant)r[0]!)[..10]));
        Assert.Equal([false, true, true], answer.Rows.Select(r => (bool)r[^1]!));
        Assert.Equal("1d + 1h + source", answer.Rows[2][answer.Columns.ToList().IndexOf("varve_tier")]);
        await ExpectAsync(answer, rows, At("2025-01-01"), At("2025-05-01"));
        var april = rows.Where(r => r.At >= At("2025-04-01")).Select(r => (double)r.Values[1]!).ToList();
        var mean = april.Average();
        double Value(string column) =>
            Convert.ToDouble(answer.Rows[2][answer.Columns.ToList().IndexOf(column)], CultureInfo.InvariantCulture);
        Assert.Equal(april.Sum(), Value("v_sum"), 1e-9);
        Assert.Equal(april.Min(), Value("v_min"));
        Assert.Equal(april.Max(), Value("v_max"));
        Assert.Equal(april[0], Value("v_first"));
        Assert.Equal(april[^1], Value("v_last"));
        Assert.Equal(april.Sum(v => (v - mean) * (v - mean)) / (april.Count - 1), Value("v_variance"), 1e-9);
    }

    [Fact]
    public async Task Months_of_three_centuries_are_read_of_a_table_of_two_days()
    {
        var rows = Every("2025-06-01", "2025-06-03", "1h");
        var story = await BeginAsync(Policy("zone: Europe/Berlin\ntiers: [{ every: 1h }]", "count"), rows);
        var answer = await AskAsync(story, "1700-01-01", "2025-06-10", "1mo");
        Assert.Equal(48, Rows(answer));
        Assert.Single(answer.Rows);
    }

    [Fact]
    public async Task Measures_by_the_hundred_are_read_some_at_a_time_and_stay_in_their_columns()
    {
        var measures = Db.MostMeasures;
        var table = new SourceTable(
            new("m", "wide"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), .. Enumerable.Range(0, measures).Select(i => new SourceColumn($"c{i}", ValueKind.Double))]
        );
        var story = await Story.BeginAsync(
            Db,
            table,
            $"table: m.wide\ntime: ts\nseries: [host]\nmeasures: {{ {string.Join(", ", Enumerable.Range(0, measures).Select(i => $"c{i}: [avg, min, max, last, stddev]"))} }}\ntiers: [{{ every: 1h }}]"
        );
        await Db.ExecuteAsync(
            $"INSERT INTO {Db.Name(table.Name)} SELECT TIMESTAMP '2025-01-01' + to_seconds(i * 10), 'h' || (i % 20), {string.Join(", ", Enumerable.Range(0, measures).Select(i => $"(i % 7) + {i}"))} FROM range(60000) r(i)"
        );
        var answer = await AskAsync(story, "2025-01-01", "2025-01-08", "1d");
        Assert.Equal(60_000, Rows(answer));
        Assert.Equal(answer.Rows.Count, answer.Starts.Count);
        foreach (var row in answer.Rows)
            for (var i = 0; i < measures; i++)
                Assert.Equal(i, (double)row[2 + (5 * i) + 1]!, 0.0);
    }

    [Fact]
    [Rule("query-parts")]
    public async Task What_nothing_has_any_more_is_named()
    {
        var story = await BeginAsync(
            Policy("keep: 3d\ntiers: [{ every: 1h, keep: 10d }]", "count"),
            Every("2025-01-01", "2025-02-01", "1h")
        );
        await story.RunWellAsync("2025-02-01");
        var answer = await AskAsync(story, "2025-01-01", "2025-02-01", "1d");
        var missing = Assert.Single(answer.Missing);
        Assert.Equal(At("2025-01-22"), missing.To);
        Assert.Contains(
            answer.Notes,
            n => n.StartsWith("[2025-01-01T00:00:00Z, 2025-01-22T00:00:00Z) is not in this answer", StringComparison.Ordinal)
        );
    }

    [Theory]
    [Rule("query-parts")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Rows_of_any_answer_are_those_of_its_parts_and_parts_are_what_was_asked_for(uint seed)
    {
        var rows = Every("2025-01-01", "2025-06-01T07:40Z", "40m");
        var random = new PCG(seed, 7);
        var story = await BeginAsync(Policy(s_policies.Generate(random, null, out _), "count"), rows);
        await story.RunWellAsync("2025-06-01T07:50:00Z");
        for (var i = 0; i < 40; i++)
        {
            var (start, length, every, points) = s_questions.Generate(random, null, out _);
            var from = At("2025-01-01") + Duration.FromMinutes(start);
            var to = from + Duration.FromMinutes(length);
            Task<QueryAnswer> Ask(string? width) => AskAsync(story, InstantText.Format(from), InstantText.Format(to), width, points);
            QueryAnswer answer;
            try
            {
                answer = await Ask(every);
            }
            catch (PolicyException refused) when (refused.Code == "VRV326")
            {
                answer = await Ask(Instead(refused));
            }

            await ExpectAsync(answer, rows, from, to);
        }
    }

    [Theory]
    [Rule("query-refused")]
    [InlineData("7m")]
    [InlineData("2h")]
    [InlineData("36h")]
    public async Task A_width_that_nothing_of_the_range_has_is_refused_with_one_that_it_has(string every)
    {
        var story = await BeginAsync(
            Policy("keep: 3d\ntiers: [{ every: 1h, keep: 10d }, { every: 1d }]", "count"),
            Every("2025-01-01", "2025-01-21", "10m")
        );
        await story.RunWellAsync("2025-01-21");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => AskAsync(story, "2025-01-02", "2025-01-05", every));
        Assert.Equal(("VRV326", "1d"), (refused.Code, Instead(refused)));
        Assert.Equal(3 * 144, Rows(await AskAsync(story, "2025-01-02", "2025-01-05", "1d")));
        Assert.Equal(19 * 144, Rows(await AskAsync(story, "2025-01-02", "2025-01-21", every == "36h" ? "1d" : every)));
    }

    [Fact]
    [Rule("query-refused")]
    public async Task A_width_of_a_tier_is_answered_by_a_coarser_one_where_it_has_expired()
    {
        var story = await BeginAsync(
            Policy("keep: 3d\ntiers: [{ every: 1d, keep: 40d }, { every: 1w, keep: 100d }, { every: 1mo }]", "count"),
            Every("2025-01-01", "2025-07-15", "1h")
        );
        await story.RunWellAsync("2025-07-15");
        var answer = await AskAsync(story, "2025-03-05", "2025-04-01", "1d");
        Assert.Equal(31 * 24, Rows(answer));
        Assert.Contains(answer.Notes, n => n.Contains("1mo", StringComparison.Ordinal));
    }

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Tiers(int fine, int coarse, int kind) =>
        FormattableString.Invariant(
            kind switch
            {
                0 => (FormattableString)$"[{{ every: 1d, keep: {fine + 20}d }}, {{ every: 1w, keep: {coarse + 20}d }}, {{ every: 1mo }}]",
                1 => $"[{{ every: 1h, keep: {fine}d }}, {{ every: 1d, keep: {coarse}d }}]",
                2 => $"[{{ every: 15m, keep: {fine - 8}d }}, {{ every: 1h, keep: {coarse}d }}, {{ every: 1d }}]",
                3 =>
                    $"[{{ every: 1h, keep: {fine}d }}, {{ every: 1w, keep: {coarse}d }}, {{ every: 1w, zone: America/Denver, name: cpu_week }}]",
                4 => $"[{{ every: 90m, keep: {fine}d }}, {{ every: 4h, keep: {coarse}d }}]",
                _ =>
                    $"[{{ every: 1h, keep: {fine}d }}, {{ every: 1d, zone: UTC, keep: {coarse}d }}, {{ every: 1d, zone: America/Denver, name: cpu_local }}, {{ every: 1w, zone: UTC }}]",
            }
        );

    private static Task<QueryAnswer> AskAsync(Story story, string from, string to, string? every, int? points = null) =>
        story.WithAsync(l =>
            l.QueryAsync(
                new()
                {
                    Policy = story.Policy.Name,
                    From = At(from),
                    To = At(to),
                    Every = every,
                    Points = every is null ? points : null,
                }
            )
        );

    /// <summary>The width that a refusal names.</summary>
    private static string Instead(PolicyException refused) => refused.Message.Split("--every ")[1].Split(',')[0];

    private static long Rows(QueryAnswer answer) => answer.Rows.Sum(r => Count(answer, r));

    private static long Count(QueryAnswer answer, IReadOnlyList<object?> row) =>
        Convert.ToInt64(row[answer.Columns.ToList().IndexOf("varve_rows")], CultureInfo.InvariantCulture);

    /// <summary>Each row of the source once where it is in a part, a whole bucket where that is said, every other range named.</summary>
    private static Task ExpectAsync(QueryAnswer answer, IReadOnlyList<SourceRow> rows, Instant from, Instant to)
    {
        var had = RangeSet.Of(answer.Parts.Select(p => p.Range));
        Assert.Equal(answer.Parts.Sum(p => (p.Range.To - p.Range.From).TotalSeconds), had.Sum(r => (r.To - r.From).TotalSeconds));
        Assert.True(had.Union(RangeSet.Of(answer.Missing)).Covers(new TimeRange(from, to)));
        Assert.All(answer.Missing, m => Assert.Contains(answer.Notes, n => n.Contains(m.ToString(), StringComparison.Ordinal)));
        Assert.Equal(rows.Count(r => had.Contains(r.At!.Value)), Rows(answer));
        var (seconds, complete) = (answer.Columns.ToList().IndexOf("varve_seconds"), answer.Columns.ToList().IndexOf("varve_complete"));
        foreach (var row in answer.Rows)
        {
            var start = (Instant)row[0]!;
            var bucket = new TimeRange(start, start + Duration.FromSeconds(Convert.ToDouble(row[seconds], CultureInfo.InvariantCulture)));
            if ((bool)row[complete]!)
                Assert.Equal(rows.Count(r => bucket.Contains(r.At!.Value)), Count(answer, row));
            else
                Assert.InRange(Count(answer, row), 1, rows.Count(r => bucket.Contains(r.At!.Value)));
        }

        return Task.CompletedTask;
    }
}
