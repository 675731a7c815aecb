using NodaTime;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>Instants as CrateDB stores them: whole milliseconds since 1970 UTC.</summary>
internal static class CrateDbTime
{
    /// <summary>The numbers that stand for −∞ and +∞: one less than those of a 64-bit integer, which CrateDB refuses.</summary>
    public const long Least = long.MinValue + 1;

    /// <inheritdoc cref="Least"/>
    public const long Greatest = long.MaxValue - 1;

    private static readonly long s_first = (Instant.MinValue + Duration.FromMilliseconds(1)).ToUnixTimeMilliseconds();
    private static readonly long s_last = (Instant.MaxValue - Duration.FromMilliseconds(1)).ToUnixTimeMilliseconds();

    /// <summary>Rounded down.</summary>
    public static long Milliseconds(Instant at) =>
        at == Instant.MinValue ? Least
        : at == Instant.MaxValue ? Greatest
        : Micros.FloorToMilliseconds(at).ToUnixTimeMilliseconds();

    /// <summary>Beyond the years that an instant has: −∞ and +∞.</summary>
    public static Instant At(long milliseconds) =>
        milliseconds < s_first ? Instant.MinValue
        : milliseconds > s_last ? Instant.MaxValue
        : Instant.FromUnixTimeMilliseconds(milliseconds);
}
