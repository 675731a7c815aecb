using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Varve.Time;

/// <summary>
/// How long something is kept, or how late it may come: for ever, an exact time, or a number of months.
/// <c>d</c> is 24 hours and <c>w</c> 7 of them; <c>mo</c>, <c>q</c> and <c>y</c> follow the calendar of a zone.
/// </summary>
public sealed record Keep
{
    private readonly long _seconds;
    private readonly int _months;

    private Keep(long seconds, int months, bool isForever) => (_seconds, _months, IsForever) = (seconds, months, isForever);

    /// <summary>For ever: nothing expires.</summary>
    public static Keep Forever { get; } = new(0, 0, isForever: true);

    /// <summary>No time at all, <c>0s</c>.</summary>
    public static Keep Zero { get; } = new(0, 0, isForever: false);

    /// <summary>Whether it is <see cref="Forever"/>.</summary>
    public bool IsForever { get; }

    /// <summary>
    /// The canonical spelling: <c>forever</c>, years where whole, else months; else the largest exact unit of d, h, m and s.
    /// </summary>
    public string Text => KeepText.Write(_seconds, _months, IsForever);

    /// <summary>The shortest that it can be; for months the fewest days they can have. <see cref="Duration.MaxValue"/> for ever.</summary>
    public Duration Shortest =>
        IsForever ? Duration.MaxValue : Duration.FromSeconds(_seconds) + Duration.FromDays(MonthDays.Fewest(_months));

    /// <summary>The longest that it can be; for months the most days they can have. <see cref="Duration.MaxValue"/> for ever.</summary>
    public Duration Longest => IsForever ? Duration.MaxValue : Duration.FromSeconds(_seconds) + Duration.FromDays(MonthDays.Most(_months));

    /// <summary>
    /// Reads <c>forever</c> or a whole number and a unit: <c>90s</c>, <c>36h</c>, <c>7d</c>, <c>2w</c>, <c>18mo</c>, <c>1q</c>,
    /// <c>2y</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="FormatException">The text is no duration; the message says what to write.</exception>
    public static Keep Parse(string text) => TryParse(text, out var keep, out var error) ? keep : throw new FormatException(error);

    /// <summary>Reads what <see cref="Parse"/> reads, without an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keep">The duration.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Keep? keep, [NotNullWhen(false)] out string? error)
    {
        (keep, error) = KeepText.Read(text);
        return keep is not null;
    }

    /// <summary>
    /// The instant that lies this long before another. Months are subtracted from the local date, the day clamped
    /// (03-31 − 1mo is 02-28 or 29) and the time of day kept; a local time that occurs twice is the first one, one that
    /// does not exist is the instant of the clock change. Below the first representable instant it is −∞.
    /// </summary>
    /// <param name="asOf">The instant to count from; not +∞.</param>
    /// <param name="zone">The zone whose calendar counts for months.</param>
    /// <returns>The instant; <see cref="Instant.MinValue"/> if for ever or if <paramref name="asOf"/> is −∞.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="asOf"/> is +∞.</exception>
    public Instant SubtractFrom(Instant asOf, DateTimeZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentOutOfRangeException.ThrowIfEqual(asOf, Instant.MaxValue);
        return IsForever || asOf == Instant.MinValue ? Instant.MinValue
            : _months > 0 ? MonthDays.Subtract(asOf, _months, zone)
            : Duration.FromSeconds(_seconds) is var exact && exact < asOf - Instant.MinValue ? asOf - exact
            : Instant.MinValue;
    }

    /// <summary>
    /// The instant that lies this long after another, by the same rules; +∞ for ever, and beyond the last representable instant.
    /// </summary>
    internal Instant AddTo(Instant from, DateTimeZone zone) =>
        IsForever || from == Instant.MaxValue ? Instant.MaxValue
        : _months > 0 ? MonthDays.Add(from, _months, zone)
        : Duration.FromSeconds(_seconds) is var exact && exact < Instant.MaxValue - from ? from + exact
        : Instant.MaxValue;

    /// <summary>The number of months; 0 for an exact time.</summary>
    internal int Months => _months;

    /// <summary>The number of days of an exact time that is made of whole ones; 0 for any other.</summary>
    internal long WholeDays => _seconds % NodaConstants.SecondsPerDay == 0 ? _seconds / NodaConstants.SecondsPerDay : 0;

    /// <summary>Several times as long.</summary>
    internal Keep Times(int count) => IsForever ? this : new(_seconds * count, _months * count, isForever: false);

    /// <summary>
    /// Whether this is as long as another in any case: two numbers of months are compared as such (12mo is 1y), else the
    /// shortest of this with the longest of the other.
    /// </summary>
    /// <param name="other">The other duration.</param>
    /// <returns>True if it can never be shorter.</returns>
    public bool IsAtLeast(Keep other) =>
        IsForever || (!other.IsForever && (_months > 0 && other._months > 0 ? _months >= other._months : Shortest >= other.Longest));

    /// <summary>The canonical spelling, <see cref="Text"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;

    internal static Keep OfSeconds(long seconds) => new(seconds, 0, isForever: false);

    internal static Keep OfMonths(int months) => new(0, months, isForever: false);
}
