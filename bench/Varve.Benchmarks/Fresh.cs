using System.Diagnostics;
using System.Text.Json;

namespace Varve.Benchmarks;

/// <summary>Work in a fresh process: its memory is its own, and nothing is warm but the page cache.</summary>
internal static class Fresh
{
    public static async Task<Measured> RunAsync(params IEnumerable<string> work)
    {
        var answer = await ReadAsync(Environment.ProcessPath!, ["worker", .. work]);
        return JsonSerializer.Deserialize<Measured>(answer.TrimEnd().Split('\n')[^1])!;
    }

    /// <summary>What a program writes; it must end well.</summary>
    public static async Task<string> ReadAsync(string program, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? answer
            : throw new InvalidOperationException($"{program} {string.Join(' ', args)} ended with {process.ExitCode}: {answer}");
    }

    /// <summary>Takes each measurement in turn, some rounds; the least of each counts, as whatever disturbs it can only add.</summary>
    public static async Task<IReadOnlyList<Measured>> InTurnAsync(int rounds, params IReadOnlyList<Func<Task<Measured>>> measurements)
    {
        var least = new Measured?[measurements.Count];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < least.Length; i++)
            {
                var now = await measurements[i]();
                var peak = Math.Max(now.PeakBytes, least[i]?.PeakBytes ?? 0);
                var cpu = Math.Min(now.CpuSeconds, least[i]?.CpuSeconds ?? double.MaxValue);
                least[i] = (least[i] is { } before && before.Seconds <= now.Seconds ? before : now) with
                {
                    PeakBytes = peak,
                    CpuSeconds = cpu,
                };
            }
        }

        return least!;
    }
}
