using System.Collections;
using NodaTime;

namespace Varve.Time;

/// <summary>
/// An immutable set of instants as sorted, disjoint, non-empty ranges; ranges that touch are merged, so that equal sets
/// have equal ranges. Look-ups take O(log n), operations on two sets O(n + m).
/// </summary>
public sealed class RangeSet : IEquatable<RangeSet>, IReadOnlyList<TimeRange>
{
    private readonly TimeRange[] _ranges;

    private RangeSet(TimeRange[] ranges) => _ranges = ranges;

    /// <summary>The set without an instant.</summary>
    public static RangeSet Empty { get; } = new([]);

    /// <summary>Whether no instant is in the set.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The number of ranges.</summary>
    public int Count => _ranges.Length;

    /// <summary>The start of the first range; null if the set is empty.</summary>
    public Instant? Start => IsEmpty ? null : _ranges[0].From;

    /// <summary>The end of the last range; null if the set is empty.</summary>
    public Instant? End => IsEmpty ? null : _ranges[^1].To;

    /// <summary>The range at a position, in the order of time.</summary>
    /// <param name="index">The position, from 0.</param>
    /// <returns>The range.</returns>
    /// <exception cref="IndexOutOfRangeException">There is no such position.</exception>
    public TimeRange this[int index] => _ranges[index];

    /// <summary>The set of the instants of some ranges, which may be in any order, overlap or be empty.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <returns>The set.</returns>
    public static RangeSet Of(params IEnumerable<TimeRange> ranges) =>
        From(RangeSetMerge.Either([.. ranges.OrderBy(range => range.From)], []));

    /// <summary>This set with the instants of a range.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The union.</returns>
    public RangeSet Add(TimeRange range) => Covers(range) ? this : Union(One(range));

    /// <summary>This set without the instants of a range.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The difference.</returns>
    public RangeSet Remove(TimeRange range) => Overlaps(range) ? Except(One(range)) : this;

    /// <summary>The instants that are in this set, the other, or both.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The union.</returns>
    public RangeSet Union(RangeSet other) =>
        other.IsEmpty ? this
        : IsEmpty ? other
        : From(RangeSetMerge.Either(_ranges, other._ranges));

    /// <summary>The instants that are in this set and not in the other.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The difference.</returns>
    public RangeSet Except(RangeSet other) => other.Near(this) is { IsEmpty: false } near ? From(RangeSetMerge.Rest(_ranges, near)) : this;

    /// <summary>The instants of this set that are in a range.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The intersection.</returns>
    public RangeSet Intersect(TimeRange range) => Intersect(One(range));

    /// <summary>The instants that are in both sets.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The intersection.</returns>
    public RangeSet Intersect(RangeSet other) => From(RangeSetMerge.Both(Near(other), other.Near(this)));

    /// <summary>The instants that are not in the set.</summary>
    /// <returns>The complement within <see cref="TimeRange.All"/>.</returns>
    public RangeSet Complement() => From(RangeSetMerge.Rest([TimeRange.All], _ranges));

    /// <summary>The instants of a range that are not in the set.</summary>
    /// <param name="within">The range to look at.</param>
    /// <returns>What the set does not cover of it.</returns>
    public RangeSet Gaps(TimeRange within) => One(within).Except(this);

    /// <summary>Whether an instant is in the set.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>True if one of the ranges contains it.</returns>
    public bool Contains(Instant at) => At(at) is { } range && range.Contains(at);

    /// <summary>Whether every instant of a range is in the set; an empty range is always covered.</summary>
    /// <param name="range">The range.</param>
    /// <returns>True if it is a subset.</returns>
    public bool Covers(TimeRange range) => range.IsEmpty || (At(range.From) is { } found && found.Contains(range));

    /// <summary>Whether every instant of another set is in this one.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>True if it is a subset.</returns>
    public bool Covers(RangeSet other) => Array.TrueForAll(other._ranges, Covers);

    /// <summary>Whether at least one instant of a range is in the set.</summary>
    /// <param name="range">The range.</param>
    /// <returns>True if the intersection is not empty.</returns>
    public bool Overlaps(TimeRange range)
    {
        var index = IndexOfLastStart(range.From);
        return (index >= 0 && _ranges[index].Overlaps(range)) || (index + 1 < _ranges.Length && _ranges[index + 1].Overlaps(range));
    }

    /// <summary>Whether another set has the same instants.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>True if all ranges are equal.</returns>
    public bool Equals(RangeSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RangeSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, Start, End);

    /// <summary>The ranges in the order of time.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<TimeRange> GetEnumerator() => ((IEnumerable<TimeRange>)_ranges).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The ranges as text, <c>[a, b), [c, d)</c>, nothing where it is empty; see <see cref="TimeRange.ToString"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join(", ", _ranges.AsEnumerable());

    private static RangeSet One(TimeRange range) => range.IsEmpty ? Empty : new([range]);

    private static RangeSet From(List<TimeRange> disjoint) => disjoint.Count == 0 ? Empty : new([.. disjoint]);

    /// <summary>The ranges that can overlap another set, by its hull: most operations touch few of many ranges.</summary>
    private ReadOnlySpan<TimeRange> Near(RangeSet other)
    {
        if (other.IsEmpty)
            return [];
        var first = Math.Max(0, IndexOfLastStart(other._ranges[0].From));
        return _ranges.AsSpan(first..(IndexOfLastStart(other._ranges[^1].To) + 1));
    }

    private TimeRange? At(Instant at) => IndexOfLastStart(at) is >= 0 and var index ? _ranges[index] : null;

    private int IndexOfLastStart(Instant at)
    {
        var (low, high) = (0, _ranges.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _ranges[middle].From <= at ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
