using System.Globalization;
using NodaTime;
using Varve.Diagnosis;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 1: rows of a time that no calendar has, at each end of each type, through every command.</summary>
public abstract class OddTimeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private static readonly Instant s_first = Instant.FromUtc(1, 1, 1, 0, 0);
    private static readonly Instant s_end = Instant.FromUtc(9999, 1, 1, 0, 0);

    private static readonly (TimeKind Kind, string? Unit, Duration Step)[] s_kinds =
    [
        (TimeKind.Timestamp, null, Duration.FromMilliseconds(0.001)),
        (TimeKind.TimestampSeconds, null, Duration.FromSeconds(1)),
        (TimeKind.TimestampMilliseconds, null, Duration.FromMilliseconds(1)),
        (TimeKind.TimestampNanoseconds, null, Duration.FromNanoseconds(1)),
        (TimeKind.TimestampTz, null, Duration.FromMilliseconds(0.001)),
        (TimeKind.Date, null, Duration.FromDays(1)),
        (TimeKind.IntegerSeconds, "s", Duration.FromSeconds(1)),
        (TimeKind.IntegerMilliseconds, "ms", Duration.FromMilliseconds(1)),
        (TimeKind.IntegerMicroseconds, "us", Duration.FromMilliseconds(0.001)),
        (TimeKind.IntegerNanoseconds, "ns", Duration.FromNanoseconds(1)),
    ];

    /// <summary>Where an odd row lies.</summary>
    public enum Place
    {
        BeforeTheFirst,
        AtTheEnd,
        LeastOfType,
        GreatestOfType,
        EndOf9999,
    }

    public static TheoryData<TimeKind> Kinds => [.. s_kinds.Select(k => k.Kind)];

    /// <summary>One past each end of what is known, and the ends of the type itself.</summary>
    public static TheoryData<TimeKind, Place> Outside
    {
        get
        {
            TheoryData<TimeKind, Place> all = [];
            foreach (var (kind, _, _) in s_kinds)
                foreach (var place in new[] { Place.BeforeTheFirst, Place.AtTheEnd, Place.LeastOfType, Place.GreatestOfType })
                    all.Add(kind, place);
            all.Add(TimeKind.Timestamp, Place.EndOf9999);
            all.Add(TimeKind.TimestampTz, Place.EndOf9999);
            return all;
        }
    }

    [Theory]
    [Rule("no-time-no-bucket")]
    [Rule("in-range")]
    [OwnTimes(nameof(Outside))]
    public async Task A_row_out_of_range_is_counted_and_ends_no_command(TimeKind kind, Place place)
    {
        Assert.Equal(kind, Db.Nearest(kind));
        var odd = Literal(kind, place);
        var rows = Every("2025-01-01", "2025-01-21", "6h")
            .Where(r => kind != TimeKind.Date || Micros.From(r.At!.Value) % 86_400_000_000 == 0)
            .ToList();
        var story = await Story.BeginAsync(Db, Cpu(kind), PolicyFor(kind, $"keep: 5d\ntiers: [{Tiers(kind)}]"), rows);
        await Db.ExecuteAsync($"INSERT INTO m.cpu VALUES ({odd}, 'odd', 1)");
        Assert.Contains(
            (await story.PlanAsync("2025-01-21")).Notes,
            n => n.Code == "VRV211" && n.Message.Contains("out of range", StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-01-22");
        Assert.True((await story.PlanAsync("2025-01-22")).IsEmpty);
        await story.ExpectTiersAsync(rows);
        var status = await story.StatusAsync("2025-01-22");
        Assert.Equal((1, 1), (status.Timeless, status.OutOfRange));
        Assert.Equal(0, status.Future.Rows);
        Assert.InRange(Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu WHERE host = 'a'"), 0), 4, rows.Count / 2);
        var verified = await story.WithAsync(l => l.VerifyAsync(Selection.All));
        Assert.All(verified, r => Assert.True(r.Failure is null && r.Mismatches.Count == 0));
        var finding = Assert.Single(await story.WithAsync(l => l.DiagnoseAsync()), f => f.Check == "rows.timeless");
        Assert.Contains("out of range", finding.Found, StringComparison.Ordinal);
        var forecast = Assert.Single(await story.WithAsync(l => l.ForecastAsync(Selection.All, new() { AsOf = At("2025-01-22") })));
        Assert.Null(forecast.Failure);
        await ExpectAnswerAsync(story, rows.Count, "2025-01-01", "2025-01-22");
        Assert.Equal(1, await CountOddAsync());
        await story.WithAsync(l => l.InvalidateAsync("m.cpu", new(At("2025-01-18"), At("2025-01-20"))));
        await story.RunWellAsync("2025-01-22");
        if (
            await IsRefusedAsync(
                "VRV360",
                () => story.WithAsync(l => l.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "odd")] }))
            )
        )
            return;
        var erased = await story.WithAsync(l => l.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "odd")] }));
        Assert.Equal((1, 0), (erased.Rows, await CountOddAsync()));
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("in-range")]
    [OwnTimes(nameof(Kinds))]
    public async Task The_first_row_in_range_is_rolled_up_and_expires(TimeKind kind)
    {
        Assert.Equal(kind, Db.Nearest(kind));
        SourceRow[] rows = [SourceRow.Of(First(kind), "a", 1.0), SourceRow.Of(First(kind) + Duration.FromDays(1), "a", 2.0)];
        var years = First(kind) + Duration.FromDays(730);
        var story = await Story.BeginAsync(Db, Cpu(kind), PolicyFor(kind, $"keep: 400d\ntiers: [{Tiers(kind)}]"), rows);
        await story.RunWellAsync(InstantText.Format(First(kind) + Duration.FromDays(390)));
        await story.ExpectTiersAsync(rows);
        Assert.Equal(2, (await story.SourceAsync()).Count);
        await story.RunWellAsync(InstantText.Format(years + Duration.FromDays(800)));
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
        Assert.Equal(0, (await story.StatusAsync(InstantText.Format(years + Duration.FromDays(800)))).Timeless);
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new()
                {
                    Policy = "m.cpu",
                    From = First(kind),
                    To = years,
                    Every = "1d",
                }
            )
        );
        Assert.Equal(2, answer.Rows.Count);
        Assert.Equal("2", Text((await Db.QueryAsync($"SELECT sum(varve_rows) FROM m.cpu_all"))[0][0]));
    }

    [Theory]
    [Rule("in-range")]
    [OwnTimes(nameof(Kinds))]
    public async Task The_last_row_in_range_waits_for_its_time(TimeKind kind)
    {
        Assert.Equal(kind, Db.Nearest(kind));
        var step = s_kinds.Single(k => k.Kind == kind).Step;
        var rows = Every("2025-01-01", "2025-01-03", "1d");
        var story = await Story.BeginAsync(Db, Cpu(kind), PolicyFor(kind, $"keep: 90y\ntiers: [{Tiers(kind)}]"), rows);
        await story.InsertAsync(SourceRow.Of(End(kind) - step, "a", 4.0));
        await story.RunWellAsync("2025-01-04");
        var status = await story.StatusAsync("2025-01-04");
        Assert.Equal((0, 1), (status.Timeless, status.Future.Rows));
        Assert.All(
            await story.WithAsync(l => l.VerifyAsync(Selection.All)),
            r => Assert.True(r.Failure is null && r.Mismatches.Count == 0)
        );
        Assert.Null(Assert.Single(await story.WithAsync(l => l.ForecastAsync(Selection.All, new() { AsOf = At("2025-01-04") }))).Failure);
        Assert.Equal("3", Text((await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"))[0][0]));
        await Db.ExecuteAsync("DELETE FROM m.cpu WHERE v <> 4.0");
        Assert.Equal(At("2025-01-04"), (await story.StatusAsync("2025-01-04")).AsOf);
    }

    [Theory]
    [InlineData("INTEGER", "s", "-2147483648", true)]
    [InlineData("BIGINT", "us", "-9223372036854775808", false)]
    public async Task Integers_of_every_width_are_read(string type, string unit, string odd, bool isKnown)
    {
        var scale = unit switch
        {
            "s" => 1L,
            "ms" => 1_000,
            "us" => 1_000_000,
            _ => 1_000_000_000,
        };
        var day = type == "UINTEGER" ? 20 * 86_400 : 1_735_689_600L;
        if (type == "BIGINT")
            odd = Db.Ends(TimeKind.IntegerSeconds).Least;
        await Db.ExecuteAsync(
            $"CREATE SCHEMA m; CREATE TABLE m.cpu (ts {type}, host VARCHAR, v DOUBLE); INSERT INTO m.cpu SELECT (CAST({day} AS BIGINT) + i * 3600) * {scale}, 'a', i FROM range(100) r(i); INSERT INTO m.cpu VALUES ({odd}, 'a', 1)"
        );
        var story = new Story(Db, Cpu(TimeKind.IntegerSeconds));
        await story.ApplyAsync(
            Policy("tiers: [{ every: 1h }, { every: 1d }]")
                .Replace("time: ts", $"time: {{ column: ts, unit: {unit} }}", StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-02-01");
        Assert.Equal(isKnown ? 0 : 1, (await story.StatusAsync("2025-02-01")).OutOfRange);
        Assert.Equal(isKnown ? "101" : "100", Text((await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"))[0][0]));
    }

    [Theory]
    [InlineData(TimeKind.Timestamp)]
    [InlineData(TimeKind.IntegerNanoseconds)]
    public async Task A_stamp_of_arrival_out_of_range_ends_nothing(TimeKind kind)
    {
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host VARCHAR, v DOUBLE, arr TIMESTAMP_NS)");
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT t, 'a', 1, t FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-05', INTERVAL 1 HOUR) r(t)"
        );
        await Db.ExecuteAsync(
            kind == TimeKind.Timestamp
                ? "ALTER TABLE m.cpu ALTER COLUMN arr TYPE TIMESTAMP; UPDATE m.cpu SET arr = TIMESTAMP '9999-12-31 23:59:59.999999' WHERE ts = TIMESTAMP '2025-01-04'"
                : "UPDATE m.cpu SET arr = make_timestamp_ns(-9223286400000000000) WHERE ts = TIMESTAMP '2025-01-04'"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(
            Policy("arrival: arr\nseries: [host]\ntiers: [{ every: 1h }]")
                .Replace("series: [host]\nmeasures", "measures", StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-01-05");
        await Db.ExecuteAsync("INSERT INTO m.cpu VALUES (TIMESTAMP '2025-01-02 00:30:00', 'late', 1, TIMESTAMP '2025-01-05 00:10:00')");
        await story.RunWellAsync("2025-01-05T01:00:00Z");
        Assert.Single(await Db.QueryAsync("SELECT * FROM m.cpu_1h WHERE host = 'late'"));
    }

    [Theory]
    [InlineData("2025-01-01", "9999-12-31T23:59:59.999999Z", 2)]
    [InlineData("9999-01-01", "9999-12-31T23:59:59.999999Z", 0)]
    public async Task A_question_may_reach_beyond_what_is_known(string from, string to, int rows)
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1d }, { every: 1y }]"), Every("2025-01-01", "2025-01-03", "1d"));
        await Db.ExecuteAsync("INSERT INTO m.cpu VALUES (TIMESTAMP '9999-12-31 23:59:59.999999', 'odd', 1)");
        await story.RunWellAsync("2025-01-04");
        await ExpectAnswerAsync(story, rows, from, to);
    }

    private static async Task ExpectAnswerAsync(Story story, int rows, string from, string to)
    {
        var answer = await story.WithAsync(l =>
            l.QueryAsync(
                new()
                {
                    Policy = "m.cpu",
                    From = At(from),
                    To = At(to),
                    Every = "1d",
                }
            )
        );
        Assert.DoesNotContain(answer.Rows, r => r.Contains("odd"));
        var counted = answer.Columns.ToList().IndexOf("varve_rows");
        Assert.Equal(rows, answer.Rows.Sum(r => Convert.ToInt64(r[counted], CultureInfo.InvariantCulture)));
    }

    private async Task<long> CountOddAsync() => Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu WHERE host = 'odd'"), 0);

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static bool HasNanos(TimeKind kind) => kind is TimeKind.TimestampNanoseconds or TimeKind.IntegerNanoseconds;

    private static Instant First(TimeKind kind) => HasNanos(kind) ? Instant.FromUtc(1679, 1, 1, 0, 0) : s_first;

    private static Instant End(TimeKind kind) => HasNanos(kind) ? Instant.FromUtc(2262, 1, 1, 0, 0) : s_end;

    private static string Tiers(TimeKind kind) =>
        kind == TimeKind.Date
            ? "{ every: 1d }, { every: 1y }"
            : "{ every: 6h }, { every: 1d, zone: Pacific/Auckland }, { every: 1y, zone: Pacific/Auckland }";

    private string Literal(TimeKind kind, Place place) =>
        place switch
        {
            Place.BeforeTheFirst => Db.FarLiteral(First(kind) - s_kinds.Single(k => k.Kind == kind).Step, kind),
            Place.AtTheEnd => Db.FarLiteral(End(kind), kind),
            Place.LeastOfType => Db.Ends(kind).Least,
            Place.GreatestOfType => Db.Ends(kind).Greatest,
            _ => kind == TimeKind.TimestampTz ? "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'" : "TIMESTAMP '9999-12-31 23:59:59.999999'",
        };

    private static string PolicyFor(TimeKind kind, string more) =>
        s_kinds.Single(k => k.Kind == kind).Unit is { } unit
            ? Policy(more).Replace("time: ts", $"time: {{ column: ts, unit: {unit} }}", StringComparison.Ordinal)
            : Policy(more);
}
