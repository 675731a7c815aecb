using NodaTime;

namespace Varve.Time;

/// <summary>Decides whether buckets of one grid are made of whole buckets of another one.</summary>
internal static class BoundaryMatch
{
    // Between two breaks the boundaries of regular grids are two arithmetic progressions. Where two neighbours of one are
    // members of the other, all are; before them there may be one that the break itself made.
    private const int Enough = 3;

    /// <summary>Whether each first day of a unit is one of the other unit too, in whatever zone.</summary>
    internal static bool IsNested(Width.Calendar fine, Width.Calendar coarse) =>
        (fine, coarse) switch
        {
            ({ Unit: CalendarUnit.Day }, _) => true,
            ({ Months: { } inner }, { Months: { } outer }) => outer % inner == 0,
            _ => fine == coarse,
        };

    /// <summary>The first boundary of the coarse grid from start to end, both included, that the fine one does not have.</summary>
    internal static Instant? FirstMissing(Boundaries fine, Boundaries coarse, Instant first, Instant last)
    {
        var regular = fine.IsRegular && coarse.IsRegular;
        for (var at = coarse.AtOrAfter(first); IsWithin(at, last);)
        {
            var end = Instant.Min(fine.NextBreak(at), coarse.NextBreak(at));
            for (var tried = 0; at < end && IsWithin(at, last) && !(regular && tried == Enough); tried++)
            {
                if (!fine.Has(at))
                {
                    return at;
                }

                at = coarse.Around(at).To;
            }

            at = coarse.AtOrAfter(end);
        }

        return null;
    }

    /// <summary>
    /// The buckets of the coarse grid that overlap a range and whose two ends the fine one has, joined; both ends of the range
    /// are finite.
    /// </summary>
    internal static RangeSet Nested(Boundaries fine, Boundaries coarse, TimeRange range)
    {
        var regular = fine.IsRegular && coarse.IsRegular;
        List<TimeRange> nested = [];
        for (var at = coarse.Around(range.From).From; IsBefore(at, range.To);)
        {
            var end = Instant.Min(range.To, Instant.Min(fine.NextBreak(at), coarse.NextBreak(at)));
            var fits = false;
            for (var tried = 0; IsBefore(at, end) && !(regular && tried == Enough); tried++)
            {
                var bucket = coarse.Around(at);
                fits = fine.Has(bucket.From) && (bucket.To == Instant.MaxValue || fine.Has(bucket.To));
                if (fits)
                    nested.Add(bucket);
                at = bucket.To;
            }

            if (!IsBefore(at, end))
                continue;

            // Up to the one that holds the next break, all are as the last one that was tried.
            var last = coarse.Around(end - Duration.Epsilon).From;
            if (last <= at)
                continue;
            if (fits)
                nested.Add(new(at, last));
            at = last;
        }

        return RangeSet.Of(nested);
    }

    private static bool IsBefore(Instant at, Instant end) => at < end && at < Instant.MaxValue;

    private static bool IsWithin(Instant at, Instant last) => at <= last && at < Instant.MaxValue;
}
