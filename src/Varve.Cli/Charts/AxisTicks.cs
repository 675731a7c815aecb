using System.Globalization;
using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Round places on an axis.</summary>
internal static class AxisTicks
{
    private static readonly Duration[] Steps =
    [
        Duration.FromMinutes(1), Duration.FromMinutes(5), Duration.FromMinutes(15), Duration.FromHours(1), Duration.FromHours(3), Duration.FromHours(6), Duration.FromHours(12),
        Duration.FromDays(1), Duration.FromDays(2), Duration.FromDays(7), Duration.FromDays(14),
    ];

    /// <summary>A step of 1, 2 or 5 times a power of ten that divides a span into about so many parts.</summary>
    internal static double Step(double span, int parts)
    {
        var raw = span / Math.Max(1, parts);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    internal static string Value(double value) => Math.Abs(value) < 1e-9 ? "0"
        : Math.Abs(value) >= 1e6 ? value.ToString("0.##E+0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) < 10 ? "0.##" : "#,0.#", CultureInfo.InvariantCulture);

    /// <summary>Instants with their labels: whole minutes, hours, days, months or years.</summary>
    internal static IReadOnlyList<(Instant At, string Label)> Times(Instant from, Instant to, int most)
    {
        var span = to - from;
        foreach (var step in Steps)
        {
            if (span / step <= most) return [.. Fixed(from, to, step)];
        }

        foreach (var months in new[] { 1, 2, 3, 6, 12, 24, 60, 120 })
        {
            if (span.TotalDays / (30.4 * months) <= most) return [.. Months(from, to, months)];
        }

        return [(from, HumanText.At(from)), (to, HumanText.At(to))];
    }

    private static IEnumerable<(Instant, string)> Fixed(Instant from, Instant to, Duration step)
    {
        var ticks = step.ToInt64Nanoseconds() / 1_000_000;
        var start = (from.ToUnixTimeMilliseconds() + ticks - 1) / ticks * ticks;
        for (var at = Instant.FromUnixTimeMilliseconds(start); at < to; at += step)
        {
            var utc = at.InUtc();
            yield return (at, step >= Duration.FromDays(1) || utc.TimeOfDay == LocalTime.Midnight
                ? string.Create(CultureInfo.InvariantCulture, $"{utc.Month:00}-{utc.Day:00}")
                : string.Create(CultureInfo.InvariantCulture, $"{utc.Hour:00}:{utc.Minute:00}"));
        }
    }

    private static IEnumerable<(Instant, string)> Months(Instant from, Instant to, int months)
    {
        var first = from.InUtc().Date;
        var number = ((first.Year * 12) + first.Month - 1 + months - 1) / months * months;
        for (; ; number += months)
        {
            var at = Instant.FromUtc(number / 12, (number % 12) + 1, 1, 0, 0);
            if (at >= to) yield break;
            if (at >= from) yield return (at, string.Create(CultureInfo.InvariantCulture, $"{number / 12:0000}{(months >= 12 ? "" : $"-{(number % 12) + 1:00}")}"));
        }
    }
}
