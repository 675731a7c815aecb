using NodaTime;

namespace Varve.Cli.Charts;

/// <summary>One bucket of a line: its extremes, its middle, and how much it counts in an average.</summary>
internal sealed record Point(Instant From, Instant To, double? Low, double? High, double? Middle, double Weight)
{
    internal Instant Centre => From + ((To - From) / 2);

    internal double? Least => Low ?? Middle ?? High;

    internal double? Most => High ?? Middle ?? Low;
}

/// <summary>One line of a chart, in the order of time.</summary>
internal sealed record Curve(string Name, IReadOnlyList<Point> Points)
{
    // A missing bucket or two, or a row that came late, is no gap.
    private const int Missed = 3;

    /// <summary>The newest value of the line.</summary>
    internal double? Last => Points.LastOrDefault(p => p.Middle is not null)?.Middle;

    /// <summary>Over all buckets, each as heavy as what is in it.</summary>
    internal double? Mean
    {
        get
        {
            var known = Points.Where(p => p.Middle is not null).ToList();
            var all = known.Sum(p => p.Weight);
            return known.Count == 0 ? null
                : all > 0 ? known.Sum(p => p.Middle!.Value * (p.Weight / all))
                : known.Average(p => p.Middle!.Value);
        }
    }

    /// <summary>The greatest value that is known, of a bucket's extremes where there are such.</summary>
    internal double? Most => Points.Max(p => p.Most);

    /// <summary>Points that follow one another: rows that come less often than buckets would hold them do not tear a line.</summary>
    internal IEnumerable<IReadOnlyList<Point>> Runs(Func<Point, bool> isKnown)
    {
        List<Point> run = [];
        var steps = Steps();
        foreach (var point in Points)
        {
            if (!isKnown(point))
            {
                if (run.Count > 0)
                    yield return run;
                run = [];
                continue;
            }

            if (
                run.Count > 0
                && point.From - run[^1].From > Missed * Duration.Max(steps[run[^1].To - run[^1].From], steps[point.To - point.From])
            )
            {
                yield return run;
                run = [];
            }

            run.Add(point);
        }

        if (run.Count > 0)
            yield return run;
    }

    /// <summary>For each length of buckets how far apart they usually begin.</summary>
    private Dictionary<Duration, Duration> Steps() =>
        Points
            .GroupBy(p => p.To - p.From)
            .ToDictionary(
                length => length.Key,
                length =>
                {
                    List<Duration> steps = [.. length.Zip(length.Skip(1), (one, next) => next.From - one.From).Order()];
                    return steps.Count == 0 ? length.Key : Duration.Max(length.Key, steps[steps.Count / 2]);
                }
            );
}
