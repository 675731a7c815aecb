using NodaTime;

namespace Varve.Time;

/// <summary>Finds the longest of the buckets that overlap a range.</summary>
internal static class LongestBucket
{
    internal static Duration Of(Boundaries boundaries, Instant from, Instant to) =>
        (boundaries.IsRegular ? AroundBreaks(boundaries, from, to) : boundaries.Over(new(from, to))).Max(bucket => bucket.To - bucket.From);

    // Between two breaks all buckets are equally long: the one that holds a break, the one after and the one before the
    // next break stand for the rest.
    private static IEnumerable<TimeRange> AroundBreaks(Boundaries boundaries, Instant from, Instant to)
    {
        for (var at = from; at < to;)
        {
            var end = Instant.Min(boundaries.NextBreak(at), to);
            var first = boundaries.Around(at);
            yield return first;
            if (first.To < to)
            {
                yield return boundaries.Around(first.To);
            }

            yield return boundaries.Around(end - Duration.Epsilon);
            at = end;
        }
    }
}
