using NodaTime;

namespace Varve.Time;

/// <summary>Ticks of 100 ns since 1970 UTC as instants; what is beyond the ends of time becomes −∞ or +∞.</summary>
internal static class Ticks
{
    private static readonly long First = Instant.MinValue.ToUnixTimeTicks();
    private static readonly long Last = Instant.MaxValue.ToUnixTimeTicks();

    internal static Instant ToInstant(long ticks) =>
        ticks <= First ? Instant.MinValue
        : ticks > Last ? Instant.MaxValue
        : Instant.FromUnixTimeTicks(ticks);

    internal static Instant OfSecond(long second) => ToInstant(second * NodaConstants.TicksPerSecond);
}
