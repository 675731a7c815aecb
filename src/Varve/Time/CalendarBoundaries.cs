using NodaTime;

namespace Varve.Time;

/// <summary>
/// Boundaries at the first instant whose local date is on or after D, for each first day D of a unit of the calendar.
/// That exists where midnight does not, is the same for a skipped day and the day after it (so the skipped one has no
/// bucket), and never goes back where the clock does: which bucket holds an instant follows from the boundaries, not from
/// its own local date.
/// </summary>
internal sealed class CalendarBoundaries(Width.Calendar width, DateTimeZone zone) : Boundaries
{
    private const long SecondsPerDay = NodaConstants.SecondsPerDay;

    internal override bool IsRegular => width.Months is null;

    internal override TimeRange Around(Instant at)
    {
        var day = LastStartBy(at, out var next);
        return new(FirstInstantOf(day), next);
    }

    internal override Instant NextBreak(Instant at)
    {
        var interval = zone.GetZoneInterval(at);
        return interval.HasEnd ? interval.End : Instant.MaxValue;
    }

    /// <summary>The last first day of a unit that had been reached by an instant.</summary>
    internal LocalDate LabelOf(Instant at) => CivilDay.ToDate(LastStartBy(at, out _));

    /// <summary>The last first day of a unit that had been reached by an instant, and where the next one is.</summary>
    internal long LastStartBy(Instant at, out Instant next)
    {
        var second = at.ToUnixTimeSeconds() + zone.GetUtcOffset(at).Seconds;
        var day = StartOf(Floored.Divide(second, SecondsPerDay));
        next = FirstInstantOf(NextStart(day));
        while (next <= at && next < Instant.MaxValue)
        {
            day = NextStart(day);
            next = FirstInstantOf(NextStart(day));
        }

        return day;
    }

    private Instant FirstInstantOf(long day)
    {
        // Nowhere is a local date reached before midnight by the clock that is the furthest ahead.
        var midnight = day * SecondsPerDay;
        var at = Ticks.OfSecond(midnight - zone.MaxOffset.Seconds);
        while (at < Instant.MaxValue)
        {
            var interval = zone.GetZoneInterval(at);
            var reached = Ticks.OfSecond(midnight - interval.WallOffset.Seconds);
            if (interval.HasStart)
            {
                reached = Instant.Max(reached, interval.Start);
            }

            if (!interval.HasEnd || reached < interval.End)
            {
                return reached;
            }

            at = interval.End;
        }

        return Instant.MaxValue;
    }

    /// <summary>The first day of the unit that holds a day.</summary>
    internal long StartOf(long day) =>
        width switch
        {
            { Months: { } months } => CivilDay.OfMonth(Whole(CivilDay.MonthOf(day), months)),
            { Unit: CalendarUnit.Week } => day - Floored.Remainder(day - CivilDay.AMonday, 7),
            _ => day,
        };

    private long NextStart(long start) =>
        width switch
        {
            { Months: { } months } => CivilDay.OfMonth(CivilDay.MonthOf(start) + months),
            { Unit: CalendarUnit.Week } => start + 7,
            _ => start + 1,
        };

    private static long Whole(long month, int months) => month - Floored.Remainder(month, months);
}
