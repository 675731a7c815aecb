using NodaTime;

namespace Varve.Time;

/// <summary>Consecutive buckets that one formula finds.</summary>
internal abstract record BucketStretch
{
    private BucketStretch(Instant start, Instant end, long count) => (Start, End, Count) = (start, end, count);

    /// <summary>The start of the first bucket.</summary>
    public Instant Start { get; }

    /// <summary>The end of the last bucket.</summary>
    public Instant End { get; }

    /// <summary>How many there are, at least 1.</summary>
    public long Count { get; }

    /// <summary>Buckets of one length.</summary>
    internal sealed record Even(BucketRun Run) : BucketStretch(Run.Start, Run.End, Run.Count);

    /// <summary>
    /// Buckets of whole months whose starts and ends a clock shows that is set one way. What clocks showed between is another
    /// matter: only the boundaries decide.
    /// </summary>
    internal sealed record Civil : BucketStretch
    {
        /// <param name="first">The first month, since January of year 0.</param>
        /// <param name="after">The month after the last one.</param>
        /// <param name="months">How many each bucket has.</param>
        /// <param name="offset">What the clock shows in seconds ahead of UTC.</param>
        public Civil(long first, long after, int months, long offset)
            : base(At(first, offset), At(after, offset), (after - first) / months) =>
            (First, Months, Offset) = (first, months, Duration.FromSeconds(offset));

        /// <summary>The first month, since January of year 0.</summary>
        public long First { get; }

        /// <summary>How many each bucket has.</summary>
        public int Months { get; }

        /// <summary>How far the clock is ahead of UTC.</summary>
        public Duration Offset { get; }

        /// <summary>This stretch and the one after it of the same clock.</summary>
        public Civil Until(Civil next) => new(First, next.First + (next.Count * Months), Months, (long)Offset.TotalSeconds);

        /// <summary>Every length that a bucket of so many months has.</summary>
        public IReadOnlyList<Duration> Lengths() => MonthLengths.Of(Months);

        private static Instant At(long month, long offset) =>
            Ticks.OfSecond((CivilDay.OfMonth(month) * NodaConstants.SecondsPerDay) - offset);
    }
}
