using NodaTime;

namespace Varve.Time;

/// <summary>
/// The time that one row stands for inside of a bucket. A series of months or of days follows the calendar, as buckets of
/// it do: a whole one fills a February and a day of 25 hours as well as any other.
/// </summary>
internal static class Step
{
    /// <summary>Milliseconds, rounded up, so that the rows of a whole series fill their bucket.</summary>
    /// <param name="interval">The expected sampling interval.</param>
    /// <param name="width">The width of the bucket.</param>
    /// <param name="bucket">Its length.</param>
    internal static long In(Keep interval, Width width, Duration bucket)
    {
        if (width is Width.Calendar calendar)
        {
            if (interval.Months > 0 && calendar.Months is { } months)
                return Share(bucket, interval.Months, months);
            if (interval.WholeDays is > 0 and var days)
                return Share(bucket, days, Math.Max(1, (long)Math.Round(bucket.TotalDays)));
        }

        // A month that no bucket of months tells is as long as the longest, as a bucket holds no more than all of itself.
        return (long)interval.Longest.TotalMilliseconds;
    }

    private static long Share(Duration bucket, long steps, long parts)
    {
        var all = (Int128)(long)bucket.TotalMilliseconds * steps;
        return (long)((all + parts - 1) / parts);
    }
}
