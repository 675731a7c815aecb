using NodaTime;

namespace Varve.Time;

/// <summary>
/// A half-open range <c>[From, To)</c> of UTC instants. <see cref="Instant.MinValue"/> as start and
/// <see cref="Instant.MaxValue"/> as end stand for −∞ and +∞.
/// </summary>
public sealed record TimeRange
{
    private const string Hint = "Write a range as \"[2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)\", with -inf or +inf for an open end.";

    /// <summary>Makes the range <c>[from, to)</c>; equal ends make an empty range.</summary>
    /// <param name="from">The first instant in the range, or <see cref="Instant.MinValue"/> for −∞.</param>
    /// <param name="to">The first instant after the range, or <see cref="Instant.MaxValue"/> for +∞.</param>
    /// <exception cref="ArgumentException"><paramref name="to"/> is before <paramref name="from"/>.</exception>
    public TimeRange(Instant from, Instant to)
    {
        if (to < from)
        {
            throw new ArgumentException(
                $"A range ends at or after its start: {InstantText.Format(to)} is before {InstantText.Format(from)}.",
                nameof(to)
            );
        }

        From = from;
        To = to;
    }

    /// <summary>Every instant: (−∞, +∞).</summary>
    public static TimeRange All { get; } = new(Instant.MinValue, Instant.MaxValue);

    /// <summary>The first instant in the range; <see cref="Instant.MinValue"/> for −∞.</summary>
    public Instant From { get; }

    /// <summary>The first instant after the range; <see cref="Instant.MaxValue"/> for +∞.</summary>
    public Instant To { get; }

    /// <summary>Whether the range has no start, that is, begins at −∞.</summary>
    public bool FromStart => From == Instant.MinValue;

    /// <summary>Whether the range has no end, that is, reaches to +∞.</summary>
    public bool ToEnd => To == Instant.MaxValue;

    /// <summary>Whether no instant is in the range.</summary>
    public bool IsEmpty => From == To;

    /// <summary>The range of everything before an instant.</summary>
    /// <param name="to">The first instant that is not in the range.</param>
    /// <returns><c>[-inf, to)</c>.</returns>
    public static TimeRange Before(Instant to) => new(Instant.MinValue, to);

    /// <summary>The range of an instant and everything after it.</summary>
    /// <param name="from">The first instant in the range.</param>
    /// <returns><c>[from, +inf)</c>.</returns>
    public static TimeRange Since(Instant from) => new(from, Instant.MaxValue);

    /// <summary>Whether an instant is in the range.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>True if <c>From ≤ at &lt; To</c>.</returns>
    public bool Contains(Instant at) => From <= at && at < To;

    /// <summary>Whether every instant of another range is in this one. An empty range is contained in every range.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>True if it is a subset.</returns>
    public bool Contains(TimeRange other) => other.IsEmpty || (From <= other.From && other.To <= To);

    /// <summary>Whether at least one instant is in both ranges. Ranges that only touch do not overlap.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>True if the intersection is not empty.</returns>
    public bool Overlaps(TimeRange other) => Instant.Max(From, other.From) < Instant.Min(To, other.To);

    /// <summary>The instants that are in both ranges.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>The common range, or an empty one at the later of the two starts.</returns>
    public TimeRange Intersect(TimeRange other)
    {
        var from = Instant.Max(From, other.From);
        var to = Instant.Min(To, other.To);
        return new(from, Instant.Max(from, to));
    }

    /// <summary>
    /// The range as invariant text, <c>[2025-01-01T00:00:00Z, +inf)</c>, floored to microseconds; <see cref="Parse"/> reads it.
    /// </summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"[{InstantText.Format(From)}, {InstantText.Format(To)})";

    /// <summary>
    /// Reads a range as <see cref="ToString"/> writes it; the ends may be anything that <see cref="InstantText.Parse"/> accepts.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The range.</returns>
    /// <exception cref="FormatException">The text is no range, or its end is before its start.</exception>
    public static TimeRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is not ['[', .. var inner, ')'] || inner.Split(',') is not [var first, var second])
        {
            throw new FormatException($"\"{text}\" is not a time range. {Hint}");
        }

        var from = ParseEnd(first.Trim());
        var to = ParseEnd(second.Trim());
        return from <= to ? new(from, to) : throw new FormatException($"\"{text}\" is not a time range: it ends before it starts. {Hint}");
    }

    private static Instant ParseEnd(string text) =>
        text switch
        {
            InstantText.NegativeInfinity => Instant.MinValue,
            InstantText.PositiveInfinity => Instant.MaxValue,
            _ => InstantText.Parse(text),
        };
}
