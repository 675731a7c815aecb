using NodaTime;

namespace Varve.Scheduling;

/// <summary>When a period comes round, counted from its anchor.</summary>
internal static class PeriodClock
{
    // Weeks begin on Mondays where nobody says otherwise.
    private static readonly LocalDateTime Thursday = new(1970, 1, 1, 0, 0);
    private static readonly LocalDateTime Monday = new(1970, 1, 5, 0, 0);

    /// <summary>The first instant after another one.</summary>
    internal static Instant? Next(RunPeriod period, DateTimeZone zone, ScheduleMoment? start, Instant after)
    {
        if (period.Exact is { } length)
        {
            var anchor = start?.In(zone) ?? NodaConstants.UnixEpoch;
            var gone = (after - anchor).ToBigIntegerNanoseconds();
            var periods = (long)System.Numerics.BigInteger.Divide(gone - Rest(gone, length), length.ToBigIntegerNanoseconds());
            return anchor + (length * (periods + 1));
        }

        var from =
            start is { IsUtc: false } ? start.At
            : start is not null ? LocalClock.Shown(zone, start.In(zone))
            : period.Unit == "w" ? Monday
            : Thursday;
        for (var n = period.Between(from, LocalClock.Shown(zone, after)); ; n++)
        {
            if (LocalClock.At(zone, period.From(from, n)) is var at && at > after)
                return at;
        }
    }

    private static System.Numerics.BigInteger Rest(System.Numerics.BigInteger gone, Duration length)
    {
        var rest = gone % length.ToBigIntegerNanoseconds();
        return rest < 0 ? rest + length.ToBigIntegerNanoseconds() : rest;
    }
}
