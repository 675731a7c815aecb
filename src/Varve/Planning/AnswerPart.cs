using Varve.Time;

namespace Varve.Planning;

/// <summary>A range, the relation that answers it, and the buckets that are shown.</summary>
/// <param name="Relation">source or tier id.</param>
/// <param name="Range">Whole buckets of the grid.</param>
/// <param name="Shown">The tier whose buckets are shown; one of the policy's, or one made for the question.</param>
internal sealed record AnswerPart(string Relation, TimeRange Range, TierLayout Shown)
{
    /// <summary>Columns of states that the relation does not know there: what is read from them is NULL.</summary>
    public IReadOnlySet<string> Unknown { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;
}
