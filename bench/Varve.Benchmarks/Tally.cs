using System.Diagnostics;

namespace Varve.Benchmarks;

/// <summary>Seconds by part of a run.</summary>
internal sealed class Tally
{
    public Dictionary<string, double> Parts { get; } = [];

    public async Task<T> OfAsync<T>(string part, Func<Task<T>> work)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            Add(part, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
    }

    public void Add(string part, double seconds) => Parts[part] = Parts.GetValueOrDefault(part) + seconds;

    public double Sum => Parts.Values.Sum();
}
