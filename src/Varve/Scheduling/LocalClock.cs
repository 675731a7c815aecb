using NodaTime;
using NodaTime.TimeZones;

namespace Varve.Scheduling;

/// <summary>When a clock on the wall shows a time.</summary>
internal static class LocalClock
{
    private static readonly ZoneLocalMappingResolver Resolver = Resolvers.CreateMappingResolver(
        Resolvers.ReturnEarlier,
        Resolvers.ReturnStartOfIntervalAfter
    );

    /// <summary>
    /// The first instant at which it shows the time; where the clock jumps over it, the instant at which it does. Never
    /// decreases with the time.
    /// </summary>
    internal static Instant At(DateTimeZone zone, LocalDateTime local) => zone.ResolveLocal(local, Resolver).ToInstant();

    internal static LocalDateTime Shown(DateTimeZone zone, Instant at) => at.InZone(zone).LocalDateTime;
}
