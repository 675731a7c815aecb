using NodaTime;

namespace Varve.Time;

/// <summary>
/// The shortest and longest buckets of calendar widths over all zones since 1970: days of the calendar, give or take what
/// a clock may be changed by. Checked against the zone data by a test.
/// </summary>
internal static class CalendarLength
{
    // Antarctica/Vostok went back by seven hours in 1994; elsewhere it was three at most.
    private static readonly Duration Longer = Duration.FromHours(7);

    // Pacific/Apia and Pacific/Kwajalein skipped a whole day to change sides of the date line.
    private static readonly Duration Shorter = Duration.FromHours(24);

    private static readonly Duration ShortestDay = Duration.FromHours(12);

    internal static Duration Longest(Width.Calendar width) => Duration.FromDays(Days(width).Most) + Longer;

    internal static Duration Shortest(Width.Calendar width) =>
        width.Unit is CalendarUnit.Day ? ShortestDay : Duration.FromDays(Days(width).Least) - Shorter;

    private static (int Least, int Most) Days(Width.Calendar width) =>
        width switch
        {
            { Unit: CalendarUnit.Day } => (1, 1),
            { Unit: CalendarUnit.Week } => (7, 7),
            { Months: 1 } => (28, 31),
            { Months: 2 } => (59, 62),
            { Months: 3 } => (90, 92),
            { Months: 4 } => (120, 123),
            { Months: 6 } => (181, 184),
            _ => (365, 366),
        };
}
