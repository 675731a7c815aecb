using NodaTime;

namespace Varve.Time;

/// <summary>
/// Consecutive buckets of one length: bucket i of them is <c>[Start + i · Width, Start + (i + 1) · Width)</c>.
/// Within a run an instant's bucket is plain arithmetic.
/// </summary>
/// <param name="Start">The start of the first bucket.</param>
/// <param name="Width">The length of each.</param>
/// <param name="Count">How many there are, at least 1.</param>
public sealed record BucketRun(Instant Start, Duration Width, long Count)
{
    /// <summary>The end of the last bucket; +∞ if that is beyond the last representable instant.</summary>
    public Instant End => Width * Count is var length && length < Instant.MaxValue - Start ? Start + length : Instant.MaxValue;
}
