using Varve.Time;

namespace Varve.Planning;

/// <summary>Which states of which buckets are known: a changed policy asks for some that nobody kept (thin buckets).</summary>
internal sealed class KnownStates(ProjectedLedger draft)
{
    /// <summary>What a relation gives to a tier with every state that the policy asks for.</summary>
    public RangeSet Known(RelationId relation, TierLayout reader) =>
        relation == RelationId.Source ? draft.Unavailable(relation, reader).Complement().Except(draft.UnverifiedSource)
        : draft.Blueprint.Tier(relation).Lacks.Count > 0 ? RangeSet.Empty
        : draft.Available(relation).Except(draft.Of(relation).ThinIn(draft.Blueprint.StateNames));

    /// <summary>By column: buckets of a tier for which an input does not know a state.</summary>
    public IEnumerable<(string Column, RangeSet Buckets)> Unknown(TierLayout tier, RelationId input, RangeSet ranges)
    {
        if (input == RelationId.Source)
            yield break;
        var lacks = draft.Blueprint.Tier(input).Lacks;
        if (lacks.Count + draft.Of(input).Thin.Count == 0)
            yield break;
        foreach (var column in draft.Blueprint.StateNames)
        {
            var buckets = lacks.Contains(column)
                ? ranges
                : ranges.Intersect(tier.BucketsTouching(draft.Of(input).Thin.GetValueOrDefault(column, RangeSet.Empty)));
            if (!buckets.IsEmpty)
                yield return (column, buckets);
        }
    }

    /// <summary>Some buckets of a tier in parts, each with the columns of states that the tier or its input does not know there.</summary>
    public IReadOnlyList<ThinPart> Thin(TierLayout tier, RelationId input, RangeSet buckets) =>
        MissingStates.Split(buckets, draft.Of(tier.Id).Thin.Select(t => (t.Key, t.Value)).Concat(Unknown(tier, input, buckets)));

    /// <summary>States that a tier gets: unknown in every bucket that was built before.</summary>
    public void Reshape(TierLayout tier, IReadOnlyList<string> added)
    {
        var sets = draft.Of(tier.Id);
        sets.Columns.AddRange(added);
        if (!sets.Covered.IsEmpty)
            foreach (var column in added)
                sets.Thin[column] = sets.Covered;
    }

    /// <summary>What was built is known, but for states that the input did not know and those that the policy no longer asks for.</summary>
    public void Learn(TierLayout tier, RelationId input, RangeSet ranges)
    {
        var sets = draft.Of(tier.Id);
        foreach (var (column, thin) in sets.Thin.ToList())
            sets.SetThin(column, thin.Except(ranges));
        foreach (var (column, buckets) in Unknown(tier, input, ranges))
            sets.Forget(column, buckets);
        foreach (var column in Unasked(sets))
            sets.Forget(column, ranges);
    }

    /// <summary>The columns of states that a table has and the policy no longer asks for.</summary>
    public IEnumerable<string> Unasked(ProjectedSets sets) =>
        sets.Columns.Count == 0
            ? []
            : sets
                .Columns.Where(c => c != draft.Blueprint.Time.Name && !c.StartsWith("varve_", StringComparison.Ordinal))
                .Except(draft.Blueprint.Series.Select(s => s.Name), StringComparer.Ordinal)
                .Except(draft.Blueprint.StateNames, StringComparer.Ordinal);
}
