using NodaTime;
using NodaTime.Text;

namespace Varve.Cli.Charts;

/// <summary>Instants as the clocks of a zone show them.</summary>
internal static class LocalText
{
    private static readonly LocalDateTimePattern s_minute = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm");
    private static readonly LocalDateTimePattern s_second = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss");

    /// <summary>Both ends; the date alone where a day begins at both.</summary>
    internal static string Range(Instant from, Instant to, DateTimeZone zone)
    {
        var (start, end) = (from.InZone(zone).LocalDateTime, to.InZone(zone).LocalDateTime);
        if (start.TimeOfDay == LocalTime.Midnight && end.TimeOfDay == LocalTime.Midnight)
            return $"{LocalDatePattern.Iso.Format(start.Date)} … {LocalDatePattern.Iso.Format(end.Date)}";
        var pattern = start.Second == 0 && end.Second == 0 ? s_minute : s_second;
        return $"{pattern.Format(start)} … {pattern.Format(end)}";
    }
}
