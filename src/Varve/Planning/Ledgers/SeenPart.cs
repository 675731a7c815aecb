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
    /// <summary>The state of times of which there was no part, and so no row.</summary>
    private const string Nothing = "";

    /// <summary>How many characters of the state of a part say which part it is.</summary>
    internal const int PartLength = 8;

    /// <summary>How many characters the state of a part has.</summary>
    internal const int DigestLength = PartLength + 12;

    /// <summary>The times of parts that are as they were when they were compared, and those of which there is none as before.</summary>
    public static RangeSet Unchanged(PolicyLayout layout, Ledger ledger)
    {
        if (ledger.Seen.Count == 0)
            return RangeSet.Empty;
        var seen = ledger.Seen.ToDictionary(s => s.Range, s => s.State);
        return RangeSet
            .Of(layout.Pieces.Where(p => p.State is { } state && seen.GetValueOrDefault(p.Range) == state).Select(p => p.Range))
            .Union(Without(ledger.Seen).Intersect(Free(layout)));
    }

    /// <summary>
    /// True where a part is the very one that was compared, as it was then: it is the same table, since a part that is made anew,
    /// or comes with another table, is another one.
    /// </summary>
    public static bool HasOne(PolicyLayout layout, Ledger ledger) =>
        layout.Pieces.Any(p => p.State is { Length: > 0 } state && ledger.Seen.Any(s => s.Range == p.Range && s.State == state));

    /// <summary>
    /// The parts that lie where others were compared, and none of which is the one that was: the table was made anew, swapped with
    /// another one, or brought back from a backup. Empty where one is still there, or where too few tell.
    /// </summary>
    public static IReadOnlyList<TimeRange> MadeAnew(PolicyLayout layout, Ledger ledger)
    {
        if (ledger.Seen.Count == 0)
            return [];
        var seen = ledger.Seen.ToDictionary(s => s.Range, s => Parts(s.State));
        List<TimeRange> anew = [];
        foreach (var piece in layout.Pieces)
        {
            if (piece.State is not { Length: > 0 } state || seen.GetValueOrDefault(piece.Range) is not { Count: > 0 } before)
                continue;
            if (Parts(state).Overlaps(before))
                return [];
            anew.Add(piece.Range);
        }

        return anew.Count < LeastAnew ? [] : anew;
    }

    // Of a part that was removed and came again with a late row nothing follows.
    private const int LeastAnew = 2;

    // A digest that an earlier version wrote is shorter, and does not say which part it is.
    private static HashSet<string> Parts(string state) =>
        [.. state.Split(' ').Where(d => d.Length == DigestLength).Select(d => d[..PartLength])];

    // Times of which there was no part when they were compared.
    private static RangeSet Without(IReadOnlyList<SeenPart> seen) => RangeSet.Of(seen.Where(s => s.State == Nothing).Select(s => s.Range));

    // Times of which there is no part.
    private static RangeSet Free(PolicyLayout layout) =>
        layout.ArePiecesAll ? RangeSet.Of(layout.Pieces.Select(p => p.Range)).Complement() : RangeSet.Empty;

    /// <summary>
    /// What holds for the next run after one that did all that it had to do. A part of which a covered bucket was neither
    /// compared nor is as before, or differed, keeps what was known of it: it is compared again.
    /// </summary>
    /// <param name="layout">The policy, and the parts as they were before anything was done.</param>
    /// <param name="state">What was seen then, with the ledger as it is now.</param>
    /// <param name="built">
    /// Buckets of the first tier that were built since: of what was there when the parts were looked at nothing is missing in them,
    /// and a part that was written to later is another one.
    /// </param>
    /// <param name="stored">What was known.</param>
    /// <param name="asOf">The planning instant.</param>
    public static IReadOnlyList<SeenPart> Next(
        PolicyLayout layout,
        TableState state,
        RangeSet built,
        IReadOnlyList<SeenPart> stored,
        Instant asOf
    )
    {
        state = state with { Compared = state.Compared.Union(built) };
        var before = stored.ToDictionary(s => s.Range);
        var gone = state.Ledger.Of(RelationId.Source).Frozen;
        List<SeenPart> next = [];
        foreach (var piece in layout.Pieces.Where(p => !gone.Covers(p.Range)))
        {
            var known = before.GetValueOrDefault(piece.Range);
            if (piece.State is { } now && known?.State != now && IsCompared(layout, state, piece.Range))
                known = new(piece.Range, now, asOf);
            if (known is not null)
                next.Add(known);
        }

        var without = Without(stored)
            .Union(state.Compared.Except(RangeSet.Of(state.Changes.Select(c => c.Bucket))))
            .Intersect(Free(layout))
            .Except(gone);
        next.AddRange(without.Where(range => !next.Exists(n => n.Range == range)).Select(range => Empty(range, before, asOf)));
        return next.SequenceEqual(stored) ? stored : next;
    }

    private static SeenPart Empty(TimeRange range, Dictionary<TimeRange, SeenPart> before, Instant asOf) =>
        before.GetValueOrDefault(range) is { State: Nothing } known ? known : new(range, Nothing, asOf);

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
