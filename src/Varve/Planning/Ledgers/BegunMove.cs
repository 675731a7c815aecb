using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Where parts of the source were before Varve told them to move, so that the move can be taken back.</summary>
/// <param name="To">Where they were told to move.</param>
/// <param name="Part">Which part, as the engine names it; null: all of the ranges.</param>
/// <param name="From">The place, or the value of the same attribute; null: nothing was asked for.</param>
/// <param name="Ranges">Their times.</param>
internal sealed record BegunMove(Place To, string? Part, string? From, RangeSet Ranges)
{
    /// <summary>True where the move of a range was begun.</summary>
    public static bool Has(IEnumerable<BegunMove> begun, Place to, TimeRange range) => Of(begun, to, range).Any();

    /// <summary>What is known of a range.</summary>
    public static IEnumerable<BegunMove> Of(IEnumerable<BegunMove> begun, Place to, TimeRange range) =>
        begun.Where(b => b.To == to && b.Ranges.Covers(range));

    /// <summary>The same once the move of a range is begun: what was known of earlier moves by the same attribute is not needed.</summary>
    public static IReadOnlyList<BegunMove> With(
        IEnumerable<BegunMove> begun,
        Place to,
        TimeRange range,
        IReadOnlyList<(string? Part, string? From)> origins
    )
    {
        var all = Without(begun, b => b.To.Attribute == to.Attribute, range).ToList();

        // As a rule the parts of a range were told the same, and so were those of the ranges beside it.
        var each = origins.Select(o => o.From).Distinct().Count() == 1 ? [(null, origins[0].From)] : origins;
        foreach (var (part, from) in each)
        {
            var same = all.FindIndex(b => b.To == to && b.Part == part && b.From == from);
            if (same < 0)
                all.Add(new(to, part, from, RangeSet.Of(range)));
            else
                all[same] = all[same] with { Ranges = all[same].Ranges.Add(range) };
        }

        return all;
    }

    /// <summary>The same without a range.</summary>
    public static IEnumerable<BegunMove> Without(IEnumerable<BegunMove> begun, Func<BegunMove, bool> which, TimeRange range) =>
        begun.Select(b => which(b) ? b with { Ranges = b.Ranges.Remove(range) } : b).Where(b => !b.Ranges.IsEmpty);
}
