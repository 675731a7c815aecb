using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Varve.Time;

/// <summary>The one way in which instants are written and read: ISO 8601 in UTC, whatever the culture.</summary>
public static class InstantText
{
    internal const string NegativeInfinity = "-inf";
    internal const string PositiveInfinity = "+inf";

    private static readonly InstantPattern Written = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFF'Z'");

    private static readonly LocalDatePattern[] Dates =
    [
        LocalDatePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd"),
        LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd"),
    ];

    private static readonly OffsetDateTimePattern[] WithOffset =
    [
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFo<Z+HH:mm>"),
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>"),
    ];

    private static readonly LocalDateTimePattern[] WithoutOffset =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss.FFFFFF"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
    ];

    /// <summary>
    /// Writes an instant as <c>2025-01-01T00:00:00Z</c>, with a fraction of at most six digits only where one is needed;
    /// what is finer than a microsecond is cut towards the past. <see cref="Instant.MinValue"/> and
    /// <see cref="Instant.MaxValue"/>, which stand for −∞ and +∞, are <c>-inf</c> and <c>+inf</c>.
    /// </summary>
    /// <param name="at">The instant.</param>
    /// <returns>The text.</returns>
    public static string Format(Instant at) =>
        at == Instant.MinValue ? NegativeInfinity
        : at == Instant.MaxValue ? PositiveInfinity
        : Written.Format(Micros.ToInstant(Micros.From(at)));

    /// <summary>
    /// Reads a date (<c>2023-06-27</c> or <c>20230627</c>: 00:00 UTC of that day), an ISO instant with <c>Z</c> or an offset,
    /// or an ISO date and time without a zone, which is UTC. Eight digits are always a date, never a number of milliseconds.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The instant.</returns>
    /// <exception cref="FormatException">The text is something else; the message says what to write.</exception>
    public static Instant Parse(string text) => TryParse(text, out var at, out var error) ? at : throw new FormatException(error);

    /// <summary>Reads what <see cref="Parse"/> reads, without an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The instant.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    /// <returns>Whether the text is an instant.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Instant at, [NotNullWhen(false)] out string? error)
    {
        error = null;
        var read = text is null ? null : Date(text) ?? Exact(text) ?? Local(text);
        at = read ?? default;
        if (read is null)
        {
            error = string.Create(
                CultureInfo.InvariantCulture,
                $"\"{text}\" is not an instant. Write a date such as 2023-06-27 (00:00 UTC) or an instant such as 2023-06-27T14:30:00Z or 2023-06-27T14:30:00+02:00, with at most six digits after the second."
            );
        }

        return error is null;
    }

    private static Instant? Date(string text) => Day(text)?.AtMidnight().InUtc().ToInstant();

    private static Instant? Local(string text) => Clock(text)?.InUtc().ToInstant();

    /// <summary>A date; null for any other text.</summary>
    internal static LocalDate? Day(string text)
    {
        foreach (var pattern in Dates)
        {
            if (pattern.Parse(text).TryGetValue(default, out var date))
            {
                return date;
            }
        }

        return null;
    }

    /// <summary>An instant with Z or an offset; null for any other text.</summary>
    internal static Instant? Exact(string text)
    {
        foreach (var pattern in WithOffset)
        {
            if (pattern.Parse(text).TryGetValue(default, out var at))
            {
                return InRange(at);
            }
        }

        return null;
    }

    /// <summary>A date and time without an offset; null for any other text.</summary>
    internal static LocalDateTime? Clock(string text)
    {
        foreach (var pattern in WithoutOffset)
        {
            if (pattern.Parse(text).TryGetValue(default, out var at))
            {
                return at;
            }
        }

        return null;
    }

    // 9999-12-31T23:00:00-05:00 is a date that reads well and an instant that does not exist.
    private static Instant? InRange(OffsetDateTime at)
    {
        var local = at.LocalDateTime.InUtc().ToInstant();
        var ahead = Duration.FromSeconds(at.Offset.Seconds);
        return ahead <= local - Instant.MinValue && -ahead <= Instant.MaxValue - local ? local - ahead : null;
    }
}
