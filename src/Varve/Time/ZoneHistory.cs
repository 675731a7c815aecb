using NodaTime;

namespace Varve.Time;

/// <summary>
/// What the clocks of a zone showed before 1970. Many systems keep no history from before then, and take one zone for another
/// that has been the same since.
/// </summary>
internal static class ZoneHistory
{
    /// <summary>The offsets from UTC in seconds before 1970, each up to an instant, in order.</summary>
    public static IEnumerable<(Instant End, long Seconds)> Before1970(DateTimeZone zone) =>
        from interval in zone.GetZoneIntervals(new Interval(null, NodaConstants.UnixEpoch))
        let end = interval.HasEnd ? Instant.Min(interval.End, NodaConstants.UnixEpoch) : NodaConstants.UnixEpoch
        select (end, (long)interval.WallOffset.Seconds);
}
