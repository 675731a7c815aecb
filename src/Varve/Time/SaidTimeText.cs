using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Calendars;

namespace Varve.Time;

/// <summary>How times are spelled by people.</summary>
internal static partial class SaidTimeText
{
    private const string Hint =
        "Write a date (2026-11-05), a month, quarter, week or year for its beginning (2026-11, 2026-Q4, 2026-W45, 2026), a date and time (2026-11-05T14:30), "
        + "an instant (2026-11-05T14:30:00Z or …+02:00), today, yesterday, or a time before now (-24h, now-7d; now/d is today's beginning).";

    internal static (SaidTime? Said, string? Error) Read(string text)
    {
        if (InstantText.Exact(text.Replace(' ', 'T')) is { } exact)
            return (new(text, needsZone: false, (_, _) => exact), null);
        if (Reckoned().Match(text) is { Success: true } reckoned)
            return Relative(text, reckoned);
        if (Period(text) is { } period)
            return (new(text, needsZone: true, (_, zone) => Start(period, zone)), null);
        if (InstantText.Clock(text.Replace(' ', 'T')) is { } clock)
            return (new(text, needsZone: true, (_, zone) => Only(text, clock, zone)), null);
        if (ClockOfDay().Match(text) is { Success: true } ofDay && TimeOfDay(ofDay.Groups["clock"].Value) is { } time)
            return (new(text, needsZone: true, (now, zone) => Only(text, Day(now, zone, ofDay.Groups["day"].Value) + time, zone)), null);
        return (null, $"\"{text}\" is no time. {Hint}");
    }

    private static (SaidTime?, string?) Relative(string text, Match match)
    {
        var word = match.Groups["word"].Value.ToLowerInvariant();
        List<(bool Back, Keep Length)> steps = [];
        var back = true;
        foreach (Capture capture in match.Groups["step"].Captures)
        {
            var step = capture.Value;
            if (step[0] is '-' or '+')
                (back, step) = (step[0] == '-', step[1..]);
            if (!Keep.TryParse(step, out var length, out var error))
                return (null, $"\"{text}\" is no time: {error}");
            steps.Add((back, length));
        }

        if (word.Length == 0 && steps.Count == 0)
            return (null, $"\"{text}\" is no time. {Hint}");
        Width.Calendar? floor = null;
        if (match.Groups["floor"] is { Success: true, Value: var unit })
        {
            if (!Width.TryParse($"1{unit}", out var width, out _) || width is not Width.Calendar calendar)
                return (
                    null,
                    $"\"{text}\" is no time: write d, w, mo, q or y behind /, for the beginning of that day, week, month, quarter or year."
                );
            floor = calendar;
        }

        return (
            new(
                text,
                word is not ("" or "now") || floor is not null || steps.Exists(s => s.Length.Months > 0),
                (now, zone) =>
                {
                    var at = word is "" or "now" ? now : Start(Day(now, zone, word), zone);
                    foreach (var (earlier, length) in steps)
                        at =
                            at == Instant.MaxValue ? at
                            : earlier ? length.SubtractFrom(at, zone)
                            : length.AddTo(at, zone);
                    if (at == Instant.MinValue || at == Instant.MaxValue)
                        throw Beyond(text);
                    return floor is null ? at : Grid.Calendar(floor, zone).Floor(at);
                }
            ),
            null
        );
    }

    private static LocalDate Day(Instant now, DateTimeZone zone, string word)
    {
        var today = now.InZone(zone).Date;
        return word.ToLowerInvariant() switch
        {
            "yesterday" => today.PlusDays(-1),
            "tomorrow" => today.PlusDays(1),
            _ => today,
        };
    }

    private static LocalDate? Period(string text)
    {
        if (InstantText.Day(text) is { } day)
            return day;
        if (Periods().Match(text) is not { Success: true } match)
            return null;
        var year = Number(match, "year");
        if (match.Groups["month"].Success)
            return Number(match, "month") is >= 1 and <= 12 and var month ? new LocalDate(year, month, 1) : null;
        if (match.Groups["quarter"].Success)
            return new LocalDate(year, (Number(match, "quarter") * 3) - 2, 1);
        if (!match.Groups["week"].Success)
            return new LocalDate(year, 1, 1);
        var week = Number(match, "week");
        return week >= 1 && week <= WeekYearRules.Iso.GetWeeksInWeekYear(year)
            ? LocalDate.FromWeekYearWeekAndDay(year, week, IsoDayOfWeek.Monday)
            : null;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static LocalTime? TimeOfDay(string clock) => InstantText.Clock($"2000-01-01T{clock}") is { } at ? at.TimeOfDay : null;

    /// <summary>The first instant whose local date is that or later.</summary>
    private static Instant Start(LocalDate date, DateTimeZone zone)
    {
        var mapping = zone.MapLocal(date.AtMidnight());
        return mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
    }

    internal static FormatException Beyond(string text) => new($"\"{text}\" lies beyond the years that can be told.");

    private static Instant Only(string text, LocalDateTime local, DateTimeZone zone)
    {
        var mapping = zone.MapLocal(local);
        return mapping.Count switch
        {
            1 => mapping.Single().ToInstant(),
            0 => throw new FormatException(
                $"\"{text}\" is no time in {zone.Id}: the clocks are put forward over it. Write an instant, {InstantText.Format(mapping.LateInterval.Start)} for that of the change."
            ),
            _ => throw new FormatException(
                $"\"{text}\" comes twice in {zone.Id}, because the clocks are put back. Write {InstantText.Format(mapping.First().ToInstant())} or {InstantText.Format(mapping.Last().ToInstant())}."
            ),
        };
    }

    [GeneratedRegex(
        @"\A(?<word>now|today|yesterday|tomorrow|)((?<step>[+-][0-9]+[A-Za-z]+)(?<step>[+-]?[0-9]+[A-Za-z]+)*)?(/(?<floor>[A-Za-z]+))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Reckoned();

    [GeneratedRegex(
        @"\A(?<year>[0-9]{4})(-(?<month>[0-9]{2})|-?Q(?<quarter>[1-4])|-?W(?<week>[0-9]{2}))?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Periods();

    [GeneratedRegex(
        @"\A((?<day>today|yesterday|tomorrow)[ T])?(?<clock>[0-9]{2}:[0-9]{2}(:[0-9]{2})?)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex ClockOfDay();
}
