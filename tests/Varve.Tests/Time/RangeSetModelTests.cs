using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

/// <summary>The set against an array with one truth per second.</summary>
public sealed class RangeSetModelTests
{
    private const int Size = 24;

    private static readonly Gen<TimeRange> AnyRange = Gen.Select(
        Gen.Int[0, Size],
        Gen.Int[0, Size],
        (a, b) => Seconds(Math.Min(a, b), Math.Max(a, b))
    );

    private static readonly Gen<RangeSet> AnySet = AnyRange.Array[0, 6].Select(ranges => RangeSet.Of(ranges));

    [Fact]
    public void Sets_of_ranges_hold_what_any_of_the_ranges_holds() =>
        AnyRange.Array[0, 6].Sample(ranges => Same(RangeSet.Of(ranges), at => ranges.Any(range => range.Contains(at))));

    [Fact]
    public void Operations_on_two_sets_are_those_of_logic() =>
        Gen.Select(AnySet, AnySet)
            .Sample(
                (left, right) =>
                {
                    Same(left.Union(right), at => left.Contains(at) || right.Contains(at));
                    Same(left.Except(right), at => left.Contains(at) && !right.Contains(at));
                    Same(left.Intersect(right), at => left.Contains(at) && right.Contains(at));
                    Same(left.Complement(), at => !left.Contains(at));
                    Assert.Equal(Seconds(right).All(left.Contains), left.Covers(right));
                    Assert.Equal(Model(left).SequenceEqual(Model(right)), left.Equals(right));
                }
            );

    [Fact]
    public void Operations_with_a_range_are_those_of_logic() =>
        Gen.Select(AnySet, AnyRange)
            .Sample(
                (set, range) =>
                {
                    Same(set.Add(range), at => set.Contains(at) || range.Contains(at));
                    Same(set.Remove(range), at => set.Contains(at) && !range.Contains(at));
                    Same(set.Intersect(range), at => set.Contains(at) && range.Contains(at));
                    Same(set.Gaps(range), at => !set.Contains(at) && range.Contains(at));
                    Assert.Equal(Every.Where(range.Contains).All(set.Contains), set.Covers(range));
                    Assert.Equal(Every.Where(range.Contains).Any(set.Contains), set.Overlaps(range));
                }
            );

    [Fact]
    public void Union_and_intersection_obey_de_Morgan() =>
        Gen.Select(AnySet, AnySet)
            .Sample(
                (left, right) =>
                    left.Union(right).Complement().Equals(left.Complement().Intersect(right.Complement()))
                    && left.Complement().Complement().Equals(left)
            );

    private static IEnumerable<Instant> Every => Enumerable.Range(-1, Size + 2).Select(second => Instant.FromUnixTimeSeconds(second));

    private static TimeRange Seconds(int from, int to) => new(Instant.FromUnixTimeSeconds(from), Instant.FromUnixTimeSeconds(to));

    private static IEnumerable<Instant> Seconds(RangeSet set) => Every.Where(set.Contains);

    private static bool[] Model(RangeSet set) => [.. Every.Select(at => set.Any(range => range.Contains(at)))];

    private static void Same(RangeSet set, Func<Instant, bool> model)
    {
        Assert.Equal(Every.Select(model), Model(set));
        Assert.Equal(Model(set), Every.Select(set.Contains));
        Assert.All(set, range => Assert.False(range.IsEmpty));
        Assert.All(set.Zip(set.Skip(1)), pair => Assert.True(pair.First.To < pair.Second.From));
    }
}
