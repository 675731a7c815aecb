using NodaTime;

namespace Varve.Time;

/// <summary>
/// Dates of the proleptic ISO calendar as days since 1970-01-01 and months since January of year 0, beyond the years that
/// a <see cref="LocalDate"/> can say. The formulas are <c>days_from_civil</c> and <c>civil_from_days</c> of Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is the last one.
/// </summary>
internal static class CivilDay
{
    /// <summary>Monday 1970-01-05.</summary>
    internal const long AMonday = 4;

    private const long DaysPerEra = 146_097;
    private const long MonthsPerEra = 4_800;
    private const long DaysToEpoch = 719_468;
    private static readonly LocalDate Epoch = new(1970, 1, 1);

    internal static LocalDate ToDate(long day) => Epoch.PlusDays(checked((int)day));

    /// <summary>The first day of a month.</summary>
    internal static long OfMonth(long month)
    {
        var sinceMarch = month - 2;
        var era = Floored.Divide(sinceMarch, MonthsPerEra);
        var (yearOfEra, monthOfYear) = Math.DivRem(sinceMarch - (era * MonthsPerEra), 12);
        var dayOfYear = ((153 * monthOfYear) + 2) / 5;
        return (era * DaysPerEra) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - DaysToEpoch;
    }

    /// <summary>The month that holds a day.</summary>
    internal static long MonthOf(long day)
    {
        var sinceMarch = day + DaysToEpoch;
        var era = Floored.Divide(sinceMarch, DaysPerEra);
        var dayOfEra = sinceMarch - (era * DaysPerEra);
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        return (era * MonthsPerEra) + (yearOfEra * 12) + (((5 * dayOfYear) + 2) / 153) + 2;
    }
}
