using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.Text;

namespace Varve.Scheduling;

/// <summary>A time in which nothing begins, by the clock of the schedule's zone. A closed family.</summary>
public abstract record ExceptWindow
{
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private static readonly LocalDatePattern Date = LocalDatePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd");

    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("HH':'mm");

    private ExceptWindow(string text) => Text = text;

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>
    /// Reads a date (<c>2026-12-24</c>), a span of times (<c>2026-12-24T18:00/2026-12-27</c>, its end not included), or hours
    /// of a day (<c>08:00-18:00</c>, <c>22:00-06:00</c>), of some days of the week (<c>mon-fri 08:00-18:00</c>, <c>sat-sun</c>).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="window">The window.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out ExceptWindow? window,
        [NotNullWhen(false)] out string? error
    )
    {
        text ??= "";
        window =
            Date.Parse(text) is { Success: true, Value: var day } ? new Span(text, day.AtMidnight(), day.PlusDays(1).AtMidnight())
            : text.Split('/') is [var from, var to] ? Between(text, from, to)
            : Weekly(text);
        error = window is not null
            ? null
            : $"\"{text}\" is no window. Write a date (2026-12-24), a span (2026-12-24T18:00/2026-12-27, local times, its end not included), hours (08:00-18:00), or days with or without hours (mon-fri 08:00-18:00, sat-sun).";
        return window is not null;
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static ExceptWindow Parse(string text) =>
        TryParse(text, out var window, out var error) ? window : throw new FormatException(error);

    /// <summary>Whether a local time lies in it.</summary>
    public abstract bool Covers(LocalDateTime local);

    private static Span? Between(string text, string from, string to) =>
        ScheduleMoment.TryParse(from, out var first, out _)
        && ScheduleMoment.TryParse(to, out var last, out _)
        && !first.IsUtc
        && !last.IsUtc
        && first.At < last.At
            ? new(text, first.At, last.At)
            : null;

    private static Hours? Weekly(string text)
    {
        var parts = text.Split(' ');
        var days = Named(parts[0]);
        if (parts.Length > 2 || (parts.Length == 2 && days is null))
            return null;
        if (parts.Length == 1 && days is not null)
            return new(text, days, LocalTime.Midnight, LocalTime.Midnight);
        if (parts[^1].Split('-') is not [var from, var to])
            return null;
        var (first, last) = (Clock.Parse(from), Clock.Parse(to == "24:00" ? "00:00" : to));
        return first.Success && last.Success && (first.Value != last.Value || to == "24:00")
            ? new(text, days ?? [.. Enumerable.Range(1, 7)], first.Value, last.Value)
            : null;
    }

    /// <summary>ISO numbers of days: one, a range that may go over the weekend, or a list.</summary>
    private static IReadOnlyList<int>? Named(string text)
    {
        List<int> all = [];
        foreach (var part in text.Split(','))
        {
            int[] ends = [.. part.Split('-').Select(d => Array.IndexOf(Days, d) + 1)];
            if (ends.Length is not (1 or 2) || ends.Contains(0))
                return null;
            for (var day = ends[0]; ; day = (day % 7) + 1)
            {
                all.Add(day);
                if (day == ends[^1])
                    break;
            }
        }

        return all;
    }

    /// <summary>A span of local times, half-open.</summary>
    /// <param name="Text">As it was written.</param>
    /// <param name="From">Its beginning.</param>
    /// <param name="To">Its end, not included.</param>
    public sealed record Span(string Text, LocalDateTime From, LocalDateTime To) : ExceptWindow(Text)
    {
        /// <inheritdoc/>
        public override bool Covers(LocalDateTime local) => From <= local && local < To;
    }

    /// <summary>Hours of some days of the week; those that go over midnight belong to the day on which they begin.</summary>
    /// <param name="Text">As it was written.</param>
    /// <param name="On">The days, 1 for Monday.</param>
    /// <param name="From">Their beginning.</param>
    /// <param name="To">Their end, not included; the same as the beginning for a whole day.</param>
    public sealed record Hours(string Text, IReadOnlyList<int> On, LocalTime From, LocalTime To) : ExceptWindow(Text)
    {
        /// <inheritdoc/>
        public override bool Covers(LocalDateTime local)
        {
            var (today, yesterday) = (On.Contains((int)local.DayOfWeek), On.Contains((int)local.Date.PlusDays(-1).DayOfWeek));
            return From < To
                ? today && From <= local.TimeOfDay && local.TimeOfDay < To
                : (today && From <= local.TimeOfDay) || (yesterday && local.TimeOfDay < To);
        }
    }
}
