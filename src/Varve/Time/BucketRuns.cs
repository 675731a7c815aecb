using NodaTime;

namespace Varve.Time;

/// <summary>Joins equally long consecutive buckets into runs.</summary>
internal static class BucketRuns
{
    internal static IReadOnlyList<BucketRun> Of(Boundaries boundaries, Width width, TimeRange range) =>
        range.IsEmpty ? []
        : width is Width.Fixed ? [Single(boundaries, width.Longest, range)]
        : [.. Joined(boundaries.Over(range))];

    private static BucketRun Single(Boundaries boundaries, Duration width, TimeRange range)
    {
        var start = boundaries.Around(range.From).From;
        var last = boundaries.Around(range.To - Duration.Epsilon).From;
        var count = ((last.ToUnixTimeTicks() - start.ToUnixTimeTicks()) / (long)width.TotalTicks) + 1;
        return new(start, width, count);
    }

    internal static IEnumerable<BucketRun> Joined(IEnumerable<TimeRange> buckets)
    {
        BucketRun? open = null;
        foreach (var bucket in buckets)
        {
            var length = bucket.To - bucket.From;
            if (open is not null && open.Width == length)
            {
                open = open with { Count = open.Count + 1 };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = new(bucket.From, length, 1);
        }

        if (open is not null)
        {
            yield return open;
        }
    }
}
