using System.Collections.Frozen;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Some ranges, and the columns of states that nobody knows there.</summary>
/// <param name="Ranges">Where.</param>
/// <param name="Unknown">Which; empty where everything is known.</param>
internal sealed record ThinPart(RangeSet Ranges, IReadOnlySet<string> Unknown);

/// <summary>Ranges told apart by what is known in them.</summary>
internal static class MissingStates
{
    /// <summary>Where one of some states is not known.</summary>
    public static RangeSet In(IReadOnlyDictionary<string, RangeSet> thin, IEnumerable<string> columns) =>
        thin.Count == 0 ? RangeSet.Empty : RangeSet.Of(columns.SelectMany(c => thin.GetValueOrDefault(c, RangeSet.Empty)));

    /// <summary>Disjoint parts that are all of a set together.</summary>
    public static IReadOnlyList<ThinPart> Split(RangeSet all, IEnumerable<(string Column, RangeSet Thin)> unknown)
    {
        List<ThinPart> parts = [new(all, FrozenSet<string>.Empty)];
        foreach (var (column, thin) in unknown)
            parts = [.. parts.SelectMany(part => Split(part, column, thin))];
        return parts;
    }

    private static IEnumerable<ThinPart> Split(ThinPart part, string column, RangeSet thin)
    {
        var inside = part.Ranges.Intersect(thin);
        var outside = part.Ranges.Except(inside);
        if (!outside.IsEmpty)
            yield return part with
            {
                Ranges = outside,
            };
        if (!inside.IsEmpty)
            yield return new(inside, part.Unknown.Append(column).ToHashSet(StringComparer.Ordinal));
    }
}
