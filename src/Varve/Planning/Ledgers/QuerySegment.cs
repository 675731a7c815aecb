using Varve.Time;

namespace Varve.Planning;

/// <summary>A range and the relation that is read for it.</summary>
/// <param name="Relation">source or tier id.</param>
/// <param name="Range">Whole buckets of a tier; any range of the source.</param>
/// <param name="Shown">The tier whose buckets are shown; one of the policy's, or one made for the question.</param>
internal sealed record AnswerPiece(RelationId Relation, TimeRange Range, TierLayout Shown)
{
    /// <summary>Columns of states that the relation does not know there: what is read from them is NULL.</summary>
    public IReadOnlySet<string> Unknown { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;
}

/// <summary>Pieces that are shown in the same way: one range of whole buckets, or one bucket that several pieces make up.</summary>
/// <param name="Pieces">At least one, in the order of time; several are merged to one bucket.</param>
/// <param name="IsComplete">False for a bucket of which no piece has some part.</param>
internal sealed record QuerySegment(IReadOnlyList<AnswerPiece> Pieces, bool IsComplete)
{
    /// <summary>The tier whose buckets are shown.</summary>
    public TierLayout Shown => Pieces[0].Shown;

    /// <summary>Columns of states that one of the pieces does not know: a value over a part of a bucket is none of the bucket.</summary>
    public IReadOnlySet<string> Unknown { get; } =
        Pieces.Count == 1 ? Pieces[0].Unknown : Pieces.SelectMany(p => p.Unknown).ToHashSet(StringComparer.Ordinal);
}
