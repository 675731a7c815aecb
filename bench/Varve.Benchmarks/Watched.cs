using System.Diagnostics;

namespace Varve.Benchmarks;

/// <summary>Time and processor time from here on.</summary>
internal sealed class Watched
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

    public Measured Measured(long rows, Dictionary<string, double> parts) =>
        new(
            Stopwatch.GetElapsedTime(_begun).TotalSeconds,
            (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds,
            Benchmarks.Measured.Peak(),
            rows,
            parts
        );
}
