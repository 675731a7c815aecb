using NodaTime;

namespace Varve.Time;

/// <summary>Joins buckets of months whose boundaries one clock shows, found from one change of the clock to the next.</summary>
internal sealed class MonthStretches(CalendarBoundaries boundaries, DateTimeZone zone, int months)
{
    // Databases differ in how they count years before the first.
    private const long FirstMonth = 12;

    // Where clocks change twice a year, runs are shorter to say.
    private const long FewestBuckets = 24;

    /// <summary>The long stretches of one clock, and the runs of what lies between them.</summary>
    internal IEnumerable<BucketStretch> Over(TimeRange range)
    {
        var listed = range.From;
        foreach (var civil in OfOneClock(range).Where(c => c.Count >= FewestBuckets))
        {
            foreach (var run in Listed(listed, civil.Start))
                yield return run;
            yield return civil;
            listed = civil.End;
        }

        foreach (var run in Listed(listed, range.To))
            yield return run;
    }

    private IEnumerable<BucketStretch> Listed(Instant from, Instant to) =>
        from < to ? BucketRuns.Joined(boundaries.Over(new(from, to))).Select(run => new BucketStretch.Even(run)) : [];

    private IEnumerable<BucketStretch.Civil> OfOneClock(TimeRange range)
    {
        BucketStretch.Civil? open = null;
        for (var at = range.From; at < range.To;)
        {
            var bucket = boundaries.Around(at);
            at = bucket.To;
            if (Clock(bucket, range.To) is not { } civil)
                continue;
            at = civil.End;
            if (open is not null && open.Offset == civil.Offset && open.End == civil.Start)
            {
                open = open.Until(civil);
                continue;
            }

            if (open is not null)
                yield return open;
            open = civil;
        }

        if (open is not null)
            yield return open;
    }

    /// <summary>A bucket and those after it whose boundaries its clock shows before it changes; null where its ends show two.</summary>
    private BucketStretch.Civil? Clock(TimeRange bucket, Instant end)
    {
        var month = CivilDay.MonthOf(boundaries.LastStartBy(bucket.From, out _));
        var offset = OffsetAt(month, bucket.From);
        if (month < FirstMonth || bucket.To == Instant.MaxValue || OffsetAt(month + months, bucket.To) != offset)
            return null;
        return new(month, Math.Max(month + months, LastOfClock(bucket.To, end, offset)), months, offset);
    }

    /// <summary>How far a clock is ahead that shows the first midnight of a month at an instant.</summary>
    private static long OffsetAt(long month, Instant at) =>
        (CivilDay.OfMonth(month) * NodaConstants.SecondsPerDay) - at.ToUnixTimeSeconds();

    /// <summary>
    /// The last boundary, as its month, that the clock of another one shows before it changes, or before the end of a range. A
    /// boundary may be where the clock itself changed; those after it are weeks away from that.
    /// </summary>
    private long LastOfClock(Instant boundary, Instant end, long offset)
    {
        var interval = zone.GetZoneInterval(boundary);
        if (interval.WallOffset.Seconds != offset)
            return long.MinValue;
        var limit = interval.HasEnd ? Instant.Min(interval.End, end) : end;
        var day = Floored.Divide(limit.ToUnixTimeSeconds() - 1 + offset, NodaConstants.SecondsPerDay);
        return CivilDay.MonthOf(boundaries.StartOf(day));
    }
}
