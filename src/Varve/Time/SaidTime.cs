using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Varve.Time;

/// <summary>
/// A time as people write it: <c>2026-11-05</c>, <c>2026-11</c>, <c>2026-11-05T14:30</c>, <c>yesterday</c>, <c>-24h</c>,
/// <c>now-1d/d</c>. Which instant it is depends on the zone that it is read in and on what now is; an instant with
/// <c>Z</c> or an offset is the same everywhere. A period stands for its beginning, so that <c>2026-10</c> to
/// <c>2026-11</c> is October.
/// </summary>
public sealed class SaidTime
{
    private readonly Func<Instant, DateTimeZone, Instant> _read;

    internal SaidTime(string text, bool needsZone, Func<Instant, DateTimeZone, Instant> read) =>
        (Text, NeedsZone, _read) = (text, needsZone, read);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Whether another zone makes it another instant.</summary>
    public bool NeedsZone { get; }

    /// <summary>Reads a text; nothing is asked of a clock.</summary>
    /// <param name="text">The text.</param>
    /// <param name="said">The time.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    /// <returns>Whether the text is a time.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SaidTime? said, [NotNullWhen(false)] out string? error)
    {
        (said, error) = SaidTimeText.Read((text ?? "").Trim());
        return said is not null;
    }

    /// <summary>The instant that is meant.</summary>
    /// <param name="now">What now is.</param>
    /// <param name="zone">The zone whose days and clocks count where the text names no offset.</param>
    /// <returns>The instant.</returns>
    /// <exception cref="FormatException">
    /// A local time that the clocks of the zone show twice or never, or one that lies before or after all time; the message says what to
    /// write.
    /// </exception>
    public Instant In(Instant now, DateTimeZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        try
        {
            return _read(now, zone);
        }
        catch (OverflowException)
        {
            // The last local hours of the year 9999 are instants of no year.
            throw SaidTimeText.Beyond(Text);
        }
    }

    /// <summary>As it was written.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;
}
