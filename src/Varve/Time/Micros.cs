using NodaTime;

namespace Varve.Time;

/// <summary>Instants as microseconds since 1970-01-01T00:00:00Z, which is how the catalog stores them.</summary>
public static class Micros
{
    private const long TicksPerMicro = 10;
    private const long TicksPerMilli = 10_000;

    /// <summary>
    /// The microseconds since 1970 UTC, floored towards −∞. <see cref="Instant.MinValue"/> (−∞) and
    /// <see cref="Instant.MaxValue"/> (+∞) are <see cref="long.MinValue"/> and <see cref="long.MaxValue"/>.
    /// </summary>
    /// <param name="at">The instant.</param>
    /// <returns>Microseconds.</returns>
    public static long From(Instant at) =>
        at == Instant.MinValue ? long.MinValue
        : at == Instant.MaxValue ? long.MaxValue
        : Floored.Divide(at.ToUnixTimeTicks(), TicksPerMicro);

    /// <summary>The instant of a number of microseconds; the inverse of <see cref="From"/>.</summary>
    /// <param name="micros">
    /// Microseconds since 1970 UTC, or <see cref="long.MinValue"/> or <see cref="long.MaxValue"/> for −∞ and +∞. So are the
    /// numbers next to them, because there are databases that do not store the outermost ones.
    /// </param>
    /// <returns>The instant.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The instant is outside of the years −9998 to 9999.</exception>
    public static Instant ToInstant(long micros)
    {
        if (micros is <= long.MinValue + 1 or >= long.MaxValue - 1)
        {
            return micros < 0 ? Instant.MinValue : Instant.MaxValue;
        }

        if (micros < From(Instant.MinValue + Duration.Epsilon) || micros > From(Instant.MaxValue - Duration.Epsilon))
        {
            throw new ArgumentOutOfRangeException(
                nameof(micros),
                micros,
                "Microseconds since 1970 must be within the years -9998 to 9999."
            );
        }

        return Instant.FromUnixTimeTicks(micros * TicksPerMicro);
    }

    /// <summary>Floors an instant to whole milliseconds, towards −∞; −∞ and +∞ stay what they are.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>The last whole millisecond at or before it.</returns>
    public static Instant FloorToMilliseconds(Instant at) =>
        at == Instant.MinValue || at == Instant.MaxValue
            ? at
            : Instant.FromUnixTimeTicks(Floored.Divide(at.ToUnixTimeTicks(), TicksPerMilli) * TicksPerMilli);
}
