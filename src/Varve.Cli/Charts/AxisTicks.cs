using System.Globalization;
using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Round places on an axis.</summary>
internal static class AxisTicks
{
    private static readonly long[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10800, 21600, 43200];
    private static readonly int[] Days = [1, 2, 7, 14];

    /// <summary>A step of 1, 2 or 5 times a power of ten that divides a span into about so many parts.</summary>
    internal static double Step(double span, int parts)
    {
        var raw = span / Math.Max(1, parts);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }

    /// <summary>
    /// Instants with their labels: whole seconds, minutes, hours, days, months or years of a zone, the first and each change with
    /// its year.
    /// </summary>
    internal static IReadOnlyList<(Instant At, string Label)> Times(Instant from, Instant to, int most, DateTimeZone zone)
    {
        var span = to - from;
        foreach (var step in Steps)
        {
            if (span.TotalSeconds / step <= most)
                return Labelled(Clock(from, to, step, zone), zone, step < 60 ? Form.Second : Form.Minute);
        }

        foreach (var days in Days)
        {
            if (span.TotalDays / days <= most)
                return Labelled(Dates(from, to, zone, date => date.PlusDays(days), Aligned(Local(from, zone).Date, days)), zone, Form.Day);
        }

        foreach (var months in new[] { 1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000 })
        {
            if (span.TotalDays / (30.4 * months) > most)
                continue;
            var first = Local(from, zone).Date;
            var number = ((first.Year * 12) + first.Month - 1) / months * months;
            return Labelled(
                Dates(from, to, zone, date => date.PlusMonths(months), new LocalDate(Math.Max(1, number / 12), (number % 12) + 1, 1)),
                zone,
                months >= 12 ? Form.Year : Form.Month
            );
        }

        return [(from, HumanText.At(from)), (to, HumanText.At(to))];
    }

    private static LocalDateTime Local(Instant at, DateTimeZone zone) => at.InZone(zone).LocalDateTime;

    // The same days whatever the range: weeks begin on a Monday.
    private static LocalDate Aligned(LocalDate date, int days)
    {
        var first = days < 7 ? new LocalDate(1970, 1, 1) : new LocalDate(1969, 12, 29);
        return date.PlusDays(-(((Period.DaysBetween(first, date) % days) + days) % days));
    }

    private static IEnumerable<Instant> Clock(Instant from, Instant to, long step, DateTimeZone zone)
    {
        var local = Local(from, zone);
        var seconds = (local.Hour * 3600L) + (local.Minute * 60) + local.Second;
        var at = local.Date.AtMidnight().PlusSeconds(seconds / step * step);
        return Between(from, to, zone, at, next => next.PlusSeconds(step));
    }

    private static IEnumerable<Instant> Dates(
        Instant from,
        Instant to,
        DateTimeZone zone,
        Func<LocalDate, LocalDate> next,
        LocalDate first
    ) => Between(from, to, zone, first.AtMidnight(), at => next(at.Date).AtMidnight());

    private static IEnumerable<Instant> Between(
        Instant from,
        Instant to,
        DateTimeZone zone,
        LocalDateTime first,
        Func<LocalDateTime, LocalDateTime> next
    )
    {
        var last = Instant.MinValue;
        for (var local = first; ; local = next(local))
        {
            // What a change of the clock skips or repeats is one place.
            var at = zone.AtLeniently(local).ToInstant();
            if (at >= to || local.Year > 9990)
                yield break;
            if (at < from || at <= last)
                continue;
            last = at;
            yield return at;
        }
    }

    private static List<(Instant At, string Label)> Labelled(IEnumerable<Instant> ticks, DateTimeZone zone, Form form)
    {
        List<(Instant, string)> labelled = [];
        LocalDate? day = null;
        foreach (var at in ticks)
        {
            var local = Local(at, zone);
            var (date, time) = (local.Date, local.TimeOfDay);
            var year = day?.Year != date.Year ? string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}") : "";
            var label = form switch
            {
                Form.Year => string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}"),
                Form.Month => string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}"),
                Form.Day => Date(year, date),
                _ when day != date && time == LocalTime.Midnight => Date(year, date),
                Form.Second => string.Create(CultureInfo.InvariantCulture, $"{time.Hour:00}:{time.Minute:00}:{time.Second:00}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"{time.Hour:00}:{time.Minute:00}"),
            };
            labelled.Add((at, label));
            if (form is Form.Day or Form.Month or Form.Year || time == LocalTime.Midnight)
                day = date;
        }

        return labelled;
    }

    private static string Date(string year, LocalDate date) =>
        string.Create(CultureInfo.InvariantCulture, $"{year}{(year.Length > 0 ? "-" : "")}{date.Month:00}-{date.Day:00}");

    /// <summary>How fine a label is.</summary>
    private enum Form
    {
        Second,
        Minute,
        Day,
        Month,
        Year,
    }
}
