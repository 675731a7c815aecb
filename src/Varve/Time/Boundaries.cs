using NodaTime;

namespace Varve.Time;

/// <summary>
/// A strictly increasing sequence of instants at which buckets start. Instants are finite here: the ends of time are no
/// boundaries, though a bucket that would reach beyond them is cut there.
/// </summary>
internal abstract class Boundaries
{
    /// <summary>Whether the boundaries are equally far apart between two breaks, the first one after a break apart.</summary>
    internal abstract bool IsRegular { get; }

    /// <summary>The bucket that holds an instant.</summary>
    internal abstract TimeRange Around(Instant at);

    /// <summary>The next break after an instant: where the zone changes its offset; +∞ if there is none.</summary>
    internal abstract Instant NextBreak(Instant at);

    internal bool Has(Instant at) => Around(at).From == at;

    /// <summary>The first boundary at or after an instant. The ends of time stay, because buckets are cut there.</summary>
    internal Instant AtOrAfter(Instant at)
    {
        var bucket = Around(at);
        return bucket.From == at ? at : bucket.To;
    }

    internal IEnumerable<TimeRange> Over(TimeRange range)
    {
        for (var at = range.From; at < range.To;)
        {
            var bucket = Around(at);
            yield return bucket;
            at = bucket.To;
        }
    }
}
