using System.Globalization;
using NodaTime;

namespace Varve.Reading;

/// <summary>How often rows come, as an answer shows it: the median of the steps within its series.</summary>
internal static class Pace
{
    // Fewer steps tell nothing.
    private const int LeastSteps = 2;

    // Buckets of one width differ: days by the clock's changes, months by a tenth. Those of another width by more than this.
    private const double SameWidth = 1.25;

    /// <summary>The step in which rows come; null where the finest buckets of the answer are no finer than that.</summary>
    /// <param name="answer">The answer, in the order of time.</param>
    /// <param name="series">The number of series columns, which follow the time.</param>
    public static Duration? CoarserThan(QueryAnswer answer, int series)
    {
        var seconds = answer.Columns.ToList().IndexOf("varve_seconds");
        if (answer.Rows.Count == 0)
            return null;
        List<double> lengths = [.. answer.Rows.Select(r => Convert.ToDouble(r[seconds], CultureInfo.InvariantCulture))];
        var most = lengths.Min() * SameWidth;
        var longest = lengths.Where(l => l <= most).Max();
        Dictionary<string, Instant> last = new(StringComparer.Ordinal);
        List<Duration> steps = [];
        for (var i = 0; i < answer.Rows.Count; i++)
        {
            if (lengths[i] > most)
                continue;
            var name = string.Join(
                '\u001f',
                answer.Rows[i].Skip(1).Take(series).Select(v => v is null ? "\0" : Convert.ToString(v, CultureInfo.InvariantCulture))
            );
            if (last.TryGetValue(name, out var before))
                steps.Add(answer.Starts[i] - before);
            last[name] = answer.Starts[i];
        }

        if (steps.Count < LeastSteps)
            return null;
        steps.Sort();
        var step = steps[steps.Count / 2];
        return step > Duration.FromSeconds(longest) ? step : null;
    }
}
