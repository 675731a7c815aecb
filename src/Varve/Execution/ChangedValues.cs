using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Values that others changed where nothing is watched any more, without a change of count. The proof finds them when the
/// rows are about to go: a tier that takes them over loses the only copy of the old ones. A few are followed, and said;
/// many, or a bucket of which every value is gone, wait for a person.
/// </summary>
internal sealed class ChangedValues(StepContext context, RelationId relation)
{
    /// <summary>So many buckets of a step are followed in any case.</summary>
    private const int Fewest = 5;

    /// <summary>From there on, more than one bucket in so many waits.</summary>
    private const int OneIn = 20;

    private readonly List<ProofChange> _changes = [];
    private RangeSet _held = RangeSet.Empty;

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<ProofChange> All => _changes;

    /// <summary>Those of some buckets that differ that are not built again, each range with the reason.</summary>
    /// <param name="tier">Whose buckets.</param>
    /// <param name="open">Everything that was compared.</param>
    /// <param name="parts">What differs and would be built again, by the states that are compared.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<(TimeRange Range, string Reason)>> HeldAsync(
        TierLayout tier,
        RangeSet open,
        IReadOnlyList<(CompareSql Compare, IReadOnlyList<Mismatch> Again)> parts,
        CancellationToken cancellationToken
    )
    {
        if (context.Blueprint.Policy.ProofChanges == ProofChanges.Follow)
            return [];
        List<(TimeRange Range, string Reason)> held = [];
        List<Mismatch> changed = [.. parts.SelectMany(p => p.Again).Where(m => m.IsOnlyValues)];
        if (changed.Count > 0)
        {
            var buckets = await context.NumberAsync(
                new CompareSql(context.Blueprint, tier, context.Dialect).BucketCount(open),
                cancellationToken
            );
            var flat = RangeSet.Empty;
            foreach (var (compare, again) in parts)
                flat = flat.Union(await FlatAsync(tier, compare, again, cancellationToken));
            if (changed.Count >= Fewest && changed.Count * (long)OneIn > buckets)
                Hold(
                    RangeSet.Of(changed.Select(m => m.Bucket)),
                    FormattableString.Invariant(
                        $"{changed.Count} of {buckets} buckets of {tier.Id} have other values than when they were built, and as many rows"
                    )
                );
            else if (!flat.IsEmpty)
                Hold(
                    flat,
                    $"in buckets of {tier.Id} every value of a series has become the same, or none, since they were built, and there are as many rows"
                );
        }

        // A longer bucket around those that wait has their values too.
        var around = RangeSet
            .Of(parts.SelectMany(p => p.Again).Select(m => m.Bucket).Where(b => _held.Overlaps(b)))
            .Except(RangeSet.Of(held.Select(h => h.Range)));
        if (!around.IsEmpty)
            Hold(around, $"buckets of {tier.Id} differ as finer ones do that wait");
        return held;

        void Hold(RangeSet ranges, string what)
        {
            held.AddRange(ranges.Select(r => (r, $"{what}: {Ways(r)}")));
            _held = _held.Union(ranges);
            Add(tier, ranges, [.. parts.SelectMany(p => p.Again).Where(m => ranges.Covers(m.Bucket))], waits: true);
        }
    }

    /// <summary>Notes buckets that were built again.</summary>
    public string Follow(TierLayout tier, RangeSet ranges, IReadOnlyList<Mismatch> again)
    {
        var change = Add(tier, ranges, again, waits: false);
        return FormattableString.Invariant(
            $"{PlanText.Count(change.Buckets, "bucket")} of {tier.Id} had changed and {(change.Buckets == 1 ? "was" : "were")} built again: {PlanText.Count(change.Rows, "row")} in {Listed(change.Ranges)}"
        );
    }

    /// <summary>What a proof of other relations found.</summary>
    public void Add(ChangedValues other) => _changes.AddRange(other._changes);

    /// <summary>What was found, for the audit log; null for nothing.</summary>
    public string? Text(bool waits)
    {
        var some = _changes
            .Where(c => c.Waits == waits)
            .Select(c => FormattableString.Invariant($"{c.Tier}: {c.Buckets} buckets, {c.Rows} rows, {string.Join(" ", c.Ranges)}"))
            .ToList();
        return some.Count == 0 ? null : string.Join("; ", some);
    }

    private ProofChange Add(TierLayout tier, RangeSet ranges, IReadOnlyList<Mismatch> differ, bool waits)
    {
        var change = new ProofChange(tier.Id, [.. ranges], differ.Count, differ.Sum(m => m.Found), waits);
        _changes.Add(change);
        return change;
    }

    private async Task<RangeSet> FlatAsync(
        TierLayout tier,
        CompareSql compare,
        IReadOnlyList<Mismatch> again,
        CancellationToken cancellationToken
    )
    {
        var changed = RangeSet.Of(again.Where(m => m.IsOnlyValues).Select(m => m.Bucket));
        if (changed.IsEmpty)
            return changed;
        var rows = await context.Statements.QueryAsync(compare.Flattened(relation, changed), cancellationToken);
        return RangeSet.Of(rows.Select(row => tier.Grid.BucketOf(Micros.ToInstant(row.Long(0)))));
    }

    private string Ways(TimeRange range)
    {
        var policy = context.Blueprint.Policy.Name;
        return $"to let the rows go and keep the tiers as they were built, {WayOut.Accept(policy, range)}; to take over the values that are there now, {WayOut.Rebuild(policy, range)}";
    }

    private static string Listed(IReadOnlyList<TimeRange> ranges) =>
        string.Join(", ", ranges.Take(3)) + (ranges.Count > 3 ? FormattableString.Invariant($" and {ranges.Count - 3} more ranges") : "");
}

/// <summary>What a proof found changed in one tier.</summary>
/// <param name="Tier">The tier's id.</param>
/// <param name="Ranges">Where.</param>
/// <param name="Buckets">How many buckets.</param>
/// <param name="Rows">The rows of the series that changed in them.</param>
/// <param name="Waits">True where they stay as they were built until a person has looked; false where they were built again.</param>
public sealed record ProofChange(RelationId Tier, IReadOnlyList<TimeRange> Ranges, long Buckets, long Rows, bool Waits);
