using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Varve.Time;

/// <summary>
/// How long the buckets of a tier are: a <see cref="Fixed"/> number of milliseconds or a <see cref="Calendar"/> unit.
/// The family is closed.
/// </summary>
public abstract record Width
{
    private Width() { }

    /// <summary>
    /// The canonical spelling, which <see cref="Parse"/> reads: the largest exact unit, so 60m is <c>1h</c> and 3mo is <c>1q</c>.
    /// 86400s is <c>24h</c>, because a day is a calendar width.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>
    /// The longest bucket. For a calendar width: of any zone since 1970; the zone's own figure, with its history, is
    /// <see cref="Grid.LongestBucket"/> (before 1970 a few places lived through a day twice).
    /// </summary>
    public abstract Duration Longest { get; }

    /// <summary>
    /// The shortest bucket. For a calendar width: of any zone since 1970, skipped days (Pacific/Apia 2011-12-30) included.
    /// </summary>
    public abstract Duration Shortest { get; }

    /// <summary>Reads a width: 90s, 15m, 1h, 24h (fixed), or 1d, 1w, 1mo, 2mo, 1q, 4mo, 6mo, 1y (calendar).</summary>
    /// <param name="text">The text.</param>
    /// <returns>The width.</returns>
    /// <exception cref="FormatException">The text is no width; the message says what to write.</exception>
    public static Width Parse(string text) => TryParse(text, out var width, out var error) ? width : throw new FormatException(error);

    /// <summary>Reads what <see cref="Parse"/> reads, without an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    /// <returns>Whether the text is a width.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Width? width, [NotNullWhen(false)] out string? error)
    {
        (width, error) = WidthText.Read(text);
        return width is not null;
    }

    /// <summary>The canonical spelling, <see cref="Name"/>.</summary>
    /// <returns>The name.</returns>
    public sealed override string ToString() => Name;

    /// <summary>A width of whole milliseconds, the same everywhere: its buckets are ranges of UTC.</summary>
    public sealed record Fixed : Width
    {
        /// <summary>The shortest fixed width in milliseconds: one second.</summary>
        public const long Least = 1_000;

        /// <summary>The longest fixed width in milliseconds: 876000 hours, a hundred years of 365 days.</summary>
        public const long Most = 876_000L * 3_600_000;

        /// <summary>Makes a fixed width.</summary>
        /// <param name="milliseconds">From <see cref="Least"/> to <see cref="Most"/>.</param>
        /// <exception cref="ArgumentOutOfRangeException">The number is outside of that.</exception>
        public Fixed(long milliseconds)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, Least);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, Most);
            Milliseconds = milliseconds;
        }

        /// <summary>The width in milliseconds.</summary>
        public long Milliseconds { get; }

        /// <inheritdoc/>
        public override string Name => WidthText.Write(this);

        /// <inheritdoc/>
        public override Duration Longest => Duration.FromMilliseconds(Milliseconds);

        /// <inheritdoc/>
        public override Duration Shortest => Longest;
    }

    /// <summary>A width of the calendar: its buckets start at local midnights of a zone and vary in length.</summary>
    public sealed record Calendar : Width
    {
        /// <summary>Makes a calendar width: one day, week, quarter or year, or 1, 2, 4 or 6 months (three are a quarter).</summary>
        /// <param name="unit">The unit.</param>
        /// <param name="count">How many of it.</param>
        /// <exception cref="ArgumentOutOfRangeException">It is another one, which would not start anew each January.</exception>
        public Calendar(CalendarUnit unit, int count)
        {
            if (!WidthText.IsLegal(unit, count))
            {
                throw new ArgumentOutOfRangeException(nameof(count), count, $"Calendar widths are {WidthText.CalendarWidths}.");
            }

            (Unit, Count) = (unit, count);
        }

        /// <summary>The unit.</summary>
        public CalendarUnit Unit { get; }

        /// <summary>How many of the unit; 1 for all but months.</summary>
        public int Count { get; }

        /// <inheritdoc/>
        public override string Name => WidthText.Write(this);

        /// <inheritdoc/>
        public override Duration Longest => CalendarLength.Longest(this);

        /// <inheritdoc/>
        public override Duration Shortest => CalendarLength.Shortest(this);

        /// <summary>The months in a bucket; null for days and weeks.</summary>
        internal int? Months =>
            Unit switch
            {
                CalendarUnit.Month => Count,
                CalendarUnit.Quarter => 3,
                CalendarUnit.Year => 12,
                _ => null,
            };
    }
}
