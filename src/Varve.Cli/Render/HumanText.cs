using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Cli.Render;

/// <summary>Numbers, instants and sizes as people read them, the same in every culture.</summary>
internal static class HumanText
{
    internal const string None = "–";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>At most seven characters: in full below 100,000, then three digits and k, M, G or T.</summary>
    internal static string Short(long number)
    {
        if (Math.Abs(number) < 100_000)
            return Number(number);
        string[] units = ["k", "M", "G", "T", "P"];
        var amount = number / 1000.0;
        var unit = 0;
        for (; Math.Abs(amount) >= 999.5 && unit < units.Length - 1; unit++)
            amount /= 1000;
        var digits = Math.Abs(amount) switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.0",
            _ => "0.00",
        };
        return $"{amount.ToString(digits, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    internal static string NumberOrNone(long number) => number == 0 ? None : Number(number);

    internal static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>The tiers of a policy and how long they stay: <c>5m 30d, 1h 2y</c>.</summary>
    internal static string Tiers(Policies.Policy policy) => string.Join(", ", policy.Tiers.Select(t => $"{t.Every.Name} {t.Keep.Text}"));

    internal static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        double amount = bytes;
        var unit = 0;
        for (; amount >= 999.5 && unit < units.Length - 1; unit++)
            amount /= 1000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{amount.ToString(unit == 0 || amount >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}"
        );
    }

    /// <summary>A whole day as a date, else to the minute, else in full.</summary>
    internal static string At(Instant? at)
    {
        if (at is not { } instant)
            return None;
        var text = InstantText.Format(instant);
        return text.EndsWith("T00:00:00Z", StringComparison.Ordinal) ? text[..^10]
            : text.EndsWith(":00Z", StringComparison.Ordinal) ? $"{text[..^4]}Z"
            : text;
    }

    /// <summary>To the second: when something happened.</summary>
    internal static string Stamp(Instant? at) =>
        at is { } instant && instant != Instant.MaxValue && instant != Instant.MinValue
            ? InstantText.Format(Instant.FromUnixTimeSeconds(instant.ToUnixTimeSeconds())).Replace('T', ' ')
            : At(at);

    internal static string Range(TimeRange range) =>
        range switch
        {
            { FromStart: true, ToEnd: true } => "everything",
            { FromStart: true } => $"before {At(range.To)}",
            { ToEnd: true } => $"from {At(range.From)}",
            _ => $"{At(range.From)} … {At(range.To)}",
        };

    /// <summary>With the local times beside it where the zone is not UTC.</summary>
    internal static string Range(TimeRange range, DateTimeZone zone)
    {
        if (zone.Id == DateTimeZone.Utc.Id || (range.FromStart && range.ToEnd))
            return Range(range);
        var (from, to) = (range.FromStart ? "" : LocalText.Of(range.From, zone), range.ToEnd ? "" : LocalText.Of(range.To, zone));
        var local =
            range.FromStart ? $"before {to}"
            : range.ToEnd ? $"from {from}"
            : $"{from} … {to}";
        return $"{Range(range)} ({local} {zone.Id})";
    }

    /// <summary>Two units at most: <c>3 d 4 h</c>, <c>1.2 s</c>, <c>14 ms</c>.</summary>
    internal static string Time(Duration time)
    {
        var seconds = time.TotalSeconds;
        return time == Duration.MaxValue
            ? "for ever"
            : seconds switch
            {
                < 0 => $"-{Time(-time)}",
                0 => "0 s",
                < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMilliseconds):0} ms"),
                < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
                < 3600 => Two(seconds, 60, "min", 1, "s"),
                < 86400 => Two(seconds, 3600, "h", 60, "min"),
                _ => Two(seconds, 86400, "d", 3600, "h"),
            };
    }

    private static string Two(double seconds, int large, string largeUnit, int small, string smallUnit)
    {
        var (whole, rest) = ((long)seconds / large, (long)seconds % large / small);
        return rest == 0 ? $"{Number(whole)} {largeUnit}" : $"{Number(whole)} {largeUnit} {rest} {smallUnit}";
    }
}
