using NodaTime;
using NodaTime.TimeZones;

namespace Varve.Scheduling;

/// <summary>
/// When a cron expression fires in a zone. Cronos finds local times, and the zone data that policies use elsewhere too say
/// which instants they are; the rules at clock changes are those of Cronos.
/// </summary>
internal static class CronClock
{
    /// <summary>The first instant after another one; null where there is none before the year 2500.</summary>
    internal static Instant? Next(CronRule rule, DateTimeZone zone, Instant after)
    {
        var first = FirstShown(rule, zone, after);
        if (!rule.IsInterval)
            return first;

        // 02:30 of the second hour is not the first instant that shows it; it lies in this interval of the zone or in the next one.
        var interval = zone.GetZoneInterval(after);
        return Shown(rule, zone, interval, after) is { } again && !(again >= first) ? again
            : interval.HasEnd
            && !(interval.End >= first)
            && Shown(rule, zone, zone.GetZoneInterval(interval.End), after) is { } later
            && !(later >= first)
                ? later
            : first;
    }

    private static Instant? FirstShown(CronRule rule, DateTimeZone zone, Instant after)
    {
        var (from, inclusive) = (LocalClock.Shown(zone, after), false);
        while (Local(rule, from, inclusive) is { } local)
        {
            var at = LocalClock.At(zone, local);
            if (at > after)
                return at;

            // The clock shows this hour for the second time, and showed this time before.
            (from, inclusive) = (zone.MapLocal(local).EarlyInterval.IsoLocalEnd, true);
        }

        return null;
    }

    /// <summary>The first time of an hour that is shown again when an interval begins.</summary>
    private static Instant? Shown(CronRule rule, DateTimeZone zone, ZoneInterval interval, Instant after)
    {
        if (!interval.HasStart)
            return null;
        var before = zone.GetZoneInterval(interval.Start - Duration.Epsilon);
        if (before.IsoLocalEnd <= interval.IsoLocalStart)
            return null;
        var (from, inclusive) = after < interval.Start ? (interval.IsoLocalStart, true) : (LocalClock.Shown(zone, after), false);
        return Local(rule, from, inclusive) is { } local && local < before.IsoLocalEnd
            ? (local.InUtc().ToInstant() - interval.WallOffset.ToDuration())
            : null;
    }

    private static Duration ToDuration(this Offset offset) => Duration.FromTicks(offset.Ticks);

    // The calendar of the expression is asked as if local times were UTC, where every time exists once.
    private static LocalDateTime? Local(CronRule rule, LocalDateTime from, bool inclusive) =>
        from.Year is < 1 or > 2499 ? null
        : rule.Expression.GetNextOccurrence(DateTime.SpecifyKind(from.ToDateTimeUnspecified(), DateTimeKind.Utc), inclusive) is { } found
            ? LocalDateTime.FromDateTime(found)
        : null;
}
