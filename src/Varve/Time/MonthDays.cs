using NodaTime;

namespace Varve.Time;

/// <summary>Numbers of months as days, and subtracted from or added to an instant.</summary>
internal static class MonthDays
{
    // The fewest and most days that 0 to 11 consecutive months can have, in any year.
    private static readonly int[] FewestPerMonths = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];
    private static readonly int[] MostPerMonths = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

    internal static int Fewest(int months) => (months / 12 * 365) + FewestPerMonths[months % 12];

    internal static int Most(int months) => (months / 12 * 366) + MostPerMonths[months % 12];

    internal static Instant Subtract(Instant at, int months, DateTimeZone zone)
    {
        var earliest = Instant.MinValue + Duration.FromDays(Most(months) + 3);
        return at < earliest ? Instant.MinValue : First(zone.MapLocal(Local(at, zone).PlusMonths(-months)));
    }

    internal static Instant Add(Instant at, int months, DateTimeZone zone)
    {
        var latest = Instant.MaxValue - Duration.FromDays(Most(months) + 3);
        return at > latest ? Instant.MaxValue : First(zone.MapLocal(Local(at, zone).PlusMonths(months)));
    }

    // The last hours of 9999 UTC are in the year 10000 east of Greenwich, which no local date can say.
    private static LocalDateTime Local(Instant at, DateTimeZone zone)
    {
        var ahead = Duration.FromSeconds(zone.GetUtcOffset(at).Seconds);
        return ahead >= Instant.MaxValue - at ? at.InUtc().LocalDateTime : at.InZone(zone).LocalDateTime;
    }

    private static Instant First(NodaTime.TimeZones.ZoneLocalMapping mapping) =>
        mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
}
