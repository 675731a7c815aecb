using NodaTime;

namespace Varve.Time;

/// <summary>The passes over sorted ranges that the operations of <see cref="RangeSet"/> are made of, each O(n + m).</summary>
internal static class RangeSetMerge
{
    /// <summary>Ranges sorted by start without the empty ones, those that overlap or touch made one.</summary>
    internal static IEnumerable<TimeRange> Join(IEnumerable<TimeRange> sorted)
    {
        TimeRange? open = null;
        foreach (var range in sorted)
        {
            if (range.IsEmpty)
            {
                continue;
            }

            if (open is not null && range.From <= open.To)
            {
                open = new(open.From, Instant.Max(open.To, range.To));
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = range;
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    /// <summary>The ranges of two sorted lists in one, sorted by start.</summary>
    internal static IEnumerable<TimeRange> ByStart(TimeRange[] left, TimeRange[] right)
    {
        var (l, r) = (0, 0);
        while (l < left.Length || r < right.Length)
        {
            var takeLeft = r == right.Length || (l < left.Length && left[l].From <= right[r].From);
            yield return takeLeft ? left[l++] : right[r++];
        }
    }

    /// <summary>What two lists of disjoint sorted ranges have in common.</summary>
    internal static IEnumerable<TimeRange> Common(TimeRange[] left, TimeRange[] right)
    {
        for (var (l, r) = (0, 0); l < left.Length && r < right.Length;)
        {
            if (left[l].Overlaps(right[r]))
            {
                yield return left[l].Intersect(right[r]);
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
    }

    /// <summary>What is before, between and after disjoint sorted ranges.</summary>
    internal static IEnumerable<TimeRange> Between(TimeRange[] ranges)
    {
        var at = Instant.MinValue;
        foreach (var range in ranges)
        {
            if (at < range.From)
            {
                yield return new(at, range.From);
            }

            at = range.To;
        }

        if (at < Instant.MaxValue)
        {
            yield return TimeRange.Since(at);
        }
    }
}
