using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Kills;

/// <summary>
/// Runs that are killed from outside, before, after, inside and between their statements, and run again: nothing may tell
/// them from runs that were not. In CI a sample; with VARVE_KILLS=all every statement.
/// </summary>
public abstract class KillSuite(Func<FileScratch> create, Beginnings beginnings) : IClassFixture<Beginnings>
{
    private const string First = "2025-01-06T00:00:00Z";
    private const string Second = "2025-01-09T06:00:00Z";

    /// <summary>The policy changes before the second run: functions come, a tier goes, another comes.</summary>
    private const string Changed = "changed";

    /// <summary>The policy gets other series before the second run, which sets its tiers aside.</summary>
    private const string Aside = "aside";

    /// <summary>The same with archives, and the second run is over: there is something for each command to do.</summary>
    private const string Done = "done";

    private static readonly bool s_all = Environment.GetEnvironmentVariable("VARVE_KILLS") == "all";

    [Theory]
    [Rule("stopped-run-resumes")]
    [Rule("duckdb-transaction")]
    [InlineData(nameof(Moment.BeforeStatement), "")]
    [InlineData(nameof(Moment.AfterStatement), "")]
    [InlineData(nameof(Moment.AfterCommit), "")]
    [InlineData("During", "")]
    [InlineData(nameof(Moment.BeforeStatement), "archive: cold")]
    [InlineData("During", "archive: cold")]
    [InlineData(nameof(Moment.BeforeStatement), "late_after_expiry: merge")]
    [InlineData("During", "late_after_expiry: merge")]
    [InlineData(nameof(Moment.AfterStatement), Changed)]
    [InlineData("During", Changed)]
    [InlineData(nameof(Moment.BeforeStatement), Aside)]
    public async Task A_killed_run_and_a_rerun_end_where_no_kill_ends(string moment, string more)
    {
        var prepared = await beginnings.OfAsync(more, PrepareAsync);
        var whole = await beginnings.WholeAsync(more, null, () => EndAsync(prepared, null, more));
        var last = whole.Last(moment);
        Assert.True(last > 10, $"a run of {last} statements shows nothing");
        var killed = 0;
        foreach (var number in Numbers(last, Samples))
        {
            await using var db = prepared.Clone();
            var (end, said) = await ChildRun.RunAsync(db, Second, moment, number);
            Assert.True(end is 0 or ChildRun.Killed, $"{moment} {number}: exit {end}, {said}");
            if (end == ChildRun.Killed)
                killed++;
            await RerunAsync(db, $"{moment} {number} of {last}");
            if (more == "archive: cold")
                await RestoreAsync(db);
            var difference = whole.Expected.DifferenceTo(await Snapshot.TakeAsync(db, "m"));
            Assert.True(difference is null, $"killed {moment} {number} of {last}: {difference}");
        }

        Assert.NotEqual(0, killed);
    }

    [Theory]
    [InlineData(nameof(Moment.BeforeStatement), Command.Erase)]
    [InlineData("During", Command.Erase)]
    [InlineData(nameof(Moment.AfterCommit), Command.Erase)]
    [InlineData(nameof(Moment.BeforeStatement), Command.Drop)]
    [InlineData("During", Command.Drop)]
    [InlineData(nameof(Moment.AfterCommit), Command.Drop)]
    [InlineData(nameof(Moment.AfterStatement), Command.Restore)]
    [InlineData("During", Command.Restore)]
    [InlineData(nameof(Moment.AfterCommit), Command.Restore)]
    [InlineData(nameof(Moment.BeforeStatement), Command.Prune)]
    [InlineData("During", Command.Prune)]
    [InlineData(nameof(Moment.AfterCommit), Command.Prune)]
    public async Task A_killed_command_that_is_given_again_ends_where_no_kill_ends(string moment, string command)
    {
        var prepared = await beginnings.OfAsync(Done, PrepareAsync);
        var whole = await beginnings.WholeAsync(Done, command, () => EndAsync(prepared, command, Done));
        var last = whole.Last(moment);
        var killed = 0;
        foreach (var number in Numbers(last, Math.Min(Samples, 3)))
        {
            await using var db = prepared.Clone();
            var (end, said) = await ChildRun.RunAsync(db, Second, moment, number, command: command);
            Assert.True(end is 0 or ChildRun.Killed, $"{moment} {number}: exit {end}, {said}");
            if (end == ChildRun.Killed)
                killed++;
            await using (var database = await db.OpenAsync())
            {
                var lifecycle = new Lifecycle(database, With(db) with { TimeProvider = new SettableTime(InstantText.Parse(Second)) });
                var error = await Record.ExceptionAsync(() => Command.DoAsync(lifecycle, command));
                Assert.True(error is null || Command.IsDone(command, error), $"{moment} {number} of {last}: {error}");
                Assert.Empty((await lifecycle.VerifyAuditAsync()).Findings);
                var report = await lifecycle.VerifyArchivesAsync([]);
                Assert.True(
                    report.Agrees && report.Unknown.Count == 0,
                    $"{moment} {number} of {last}: {string.Join("; ", report.Parts.Select(p => p.Problem).OfType<string>().Concat(report.Unknown.Select(u => u.File)))}"
                );
            }

            var difference = whole.Expected.DifferenceTo(await Snapshot.TakeAsync(db, "m"));
            Assert.True(difference is null, $"killed {moment} {number} of {last}: {difference}");
        }

        Assert.NotEqual(0, killed);
    }

    /// <summary>At how many of the statements of a run it is ended.</summary>
    protected virtual int Samples => 5;

    private static IEnumerable<int> Numbers(int last, int samples)
    {
        if (s_all)
            return Enumerable.Range(1, last);
        var random = new Random(last);
        return Enumerable
            .Range(0, samples)
            .Select(i => 1 + (last * i / samples) + random.Next(Math.Max(1, last / samples)))
            .Append(last)
            .Where(n => n <= last)
            .Distinct();
    }

    /// <summary>Runs, or gives a command, to the end, on a copy.</summary>
    private static async Task<Beginnings.Whole> EndAsync(FileScratch prepared, string? command, string more)
    {
        await using var db = prepared.Clone();
        var before = await Snapshot.TakeAsync(db, "m");
        var (code, output) = await ChildRun.RunAsync(db, Second, "None", 0, command: command);
        Assert.True(code == 0, output);
        if (more == "archive: cold")
            await RestoreAsync(db);
        var expected = await Snapshot.TakeAsync(db, "m");
        Assert.NotNull(before.DifferenceTo(expected));
        var counts = output.Split(' ', StringSplitOptions.TrimEntries).Select(int.Parse).ToArray();
        return new(expected, counts[0], counts[1]);
    }

    private static async Task RerunAsync(FileScratch db, string when)
    {
        await using var database = await db.OpenAsync();
        var lifecycle = new Lifecycle(database, With(db));
        var outcome = await RunOutcome.OfAsync(lifecycle, new() { AsOf = InstantText.Parse(Second), Yes = true });
        Assert.True(outcome.Errors.Count == 0, $"{when}: {string.Join("; ", outcome.Errors.Select(e => e.Message))}");
        Assert.Empty((await lifecycle.VerifyAuditAsync()).Findings);
        foreach (var run in await lifecycle.HistoryAsync(Selection.All, 100))
        {
            Assert.True(run.Status != RunStatus.Running, $"{when}: a run was left open");
            if (run.Steps > 0)
                Assert.DoesNotContain(await lifecycle.StepsAsync(run.Id), s => s.Status is StepStatus.Running);
        }
    }

    /// <summary>
    /// What the archive holds becomes a table, so that it is compared too; every part is as it was written, and there is no
    /// other.
    /// </summary>
    private static async Task RestoreAsync(FileScratch db)
    {
        await using var database = await db.OpenAsync();
        var lifecycle = new Lifecycle(database, With(db));
        var report = await lifecycle.VerifyArchivesAsync([]);
        Assert.True(report.Agrees, string.Join("; ", report.Parts.Select(p => p.Problem).OfType<string>()));
        Assert.DoesNotContain(
            report.Unknown,
            u => u.File.EndsWith(".parquet", StringComparison.Ordinal) || u.File.EndsWith(".json", StringComparison.Ordinal)
        );
        Assert.NotEmpty(report.Parts);
        await lifecycle.RestoreAsync(new() { Policy = "m.cpu" });
    }

    private static LifecycleOptions With(FileScratch db) => new() { Archives = new Dictionary<string, string> { ["cold"] = Cold(db) } };

    private static string Cold(FileScratch db) => Directory.CreateDirectory(Path.Combine(db.Folder, "cold")).FullName;

    // Rolled up once; then time passed, rows came late, others were corrected, and much is past its keep.
    private async Task<FileScratch> PrepareAsync(string more)
    {
        var db = create();
        var table = new SourceTable(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), new("v", ValueKind.Double), new("n", ValueKind.Integer)]
        );
        var random = new Random(11);
        var story = await Story.BeginAsync(db, table, null, Rows(random, "2025-01-01", 4000, 24 * 5));
        story.Archives = With(db).Archives;
        var other = more switch
        {
            Changed or Aside => "",
            Done => "archive: cold",
            _ => more,
        };
        string Text(string functions, string tiers, string other, string series = "host") =>
            $$"""
                table: m.cpu
                time: ts
                series: [{{series}}]
                measures: { v: [{{functions}}], n: [sum, count] }
                late: 1h
                recheck: 1d
                keep: 3d
                tiers: [{{tiers}}]
                {{other}}
                """;
        await story.ApplyAsync(
            Text("avg, min, max, first, last, stddev", "{ every: 1h, keep: 5d }, { every: 7h }, { every: 1d, zone: Europe/Berlin }", other)
        );
        Assert.Empty((await story.RunAsync(First)).Errors);
        await story.InsertAsync(Rows(random, "2025-01-06", 2000, 24 * 3 + 6));
        await story.InsertAsync(Rows(random, "2025-01-04", 20, 40));
        await db.ExecuteAsync(
            $"UPDATE m.cpu SET v = 1 WHERE n = 500 AND ts > {db.TimeLiteral(InstantText.Parse("2025-01-05T12:00Z"), TimeKind.Timestamp)}"
        );
        if (more == "late_after_expiry: merge")
            await story.InsertAsync(Rows(random, "2025-01-01", 30, 40));
        if (more is Changed or Done)
            await story.ApplyAsync(
                Text(
                    "avg, max, last, variance, count",
                    "{ every: 30m, keep: 4d }, { every: 1h, keep: 5d }, { every: 1d, zone: Europe/Berlin }",
                    other
                )
            );
        if (more == Aside)
            await story.ApplyAsync(
                Text("avg, max, last", "{ every: 1h, name: all_1h, keep: 5d }, { every: 1d, name: all_1d }", other, series: "")
            );
        if (more == Done)
            Assert.Empty((await story.RunAsync(Second)).Errors);
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
                    random.Next(30) == 0 ? double.NaN : random.Next(1 << 16) / 64.0,
                    random.NextInt64(1000)
                )
            );
}
