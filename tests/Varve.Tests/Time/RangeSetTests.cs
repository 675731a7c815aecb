using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class RangeSetTests
{
    private static readonly RangeSet Set = RangeSet.Of(Days(10, 12), Days(5, 7), Days(7, 8), Days(6, 7), Days(20, 20));

    [Fact]
    public void Ranges_are_sorted_merged_where_they_touch_and_never_empty()
    {
        Assert.Equal([Days(5, 8), Days(10, 12)], Set);
        Assert.Equal(2, Set.Count);
        Assert.Equal(Days(10, 12), Set[1]);
        Assert.Equal("[2025-01-05T00:00:00Z, 2025-01-08T00:00:00Z), [2025-01-10T00:00:00Z, 2025-01-12T00:00:00Z)", Set.ToString());
    }

    [Fact]
    public void The_hull_is_from_the_first_start_to_the_last_end()
    {
        Assert.Equal(Day(5), Set.Start);
        Assert.Equal(Day(12), Set.End);
        Assert.Null(RangeSet.Empty.Start);
        Assert.Null(RangeSet.Empty.End);
    }

    [Fact]
    public void Sets_with_the_same_instants_are_equal()
    {
        var other = RangeSet.Of(Days(5, 12)).Remove(Days(8, 10));
        Assert.True(Set.Equals(other));
        Assert.Equal(Set.GetHashCode(), other.GetHashCode());
        Assert.False(Set.Equals(other.Add(Days(8, 9))));
        Assert.True(RangeSet.Of().Equals(RangeSet.Empty));
    }

    [Fact]
    public void Adding_closes_gaps_and_removing_opens_them()
    {
        Assert.Equal([Days(5, 12)], Set.Add(Days(8, 10)));
        Assert.Equal([Days(5, 6), Days(11, 12)], Set.Remove(Days(6, 11)));
        Assert.Same(Set, Set.Add(Days(5, 6)));
        Assert.Same(Set, Set.Remove(Days(8, 10)));
    }

    [Fact]
    public void A_range_that_comes_out_as_it_went_in_stays_the_same_object()
    {
        Assert.Same(Set[0], Set.Add(Days(15, 16))[0]);
        Assert.Same(Set[0], Set.Intersect(Days(1, 11))[0]);
        Assert.Same(Set[0], Set.Except(RangeSet.Of(Days(8, 9), Days(11, 12)))[0]);
    }

    [Fact]
    public void Gaps_are_what_is_not_covered() => Assert.Equal([Days(4, 5), Days(8, 10)], Set.Gaps(Days(4, 11)));

    [Fact]
    public void The_complement_reaches_to_both_ends_of_time()
    {
        Assert.Equal([TimeRange.Before(Day(5)), Days(8, 10), TimeRange.Since(Day(12))], Set.Complement());
        Assert.Equal([TimeRange.All], RangeSet.Empty.Complement());
        Assert.True(RangeSet.Of(TimeRange.All).Complement().IsEmpty);
    }

    [Fact]
    public void A_range_over_a_gap_overlaps_but_is_not_covered()
    {
        Assert.True(Set.Overlaps(Days(7, 11)));
        Assert.False(Set.Covers(Days(7, 11)));
        Assert.False(Set.Overlaps(Days(8, 10)));
        Assert.True(Set.Covers(Days(9, 9)));
        Assert.True(Set.Covers(RangeSet.Of(Days(5, 6), Days(11, 12))));
    }

    private static Instant Day(int day) => Instant.FromUtc(2025, 1, day, 0, 0);

    private static TimeRange Days(int from, int to) => new(Day(from), Day(to));
}
