using System.Diagnostics.CodeAnalysis;
using NodaTime;
using Varve.Time;

namespace Varve.Scheduling;

/// <summary>
/// How often: seconds, minutes and hours are exact, <c>90s</c>, <c>15m</c>, <c>6h</c>; days, weeks, months, quarters and years
/// are those of the zone's calendar, <c>1d</c>, <c>2w</c>, <c>1mo</c>.
/// </summary>
public sealed record RunPeriod
{
    private static readonly string[] Units = ["s", "m", "h", "d", "w", "mo", "q", "y"];

    private RunPeriod(int count, string unit) => (Count, Unit) = (count, unit);

    /// <summary>How many units, from 1 to 9,999.</summary>
    public int Count { get; }

    /// <summary>s, m, h, d, w, mo, q or y.</summary>
    public string Unit { get; }

    /// <summary>As it is written.</summary>
    public string Text => AmountText.Write(Count, Unit);

    /// <summary>Its length; null where it follows the calendar.</summary>
    internal Duration? Exact =>
        Unit switch
        {
            "s" => Duration.FromSeconds(Count),
            "m" => Duration.FromMinutes(Count),
            "h" => Duration.FromHours(Count),
            _ => null,
        };

    /// <summary>Reads a period.</summary>
    /// <param name="text">The text.</param>
    /// <param name="period">The period.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out RunPeriod? period,
        [NotNullWhen(false)] out string? error
    )
    {
        period =
            AmountText.TrySplit(text, out var count, out var unit) && Units.Contains(unit) && count is >= 1 and <= 9_999
                ? new((int)count, unit)
                : null;
        error = period is not null
            ? null
            : $"\"{text}\" is no period. Write a whole number from 1 to 9999 and a unit, s, m, h, d, w, mo, q or y, such as 15m, 6h, 1d or 2w.";
        return period is not null;
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static RunPeriod Parse(string text) => TryParse(text, out var period, out var error) ? period : throw new FormatException(error);

    /// <summary>
    /// The local time that lies a number of periods behind an anchor; days of a month that is too short are its last one.
    /// </summary>
    internal LocalDateTime From(LocalDateTime anchor, long periods) =>
        Unit switch
        {
            "d" => anchor.PlusDays(checked((int)(periods * Count))),
            "w" => anchor.PlusWeeks(checked((int)(periods * Count))),
            "mo" => anchor.PlusMonths(checked((int)(periods * Count))),
            "q" => anchor.PlusMonths(checked((int)(periods * Count * 3))),
            "y" => anchor.PlusYears(checked((int)(periods * Count))),
            _ => throw new InvalidOperationException($"{Text} has an exact length."),
        };

    /// <summary>About how many periods lie between two local times; never more than there are, and at most two fewer.</summary>
    internal long Between(LocalDateTime anchor, LocalDateTime until)
    {
        long days = Period.DaysBetween(anchor.Date, until.Date);
        long months = ((until.Year - anchor.Year) * 12L) + until.Month - anchor.Month;
        var units = Unit switch
        {
            "d" => days,
            "w" => Floor(days, 7),
            "mo" => months,
            "q" => Floor(months, 3),
            _ => Floor(months, 12),
        };
        return Floor(units - 1, Count);
    }

    private static long Floor(long number, long by) => (number / by) - (number % by < 0 ? 1 : 0);
}
