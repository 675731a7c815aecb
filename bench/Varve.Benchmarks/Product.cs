using System.Diagnostics;
using NodaTime;
using Varve.DuckDb;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>What is measured: Varve's own calls, as the command line makes them.</summary>
internal static class Product
{
    /// <summary>A whole run, and closing the file, which writes out what is left.</summary>
    public static async Task<Measured> RunAsync(string file, string policy, int day)
    {
        var tally = new Tally();
        var database = Open(file, tally);
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(PolicyYaml.Parse(policy, "bench.yaml"));
        tally.Parts.Clear();
        var watch = new Watched();
        var summary = await RunAsync(lifecycle, Data.Day(day));
        var closing = Stopwatch.GetTimestamp();
        await database.DisposeAsync();
        tally.Add("close", Stopwatch.GetElapsedTime(closing).TotalSeconds);
        return Of(watch, summary, tally);
    }

    /// <summary>A run that archives and expires, with a location of its own.</summary>
    public static async Task<Measured> ArchiveAsync(string file, string policy, int day)
    {
        var tally = new Tally();
        Directory.CreateDirectory(Cold(file));
        var database = Open(file, tally);
        var lifecycle = new Lifecycle(database, With(file));
        await lifecycle.ApplyAsync(PolicyYaml.Parse(policy, "bench.yaml"));
        tally.Parts.Clear();
        var watch = new Watched();
        var summary = await RunAsync(lifecycle, Data.Day(day));
        await database.DisposeAsync();
        return Of(watch, summary, tally);
    }

    /// <summary>Restores what was archived into a table, and closes the file.</summary>
    public static async Task<Measured> RestoreAsync(string file, string policy)
    {
        var tally = new Tally();
        var database = Open(file, tally);
        var watch = new Watched();
        var result = await new Lifecycle(database, With(file)).RestoreAsync(new() { Policy = policy });
        var closing = Stopwatch.GetTimestamp();
        await database.DisposeAsync();
        tally.Add("close", Stopwatch.GetElapsedTime(closing).TotalSeconds);
        return Of(watch, result.Rows, tally);
    }

    /// <summary>The archive beside a file.</summary>
    public static string Cold(string file) => Path.Combine(Path.GetDirectoryName(file)!, "cold");

    private static LifecycleOptions With(string file) => new() { Archives = new Dictionary<string, string> { ["cold"] = Cold(file) } };

    /// <summary>A run with nothing to do, on a file where everything is done: the first of the process, and one when all is warm.</summary>
    public static async Task<Measured> AgainAsync(string file, string policy, int day)
    {
        var tally = new Tally();
        await using var database = Open(file, tally);
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(PolicyYaml.Parse(policy, "bench.yaml"));
        var first = Stopwatch.GetTimestamp();
        await RunAsync(lifecycle, Data.Day(day));
        var cold = Stopwatch.GetElapsedTime(first).TotalSeconds;
        tally.Parts.Clear();
        var watch = new Watched();
        var summary = await RunAsync(lifecycle, Data.Day(day));
        var measured = Of(watch, summary, tally);
        measured.Parts["first"] = cold;
        return measured;
    }

    /// <summary>One hour more after some days that are rolled up.</summary>
    public static async Task<Measured> HourAsync(string file, string policy, int day)
    {
        var hour = Data.Day(day - 1) + Duration.FromHours(24);
        Script.Execute(
            file,
            $"CREATE TABLE later AS SELECT * FROM raw WHERE ts >= {Script.Timestamp(Data.Day(day - 1) + Duration.FromHours(23))} AND ts < {Script.Timestamp(hour)}; DELETE FROM raw WHERE ts >= {Script.Timestamp(Data.Day(day - 1) + Duration.FromHours(23))}; CHECKPOINT;"
        );
        await using (var before = Open(file, new()))
        {
            var first = new Lifecycle(before);
            await first.ApplyAsync(PolicyYaml.Parse(policy, "bench.yaml"));
            await RunAsync(first, hour - Duration.FromHours(1));
        }

        Script.Execute(file, "INSERT INTO raw SELECT * FROM later; CHECKPOINT;");
        var tally = new Tally();
        await using var database = Open(file, tally);
        var lifecycle = new Lifecycle(database);
        var watch = new Watched();
        return Of(watch, await RunAsync(lifecycle, hour), tally);
    }

    private static Database Open(string file, Tally tally)
    {
        var database = DuckDbDatabase.Open(file);
        return new(new TimedEngine(database.Engine, tally), database.Name);
    }

    /// <summary>A run of all policies, or of one; what fails is thrown.</summary>
    public static async Task<RunSummary> RunAsync(Lifecycle lifecycle, Instant asOf, string? policy = null)
    {
        RunSummary? summary = null;
        await foreach (
            var happened in lifecycle.RunAsync(
                policy is null ? Selection.All : Selection.Of(policy),
                new RunOptions { AsOf = asOf, Yes = true }
            )
        )
        {
            if (happened is RunEvent.Failed failed)
                throw failed.Error;
            if (happened is RunEvent.StepFailed step)
                throw step.Error;
            if (happened is RunEvent.Finished finished)
                summary = finished.Summary;
        }

        return summary!;
    }

    private static Measured Of(Watched watch, RunSummary summary, Tally tally) =>
        Of(watch, Math.Max(summary.RowsRead, summary.RowsRemoved), tally);

    /// <summary>What was measured, with what no part of it took.</summary>
    public static Measured Of(Watched watch, long rows, Tally tally)
    {
        var measured = watch.Measured(rows, tally.Parts);
        tally.Parts["planner and the rest"] = measured.Seconds - tally.Sum;
        return measured;
    }
}
