using NodaTime;
using NodaTime.Text;

namespace Varve.Cli.Render;

/// <summary>Instants as the clocks of a zone show them.</summary>
internal static class LocalText
{
    // Clocks move by some hours at most, but for days that a zone leaves out.
    private const double ShortestDay = 20 * 3600;

    private static readonly OffsetDateTimePattern s_short = OffsetDateTimePattern.CreateWithInvariantCulture(
        "uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>"
    );
    private static readonly OffsetDateTimePattern s_full = OffsetDateTimePattern.CreateWithInvariantCulture(
        "uuuu'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFo<Z+HH:mm>"
    );

    /// <summary>A date where a local day begins, else date, time and offset: an hour that comes twice is two.</summary>
    internal static string Of(Instant at, DateTimeZone zone) => IsDay(at, zone) ? Date(at, zone) : Clock(at, zone);

    /// <summary>Of a bucket: a date only where it is as long as a day too.</summary>
    internal static string Of(Instant start, double seconds, DateTimeZone zone) =>
        seconds >= ShortestDay && IsDay(start, zone) ? Date(start, zone) : Clock(start, zone);

    private static bool IsDay(Instant at, DateTimeZone zone)
    {
        var local = at.InZone(zone);
        return local.TimeOfDay == LocalTime.Midnight || (local.Hour < 3 && (at - Duration.Epsilon).InZone(zone).Date < local.Date);
    }

    private static string Date(Instant at, DateTimeZone zone) => LocalDatePattern.Iso.Format(at.InZone(zone).Date);

    private static string Clock(Instant at, DateTimeZone zone)
    {
        var local = at.InZone(zone).ToOffsetDateTime();
        return (local.NanosecondOfDay % NodaConstants.NanosecondsPerMinute == 0 ? s_short : s_full).Format(local);
    }
}
