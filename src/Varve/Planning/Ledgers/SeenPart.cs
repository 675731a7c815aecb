using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// A part of the source that was compared: whatever is covered and not dirty there agrees with what it held in that state, or
/// in a later one.
/// </summary>
/// <param name="Range">The times of its rows.</param>
/// <param name="State">What it held, as <see cref="TablePiece.State"/> says it.</param>
/// <param name="Since">The planning instant of the first run that saw it so.</param>
internal sealed record SeenPart(TimeRange Range, string State, Instant Since)
{
    /// <summary>The times of parts that are as they were when they were compared.</summary>
    public static RangeSet Unchanged(PolicyLayout layout, Ledger ledger)
    {
        if (ledger.Seen.Count == 0)
            return RangeSet.Empty;
        var seen = ledger.Seen.ToDictionary(s => s.Range, s => s.State);
        return RangeSet.Of(layout.Pieces.Where(p => p.State is { } state && seen.GetValueOrDefault(p.Range) == state).Select(p => p.Range));
    }

    /// <summary>
    /// What holds for the next run after one that did all that it had to do. A part of which a covered bucket was neither
    /// compared nor is as before, or differed, keeps what was known of it: it is compared again.
    /// </summary>
    public static IReadOnlyList<SeenPart> Next(PolicyLayout layout, TableState state, IReadOnlyList<SeenPart> stored, Instant asOf)
    {
        var before = stored.ToDictionary(s => s.Range);
        List<SeenPart> next = [];
        foreach (var piece in layout.Pieces)
        {
            var known = before.GetValueOrDefault(piece.Range);
            if (piece.State is { } now && known?.State != now && IsCompared(layout, state, piece.Range))
                known = new(piece.Range, now, asOf);
            if (known is not null)
                next.Add(known);
        }

        return next.SequenceEqual(stored) ? stored : next;
    }

    /// <summary>True where an earlier run saw a part as it is now.</summary>
    public static bool IsQuiet(Ledger ledger, TimeRange range, string digest, Instant asOf) =>
        ledger.Seen.Any(s => s.Range == range && s.Since < asOf && s.State.Split(' ').Contains(digest));

    private static bool IsCompared(PolicyLayout layout, TableState state, TimeRange range)
    {
        if (layout.Tiers.Count == 0)
            return true;
        var first = layout.Tiers[0];
        var known = state.Ledger.Of(first.Id);
        var open = first.BucketsTouching(RangeSet.Of(range)).Intersect(known.Covered).Except(known.Dirty);
        return state.Compared.Covers(open) && !state.Changes.Any(c => c.Bucket.Overlaps(range));
    }
}
