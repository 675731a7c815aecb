using System.Diagnostics;
using NodaTime;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>A small database file of one case, and what is measured of it in this process.</summary>
internal static class SmallFile
{
    public static void Remove(string file)
    {
        File.Delete(file);
        File.Delete($"{file}.wal");
    }

    /// <summary>A run in which nothing may fail.</summary>
    public static async Task<bool> RunAsync(Lifecycle lifecycle, Instant asOf)
    {
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = asOf, Yes = true }))
        {
            if (happened is RunEvent.Failed failed)
                throw failed.Error;
            if (happened is RunEvent.StepFailed step)
                throw step.Error;
        }

        return true;
    }

    public static async Task<double> SecondsAsync<T>(Func<Task<T>> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
