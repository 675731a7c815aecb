using System.Numerics;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 3: states and how they merge.</summary>
public abstract class StateConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Tiers = "tiers: [{ every: 1m }, { every: 1h }, { every: 1d }]";
    private const string Numbers = "count, sum, avg, min, max, first, last, stddev, variance";

    public static TheoryData<ValueKind, string> Functions =>
        new()
        {
            { ValueKind.Double, Numbers },
            { ValueKind.Float, Numbers },
            { ValueKind.Small, Numbers },
            { ValueKind.Integer, Numbers },
            { ValueKind.Huge, "count, sum, avg, min, max, first, last" },
            { ValueKind.Money, Numbers },
            { ValueKind.Bool, "count, avg, min, max, first, last" },
            { ValueKind.Text, "count, min, max, first, last" },
        };

    [Theory]
    [Rule("states-merge")]
    [Rule("count")]
    [Rule("sum")]
    [Rule("avg")]
    [Rule("min-max")]
    [Rule("stddev")]
    [Rule("double-sums")]
    [Rule("exact-extremes")]
    [MemberData(nameof(Functions))]
    public async Task Every_function_of_every_type_is_what_the_rows_say(ValueKind kind, string functions)
    {
        var random = new Random(17);
        var rows = Enumerable
            .Range(0, 400)
            .Select(i =>
                SourceRow.Of(
                    At("2025-01-01") + Duration.FromSeconds(random.Next(0, 3 * 3600)),
                    random.Next(3) switch
                    {
                        0 => "a",
                        1 => "b",
                        _ => null,
                    },
                    random.Next(9) == 0 ? null : Value(random, kind)
                )
            )
            .ToList();
        await ExpectAsync(kind, functions, rows);
    }

    [Theory]
    [Rule("null-not-counted")]
    [Rule("rows-counted")]
    [MemberData(nameof(Functions))]
    public async Task A_series_that_has_only_nulls_keeps_its_rows(ValueKind kind, string functions)
    {
        SourceRow[] rows =
        [
            Of("2025-01-01T00:00:10Z", null),
            Of("2025-01-01T00:00:20Z", null),
            Of("2025-01-01T01:00Z", Value(new Random(3), kind)),
        ];
        await ExpectAsync(kind, functions, rows);
    }

    [Theory]
    [Rule("nan-apart")]
    [InlineData(ValueKind.Double)]
    [InlineData(ValueKind.Float)]
    public async Task Nan_and_infinities_are_counted_apart(ValueKind kind)
    {
        object[] odd =
            kind is ValueKind.Double
                ? [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0.0, double.Epsilon, 1.5]
                : [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, 1.5f];
        var rows = odd.SelectMany(
                (v, i) =>
                    new[]
                    {
                        SourceRow.Of(At("2025-01-01") + Duration.FromSeconds(i), "a", v),
                        SourceRow.Of(At("2025-01-01") + Duration.FromMinutes(7 * i), "b", v),
                    }
            )
            .ToList();
        await ExpectAsync(kind, Numbers, rows);
    }

    [Fact]
    [Rule("sum")]
    [Rule("nan-apart")]
    [Rule("rows-counted")]
    public async Task A_bucket_of_nothing_but_nan_reads_as_null()
    {
        var story = await ExpectAsync(
            ValueKind.Double,
            Numbers,
            [Of("2025-01-01T00:00Z", double.NaN), Of("2025-01-01T00:00:01Z", double.PositiveInfinity)]
        );
        var row = Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"));
        Assert.Null(row["v_sum"]);
        Assert.Null(row["v_avg"]);
        Assert.Null(row["v_last"]);
        Assert.Equal(2L, Convert.ToInt64(row["varve_rows"], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    [Rule("avg")]
    [Rule("average-of-all")]
    public async Task An_average_of_nine_tens_and_one_hundred_is_nineteen()
    {
        List<SourceRow> rows =
        [
            .. Enumerable.Range(0, 9).Select(i => SourceRow.Of(At("2025-01-01") + Duration.FromSeconds(i), "a", 10.0)),
            Of("2025-01-01T05:00Z", 100.0),
        ];
        var story = await ExpectAsync(ValueKind.Double, "avg", rows);
        Assert.Equal(19.0, Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"))["v_avg"]);
    }

    [Theory]
    [Rule("stddev")]
    [InlineData(1e9, 1.0)]
    [InlineData(-1e9, 1.0)]
    [InlineData(1e6, 0.01)]
    public async Task The_deviation_of_values_that_lie_close_together_far_from_zero_is_right(double centre, double spread)
    {
        List<SourceRow> rows =
        [
            .. Enumerable
                .Range(0, 600)
                .Select(i => SourceRow.Of(At("2025-01-01") + Duration.FromSeconds(13 * i), "a", centre + (i % 2 == 0 ? spread : -spread))),
        ];
        var story = await BeginAsync(Policy(Tiers, "stddev, variance"), rows);
        await story.RunWellAsync("2025-01-03");
        var wanted = TrueState.Of([.. rows.Select(r => (r.At!.Value, r.Values[1]))], ValueKind.Double).Read(Varve.Policies.Function.Stddev);
        var got = (double)Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"))["v_stddev"]!;
        Assert.InRange(got / (double)wanted!, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    [Rule("stddev")]
    public async Task A_single_value_has_no_deviation()
    {
        var story = await ExpectAsync(ValueKind.Double, "stddev, variance, count", [Of("2025-01-01T00:00Z", 5.0)]);
        var row = Assert.Single(await TierRows.ReadAsync(story, "cpu_1m"));
        Assert.Null(row["v_stddev"]);
        Assert.Null(row["v_variance"]);
    }

    [Fact]
    [Rule("first-last")]
    [Rule("ties-smallest")]
    public async Task Of_values_at_one_instant_the_smallest_is_first_and_last()
    {
        SourceRow[] rows =
        [
            Of("2025-01-01T00:00:05Z", 3.0),
            Of("2025-01-01T00:00:05Z", 1.0),
            Of("2025-01-01T00:00:05Z", 2.0),
            Of("2025-01-01T00:00:05Z", null),
            Of("2025-01-01T00:30Z", 7.0),
            Of("2025-01-01T02:00Z", 9.0),
            Of("2025-01-01T02:00Z", 8.0),
            Of("2025-01-01T02:00Z", double.NaN),
        ];
        var story = await ExpectAsync(ValueKind.Double, "first, last", rows);
        var day = Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"));
        Assert.Equal(1.0, day["v_first"]);
        Assert.Equal(8.0, day["v_last"]);
    }

    [Fact]
    [Rule("first-last")]
    public async Task First_and_last_pass_over_null()
    {
        SourceRow[] rows =
        [
            Of("2025-01-01T00:00:01Z", null),
            Of("2025-01-01T00:00:02Z", 4.0),
            Of("2025-01-01T00:00:03Z", 5.0),
            Of("2025-01-01T00:00:04Z", null),
        ];
        var story = await ExpectAsync(ValueKind.Double, "first, last", rows);
        var minute = Assert.Single(await TierRows.ReadAsync(story, "cpu_1m"));
        Assert.Equal(4.0, minute["v_first"]);
        Assert.Equal(5.0, minute["v_last"]);
    }

    [Fact]
    [Rule("ties-any")]
    public async Task Any_of_several_values_will_do_where_the_policy_says_so()
    {
        SourceRow[] rows =
        [
            Of("2025-01-01T00:00:05Z", 3.0),
            Of("2025-01-01T00:00:05Z", 1.0),
            Of("2025-01-01T00:30Z", 7.0),
            Of("2025-01-01T00:30Z", 9.0),
        ];
        var story = await BeginAsync(Policy($"ties: any\nkeep: 3d\n{Tiers}", "first, last"), rows);
        await story.RunWellAsync("2025-01-03");
        var day = Assert.Single(await TierRows.ReadAsync(story, "cpu_1d"));
        Assert.Contains((double)day["v_first"]!, new[] { 3.0, 1.0 });
        Assert.Contains((double)day["v_last"]!, new[] { 7.0, 9.0 });
        await story.RunWellAsync("2025-02-03");
        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    [Rule("exact-sums")]
    public async Task Integers_are_summed_beyond_64_bits()
    {
        var rows = Enumerable
            .Range(0, 60)
            .Select(i => SourceRow.Of(At("2025-01-01") + Duration.FromMinutes(i * 3), "a", long.MaxValue - 1 - i))
            .ToList();
        await ExpectAsync(ValueKind.Integer, "count, sum, avg, min, max", rows);
    }

    [Fact]
    [Rule("exact-sums")]
    public async Task Decimals_are_summed_exactly()
    {
        var rows = Enumerable
            .Range(0, 300)
            .Select(i => SourceRow.Of(At("2025-01-01") + Duration.FromMinutes(i), "a", 123456789.001m + (i * 0.001m)))
            .ToList();
        await ExpectAsync(ValueKind.Money, Numbers, rows);
    }

    [Fact]
    [Rule("sum-overflow")]
    public async Task A_sum_beyond_38_digits_stops_the_run_and_covers_nothing()
    {
        await Db.ExecuteAsync($"CREATE SCHEMA m");
        await Db.ExecuteAsync($"CREATE TABLE m.cpu (ts TIMESTAMP, host VARCHAR, v DECIMAL(38, 0))");
        var nines = new string('9', 38);
        await Db.ExecuteAsync(
            $"INSERT INTO m.cpu VALUES ({Db.TimeLiteral(At("2025-01-01"), TimeKind.Timestamp)}, 'a', {Db.Exact(nines)}), ({Db.TimeLiteral(At("2025-01-01T00:00:01Z"), TimeKind.Timestamp)}, 'a', {Db.Exact(nines)})"
        );
        var story = new Story(Db, Cpu(value: ValueKind.Money));
        await story.ApplyAsync(Policy("keep: 2d\ntiers: [{ every: 1h }]", "sum"));
        var outcome = await story.RunAsync("2025-02-01");
        Assert.Contains(outcome.Errors, e => e is EngineException);
        Assert.Equal(0, await story.CountAsync("cpu_1h_states"));
        Assert.Equal(2, await story.CountAsync("cpu"));
    }

    [Fact]
    [Rule("avg")]
    public async Task The_average_of_truth_values_is_the_share_of_true()
    {
        SourceRow[] rows =
        [
            Of("2025-01-01T00:00:01Z", true),
            Of("2025-01-01T00:00:02Z", false),
            Of("2025-01-01T00:00:03Z", true),
            Of("2025-01-01T00:00:04Z", true),
            Of("2025-01-01T00:00:05Z", null),
        ];
        var story = await ExpectAsync(ValueKind.Bool, "avg, count", rows);
        Assert.Equal(
            0.75,
            Convert.ToDouble(
                Assert.Single(await TierRows.ReadAsync(story, "cpu_1m"))["v_avg"],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
    }

    [Fact]
    [Rule("min-max")]
    public async Task Text_is_ordered_by_its_bytes()
    {
        string[] words = ["Zebra", "apple", "Äpfel", "", "it's", "\"quoted\"", "a\\b", "\U0001F600", "\uFFFD", "zz"];
        var rows = words
            .SelectMany(
                (w, i) =>
                    new[]
                    {
                        SourceRow.Of(At("2025-01-01") + Duration.FromSeconds(i), "a", w),
                        SourceRow.Of(At("2025-01-01") + Duration.FromMinutes(10 + i), "b", w),
                    }
            )
            .ToList();
        await ExpectAsync(ValueKind.Text, "count, min, max, first, last", rows);
    }

    [Fact]
    [Rule("null-series")]
    public async Task A_null_series_is_a_series_and_not_an_empty_text()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-01T03:00Z", "10s"),
            .. Every("2025-01-01", "2025-01-01T03:00Z", "30s", "").Select(r => r with { Values = [null, r.Values[1]] }),
            .. Every("2025-01-01", "2025-01-01T03:00Z", "20s", "x").Select(r => r with { Values = ["", r.Values[1]] }),
        ];
        var story = await ExpectAsync(ValueKind.Double, Numbers, rows);
        Assert.Equal(3, await story.CountAsync("cpu_1d"));
    }

    [Fact]
    [Rule("empty-bucket")]
    public async Task An_empty_bucket_has_no_row()
    {
        var story = await ExpectAsync(ValueKind.Double, "count", [Of("2025-01-01T00:00Z", 1.0), Of("2025-01-01T03:00Z", 1.0)]);
        Assert.Equal(2, await story.CountAsync("cpu_1h"));
    }

    [Fact]
    public async Task Several_series_columns_and_several_measures_stay_apart()
    {
        var table = new SourceTable(
            new("m", "wide"),
            "at",
            TimeKind.Timestamp,
            [
                new("x", ValueKind.Double),
                new("site", ValueKind.Text),
                new("flag", ValueKind.Bool),
                new("unit", ValueKind.Integer),
                new("n", ValueKind.Integer),
            ]
        );
        var random = new Random(5);
        var rows = Enumerable
            .Range(0, 300)
            .Select(_ =>
                SourceRow.Of(
                    At("2025-01-01") + Duration.FromSeconds(random.Next(7200)),
                    random.Next(1000) / 8.0,
                    random.Next(2) == 0 ? null : "s",
                    random.Next(2) == 0,
                    random.Next(2) == 0 ? (object?)null : (long)random.Next(2),
                    (long)random.Next(100)
                )
            )
            .ToList();
        var story = await Story.BeginAsync(
            Db,
            table,
            """
            table: m.wide
            time: at
            series: [unit, site]
            measures:
              n: [sum, last]
              x: [avg, max]
              flag: [avg, first]
            tiers: [{ every: 10m }, { every: 1h }]
            """,
            rows
        );
        await story.RunWellAsync("2025-01-02");
        await story.ExpectTiersAsync(rows);
    }

    private static SourceRow Of(string at, object? value) => SourceRow.Of(at, "a", value);

    private static object Value(Random random, ValueKind kind) =>
        kind switch
        {
            ValueKind.Double => (random.Next(1 << 20) - (1 << 19)) / 1024.0,
            ValueKind.Float => (random.Next(1 << 16) - (1 << 15)) / 64f,
            ValueKind.Small => (short)random.Next(short.MinValue, short.MaxValue),
            ValueKind.Integer => random.NextInt64(-1L << 40, 1L << 40),
            ValueKind.Huge => (BigInteger)random.NextInt64() * 1000,
            ValueKind.Money => random.Next(-100_000_000, 100_000_000) / 1000m,
            ValueKind.Bool => random.Next(2) == 0,
            _ => new string([.. Enumerable.Range(0, random.Next(4)).Select(_ => "abÄ'\""[random.Next(5)])]),
        };

    private async Task<Story> ExpectAsync(ValueKind kind, string functions, IReadOnlyList<SourceRow> rows)
    {
        var story = await Story.BeginAsync(Db, Cpu(value: kind), Policy(Tiers, functions), rows);
        await story.RunWellAsync("2025-01-03");
        await story.ExpectTiersAsync(rows);
        return story;
    }
}
