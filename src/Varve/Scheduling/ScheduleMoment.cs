using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.Text;
using Varve.Time;

namespace Varve.Scheduling;

/// <summary>A bound of a schedule: a local date and time, or with <c>Z</c> or an offset an instant.</summary>
public sealed record ScheduleMoment
{
    private static readonly LocalDateTimePattern[] Local =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd"),
    ];

    private ScheduleMoment(LocalDateTime at, bool isUtc) => (At, IsUtc) = (at, isUtc);

    /// <summary>The time, local or in UTC; in whole seconds.</summary>
    public LocalDateTime At { get; }

    /// <summary>True where the time is one of UTC.</summary>
    public bool IsUtc { get; }

    /// <summary>As it is written: <c>2026-01-01</c>, <c>2026-01-01T06:30</c>, <c>2026-01-01T06:30Z</c>.</summary>
    public string Text
    {
        get
        {
            var pattern =
                At.TimeOfDay == LocalTime.Midnight && !IsUtc ? Local[2]
                : At.Second == 0 ? Local[0]
                : Local[1];
            return pattern.Format(At) + (IsUtc ? "Z" : "");
        }
    }

    /// <summary>Reads a moment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out ScheduleMoment? moment,
        [NotNullWhen(false)] out string? error
    )
    {
        (moment, error) = (null, null);
        foreach (var pattern in Local)
        {
            if (text is not null && pattern.Parse(text) is { Success: true, Value: var local })
                moment = new(local, isUtc: false);
        }

        if (
            moment is null
            && text is not null
            && text.Contains('T', StringComparison.Ordinal)
            && InstantText.TryParse(text, out var at, out _)
        )
            moment = new(Instant.FromUnixTimeSeconds(at.ToUnixTimeSeconds()).InUtc().LocalDateTime, isUtc: true);
        if (moment is null)
            error =
                $"\"{text}\" is no time of a calendar. Write a date such as 2026-01-01, a local time such as 2026-01-01T06:30, or an instant such as 2026-01-01T06:30Z.";
        return moment is not null;
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static ScheduleMoment Parse(string text) =>
        TryParse(text, out var moment, out var error) ? moment : throw new FormatException(error);

    /// <summary>
    /// The instant; a local time that does not exist is the first instant after the gap, one that exists twice the first of both.
    /// </summary>
    internal Instant In(DateTimeZone zone) => IsUtc ? At.InUtc().ToInstant() : LocalClock.At(zone, At);
}
