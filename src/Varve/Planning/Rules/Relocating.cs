using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// Which parts of the source move on, oldest first: those whose end is long enough ago for a hop and that are not where it
/// leads, nor where a later one does. A part only moves on, and none that goes next. Hops of different attributes have nothing
/// to do with each other: a part is on cheaper nodes and has fewer copies.
/// </summary>
internal static class Relocating
{
    public static void Decide(ProjectedLedger draft, Cutoffs cutoffs)
    {
        var hops = draft.Blueprint.Policy.Relocate;
        if (hops.Count == 0)
            return;
        foreach (var kind in hops.GroupBy(h => h.To.Attribute))
            Decide(draft, cutoffs, [.. kind]);
    }

    private static void Decide(ProjectedLedger draft, Cutoffs cutoffs, IReadOnlyList<Hop> hops)
    {
        List<(Hop Hop, Instant Before)> due = [.. hops.Select(h => (h, cutoffs.Aged(h.After)))];
        var goes = draft.Blueprint.Policy.Keep is { IsForever: false } keep ? cutoffs.Aged(keep) : Instant.MinValue;
        foreach (var piece in draft.Blueprint.Pieces.Where(p => p.Range.To > goes && !p.IsFixed))
        {
            var last = due.FindLastIndex(d => piece.Range.To <= d.Before);
            if (
                last < 0
                || hops.Skip(last).Any(h => IsDone(draft, piece, h.To))
                || IsHeld(draft, piece)
                || Stays(draft, piece, hops[last].To)
            )
                continue;
            draft.Relocate(piece, hops[last].To, Why(draft, piece, due[last].Hop, due[last].Before));
        }
    }

    private static bool IsDone(ProjectedLedger draft, TablePiece piece, Place to) =>
        to.IsAct ? draft.Of(RelationId.Source).Moved.TryGetValue(to.Text, out var done) && done.Covers(piece.Range) : piece.IsAt(to);

    private static bool IsHeld(ProjectedLedger draft, TablePiece piece)
    {
        if (
            draft.Ledger.Holds.FirstOrDefault(h => h.Relation is null or { IsSource: true } && h.Range.Overlaps(piece.Range))
            is not { } hold
        )
            return false;
        draft.Wait(
            RelationId.Source,
            RangeSet.Of(piece.Range),
            $"held by {hold.Who}: {hold.Reason}; what is held does not move",
            person: false
        );
        return true;
    }

    private static bool Stays(ProjectedLedger draft, TablePiece piece, Place to)
    {
        if (!draft.Of(RelationId.Source).Stays.TryGetValue(to.Text, out var stays) || !stays.Covers(piece.Range))
            return false;
        draft.Wait(
            RelationId.Source,
            RangeSet.Of(piece.Range),
            $"its move to {to.Text} was taken back; varve relocate resume {draft.Blueprint.Policy.Name} lets it move",
            person: false
        );
        return true;
    }

    private static string Why(ProjectedLedger draft, TablePiece piece, Hop hop, Instant before) =>
        draft.Of(RelationId.Source).Moved.TryGetValue(hop.To.Text, out var moved) && moved.Covers(piece.Range)
            ? $"it was moved to {hop.To.Text} before, and somebody else has moved it back"
            : $"older than {hop.After.Text}: ended before {InstantText.Format(before)}";
}
