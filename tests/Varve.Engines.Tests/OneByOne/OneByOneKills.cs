using Varve.Catalog;
using Varve.Engines;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>
/// Runs of which one statement is the last, or whose answer is lost, on an engine without transactions, and run again:
/// nothing may tell them from runs to which nothing happened. In CI a sample; with VARVE_KILLS=all every statement.
/// </summary>
public sealed class OneByOneKills
{
    private const string First = "2025-01-06T00:00:00Z";
    private const string Second = "2025-01-09T06:00:00Z";

    /// <summary>The policy changes before the second run: functions come, a tier goes, another comes.</summary>
    private const string Changed = "changed";

    private static readonly bool s_all = Environment.GetEnvironmentVariable("VARVE_KILLS") == "all";

    public enum End
    {
        DiesBefore,
        DiesAfter,
        LosesBefore,
        LosesAfter,
    }

    [Theory]
    [InlineData(End.DiesBefore, "")]
    [InlineData(End.DiesAfter, "")]
    [InlineData(End.LosesBefore, "")]
    [InlineData(End.LosesAfter, "")]
    [InlineData(End.DiesAfter, "archive: cold")]
    [InlineData(End.LosesAfter, "archive: cold")]
    [InlineData(End.DiesBefore, Changed)]
    [InlineData(End.DiesAfter, Changed)]
    public async Task A_run_that_ends_anywhere_and_a_rerun_end_where_no_end_ends(End end, string more)
    {
        await using var prepared = await PrepareAsync(more);
        await using var whole = prepared.Clone();
        var count = Trip.Never();
        await RunAsync(whole, e => new TrippingEngine(e, count));
        var expected = await Snapshot.TakeAsync(whole, "m");
        Assert.True(count.Statements > 50, $"a run of {count.Statements} statements shows nothing");
        List<string> differences = [];
        foreach (var number in Numbers(count.Statements))
        {
            await using var db = prepared.Clone();
            var error = await Record.ExceptionAsync(() => RunAsync(db, e => Ending(e, end, number)));
            Assert.True(error is null or DeathException or EngineException { Code: EngineCodes.Interrupted }, $"{end} {number}: {error}");
            var failure = await Record.ExceptionAsync(() => RerunAsync(db));
            if (failure is not null)
                differences.Add($"{end} {number} of {count.Statements}: {failure.Message[..Math.Min(400, failure.Message.Length)]}");
            else if (expected.DifferenceTo(await Snapshot.TakeAsync(db, "m")) is { } difference)
                differences.Add($"{end} {number} of {count.Statements}: {difference}");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData("CREATE TABLE m.cpu_1h_states (a INTEGER)")]
    [InlineData("CREATE TABLE m.cpu_1h_states AS SELECT TIMESTAMP '2025-01-01' AS ts, 'a' AS host, 1 AS varve_rows")]
    public async Task A_table_that_somebody_else_made_under_a_claimed_name_is_never_dropped(string made)
    {
        await using var db = OneByOneMemory.New();
        var table = new SourceTable(new("m", "cpu"), "ts", TimeKind.Timestamp, [new("host", ValueKind.Text), new("v", ValueKind.Double)]);
        var story = await Story.BeginAsync(
            db,
            table,
            "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [count] }\ntiers: [{ every: 1h }]\n",
            [SourceRow.Of(InstantText.Parse("2025-01-01"), "a", 1.0)]
        );
        await db.ExecuteAsync(
            "INSERT INTO varve.ledgers VALUES ('m.cpu', 1, 1, false, '{\"relations\":{\"1h\":{\"tables\":[[\"states\",\"m\",\"cpu_1h_states\"]]}}}')"
        );
        await db.ExecuteAsync(made);
        var rows = await db.QueryAsync("SELECT * FROM m.cpu_1h_states");
        var outcome = await story.RunAsync("2025-01-02");
        Assert.Contains(outcome.Errors, e => e.Code == "VRV135");
        Assert.Equal(rows, await db.QueryAsync("SELECT * FROM m.cpu_1h_states"));
    }

    private static IEngine Ending(IEngine engine, End end, int number) =>
        end switch
        {
            End.DiesBefore => new TrippingEngine(engine, new(number, Moment.BeforeStatement)),
            End.DiesAfter => new TrippingEngine(engine, new(number, Moment.AfterStatement)),
            End.LosesBefore => new LosingEngine(engine, number, isDone: false),
            _ => new LosingEngine(engine, number, isDone: true),
        };

    private static IEnumerable<int> Numbers(int last, int samples = 7)
    {
        if (s_all)
            return Enumerable.Range(1, last);
        var random = new Random(last);
        return Enumerable
            .Range(0, samples)
            .Select(i => 1 + (last * i / samples) + random.Next(Math.Max(1, last / samples)))
            .Where(n => n <= last)
            .Distinct();
    }

    private static async Task RunAsync(FileScratch db, Func<IEngine, IEngine> around)
    {
        await using var inner = await db.OpenAsync();
        var lifecycle = new Lifecycle(new Database(around(new OneByOneEngine(inner.Engine)), inner.Name), With(db));
        await RunOutcome.OfAsync(lifecycle, new() { AsOf = InstantText.Parse(Second), Yes = true });
    }

    private static async Task RerunAsync(FileScratch db)
    {
        await using var inner = await db.OpenAsync();
        var lifecycle = new Lifecycle(new Database(new OneByOneEngine(inner.Engine), inner.Name), With(db));
        var outcome = await RunOutcome.OfAsync(lifecycle, new() { AsOf = InstantText.Parse(Second), Yes = true });
        Assert.True(outcome.Errors.Count == 0, string.Join("; ", outcome.Errors.Select(e => e.Message)));
        Assert.Empty((await lifecycle.VerifyAuditAsync()).Findings);
        Assert.DoesNotContain(await lifecycle.HistoryAsync(Selection.All, 100), r => r.Status == RunStatus.Running);
        var again = await RunOutcome.OfAsync(lifecycle, new() { AsOf = InstantText.Parse(Second), Yes = true });
        Assert.True(again.Done.Count == 0, $"a third run does {string.Join("; ", again.Done.Select(s => s.Key))}");
    }

    private static LifecycleOptions With(FileScratch db) =>
        new()
        {
            Archives = new Dictionary<string, string>
            {
                ["cold"] = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(db.File)!, "cold")).FullName,
            },
        };

    // Rolled up once; then time passed, rows came late, others were corrected, and much is past its keep.
    private static async Task<FileScratch> PrepareAsync(string more)
    {
        var db = DuckDbScratch.New();
        var table = new SourceTable(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), new("v", ValueKind.Double), new("n", ValueKind.Integer)]
        );
        var random = new Random(11);
        var story = await Story.BeginAsync(db, table, null, Rows(random, "2025-01-01", 1500, 24 * 5));
        story.Archives = With(db).Archives;
        string Text(string functions, string tiers) =>
            $$"""
                table: m.cpu
                time: ts
                series: [host]
                measures: { v: [{{functions}}], n: [sum, count] }
                late: 1h
                recheck: 1d
                keep: 3d
                tiers: [{{tiers}}]
                {{(more == Changed ? "" : more)}}
                """;
        await story.ApplyAsync(
            Text("avg, min, max, first, last, stddev", "{ every: 1h, keep: 5d }, { every: 7h }, { every: 1d, zone: Europe/Berlin }")
        );
        Assert.Empty((await story.RunAsync(First)).Errors);
        await story.InsertAsync(Rows(random, "2025-01-06", 800, 24 * 3 + 6));
        await story.InsertAsync(Rows(random, "2025-01-04", 20, 40));
        await db.ExecuteAsync(
            $"UPDATE m.cpu SET v = 1 WHERE n < 50 AND ts > {db.TimeLiteral(InstantText.Parse("2025-01-05T12:00Z"), TimeKind.Timestamp)}"
        );
        if (more == Changed)
            await story.ApplyAsync(
                Text(
                    "avg, max, last, variance, count",
                    "{ every: 30m, keep: 4d }, { every: 1h, keep: 5d }, { every: 1d, zone: Europe/Berlin }"
                )
            );
        return db;
    }

    private static IEnumerable<SourceRow> Rows(Random random, string from, int count, int hours) =>
        Enumerable
            .Range(0, count)
            .Select(_ =>
                SourceRow.Of(
                    InstantText.Parse(from) + NodaTime.Duration.FromSeconds(random.Next(hours * 3600)),
                    random.Next(3) switch
                    {
                        0 => "a",
                        1 => "b",
                        _ => null,
                    },
                    random.Next(1000) / 8.0,
                    (long)random.Next(1000)
                )
            );
}
