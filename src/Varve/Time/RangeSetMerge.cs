using NodaTime;

namespace Varve.Time;

/// <summary>
/// The passes over sorted ranges that the operations of <see cref="RangeSet"/> are made of, each O(n + m). A range that
/// comes out as it went in stays the same object.
/// </summary>
internal static class RangeSetMerge
{
    /// <summary>What is in at least one of two lists, each sorted by start; ranges that overlap or touch are made one.</summary>
    internal static List<TimeRange> Either(ReadOnlySpan<TimeRange> left, ReadOnlySpan<TimeRange> right)
    {
        List<TimeRange> either = [];
        TimeRange? open = null;
        var to = Instant.MinValue;
        for (var (l, r) = (0, 0); l < left.Length || r < right.Length;)
        {
            var next = r == right.Length || (l < left.Length && left[l].From <= right[r].From) ? left[l++] : right[r++];
            if (next.IsEmpty)
                continue;
            if (open is not null && next.From <= to)
            {
                to = Instant.Max(to, next.To);
                continue;
            }

            if (open is not null)
                either.Add(UpTo(open, to));
            (open, to) = (next, next.To);
        }

        if (open is not null)
            either.Add(UpTo(open, to));
        return either;
    }

    /// <summary>What two lists of disjoint sorted ranges have in common.</summary>
    internal static List<TimeRange> Both(ReadOnlySpan<TimeRange> left, ReadOnlySpan<TimeRange> right)
    {
        List<TimeRange> both = [];
        for (var (l, r) = (0, 0); l < left.Length && r < right.Length;)
        {
            if (left[l].Overlaps(right[r]))
            {
                both.Add(right[r].Contains(left[l]) ? left[l] : left[l].Intersect(right[r]));
            }

            if (left[l].To <= right[r].To)
            {
                l++;
            }
            else
            {
                r++;
            }
        }

        return both;
    }

    /// <summary>What is in the first of two lists of disjoint sorted ranges and not in the second.</summary>
    internal static List<TimeRange> Rest(ReadOnlySpan<TimeRange> ranges, ReadOnlySpan<TimeRange> taken)
    {
        List<TimeRange> rest = [];
        var next = 0;
        foreach (var range in ranges)
        {
            while (next < taken.Length && taken[next].To <= range.From)
                next++;
            var at = range.From;
            for (var i = next; i < taken.Length && taken[i].From < range.To; i++)
            {
                if (at < taken[i].From)
                    rest.Add(new(at, taken[i].From));
                at = taken[i].To;
            }

            if (at < range.To)
                rest.Add(at == range.From ? range : new(at, range.To));
        }

        return rest;
    }

    private static TimeRange UpTo(TimeRange range, Instant to) => range.To == to ? range : new(range.From, to);
}
