using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Server.Ui;

/// <summary>Numbers and times as people read them on a page.</summary>
internal static class Words
{
    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 row", "2 rows".</summary>
    internal static string Count(long number, string of) => $"{Number(number)} {of}{(number == 1 ? "" : "s")}";

    /// <summary>A range; an open end is left out.</summary>
    internal static string Range(TimeRange range) =>
        (range.FromStart, range.ToEnd) switch
        {
            (true, true) => "all time",
            (true, false) => $"… {At(range.To)}",
            (false, true) => $"{At(range.From)} …",
            _ => $"{At(range.From)} … {Rest(range)}",
        };

    /// <summary>A range whose ends the reader's browser also shows in its own zone.</summary>
    internal static Html Between(TimeRange range) =>
        (range.FromStart, range.ToEnd) switch
        {
            (true, true) => $"all time",
            (true, false) => $"… {Time(range.To)}",
            (false, true) => $"{Time(range.From)} …",
            _ => $"{Time(range.From)} … {Time(range.To)}",
        };

    // Within a day its date is said once.
    private static string Rest(TimeRange range) =>
        At(range.To) is { Length: > 11 } to && At(range.From) is { Length: > 11 } from && from[..10] == to[..10] ? to[11..] : At(range.To);

    /// <summary>The first ranges of a set, and how many more there are.</summary>
    internal static string Ranges(RangeSet ranges) =>
        string.Join(", ", ranges.Take(3).Select(Range)) + (ranges.Count > 3 ? $" and {Count(ranges.Count - 3, "more range")}" : "");

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

    internal static string Length(Duration time) =>
        time.TotalSeconds switch
        {
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
            < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} d"),
        };

    internal static string At(Instant at)
    {
        var text = InstantText.Format(Instant.FromUnixTimeSeconds(at.ToUnixTimeSeconds()));
        return text.EndsWith("T00:00:00Z", StringComparison.Ordinal)
            ? text[..^10]
            : text.Replace('T', ' ').Replace(":00Z", "Z", StringComparison.Ordinal);
    }

    /// <summary>An instant as it can be typed.</summary>
    internal static string Typed(Instant at) => At(at) is { Length: 10 } date ? date : InstantText.Format(at);

    /// <summary>An instant that the reader's browser also shows in its own zone.</summary>
    internal static Html Time(Instant? at) =>
        at is { } known ? $"""<time datetime="{InstantText.Format(known)}">{At(known)}</time>""" : (Html)$"""<span class="none">–</span>""";

    internal static Html Badge(string tone, string text) => $"""<span class="badge {tone}">{text}</span>""";
}
