using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The closed buckets that are not covered or are dirty, tier by tier, and the steps that build them.</summary>
internal sealed class Due
{
    private readonly ProjectedLedger _draft;
    private readonly Instant _closed;
    private readonly Dictionary<RelationId, RangeSet> _needs;

    public Due(ProjectedLedger draft, Cutoffs horizon)
    {
        _draft = draft;
        _closed = horizon.Closed;
        _needs = draft.Blueprint.Tiers.ToDictionary(t => t.Id, t => Missing(t, horizon));
        foreach (var tier in draft.Blueprint.Tiers)
        {
            MarkLost(tier);
            MarkStuck(tier);
        }
    }

    public bool Any => Tiers.Any();

    /// <summary>The start of the oldest bucket that is due; the end of time for none.</summary>
    public Instant Start => Tiers.Select(t => Of(t).Start!.Value).DefaultIfEmpty(Instant.MaxValue).Min();

    /// <summary>What the tiers that are due are built from.</summary>
    public IEnumerable<RelationId> Inputs => Tiers.Select(t => t.Input).Distinct();

    /// <summary>False where every bucket that is due can be built from a tier that knows all of its states.</summary>
    public bool ReadsSource =>
        Tiers.Any(t =>
            t.Input == RelationId.Source
            || !t.WholeBuckets(_draft.States.Known(t.Input, t).Union(_needs[t.Input]).Union(_draft.Of(t.Input).Dirty)).Covers(Of(t))
        );

    private IEnumerable<TierLayout> Tiers => _draft.Blueprint.Tiers.Where(t => !Of(t).IsEmpty);

    private RangeSet Of(TierLayout tier) => _needs[tier.Id].Union(_draft.Of(tier.Id).Dirty);

    /// <summary>
    /// Builds what is due of the buckets that end at or before an instant, finest tier first. As of an instant before one
    /// that was run already, what closed later is left alone, be it dirty.
    /// </summary>
    public void Build(Instant until)
    {
        var reach = Instant.Min(until, _closed);
        foreach (var tier in _draft.Blueprint.Tiers)
        {
            var sets = _draft.Of(tier.Id);
            var due = _needs[tier.Id]
                .Except(sets.Covered)
                .Union(sets.Dirty)
                .Except(sets.CutRanges)
                .Intersect(TimeRange.Before(tier.Grid.Floor(reach)));
            if (due.IsEmpty)
                continue;
            List<(TimeRange Range, RelationId Input)> given = [];
            due = Take(tier, due, input => _draft.States.Known(input, tier), given);
            due = Take(tier, due, input => _draft.AvailableTo(input, tier), given);
            foreach (var (input, ranges) in InOrder(given))
                _draft.RollUp(tier, input, ranges, Why(tier, input, ranges));
            if (!due.IsEmpty)
                _draft.Wait(tier.Id, due, $"{tier.Input} does not cover it yet", person: false);
        }
    }

    private static string Why(TierLayout tier, RelationId input, RangeSet ranges) =>
        input == tier.Input ? "closed and not covered"
        : tier.Unnested.Covers(ranges) ? $"closed and not covered; {tier.Input} does not have their boundaries, which the zone had then"
        : $"closed and not covered; {tier.Input} no longer has it";

    /// <summary>Takes what some input gives as a whole; what is left.</summary>
    private RangeSet Take(TierLayout tier, RangeSet due, Func<RelationId, RangeSet> gives, List<(TimeRange Range, RelationId Input)> given)
    {
        if (due.IsEmpty)
            return due;
        foreach (var (input, nested) in _draft.Inputs(tier, due))
        {
            var whole = due.Intersect(nested).Intersect(tier.WholeBuckets(gives(input)));
            given.AddRange(whole.Select(range => (range, input)));
            due = due.Except(whole);
            if (due.IsEmpty)
                break;
        }

        return due;
    }

    // Oldest first, whatever it is built from: a tier that is being filled begins where its oldest bucket does, also where
    // the run ends in between, and what lies behind that is no change of what is there.
    private static IEnumerable<(RelationId Input, RangeSet Ranges)> InOrder(List<(TimeRange Range, RelationId Input)> given)
    {
        List<TimeRange> some = [];
        RelationId? input = null;
        foreach (var next in given.OrderBy(g => g.Range.From))
        {
            if (input is not null && next.Input != input)
            {
                yield return (input, RangeSet.Of(some));
                some.Clear();
            }

            input = next.Input;
            some.Add(next.Range);
        }

        if (input is not null)
            yield return (input, RangeSet.Of(some));
    }

    private RangeSet Missing(TierLayout tier, Cutoffs horizon)
    {
        var sets = _draft.Of(tier.Id);
        var from = _draft.HistoryStart(tier);
        var to = tier.Grid.Floor(horizon.Closed);
        if (from >= to)
            return RangeSet.Empty;
        return sets.Covered.Union(sets.Lost).Union(sets.CutRanges).Gaps(new TimeRange(from, to));
    }

    /// <summary>What no input will ever give again is lost: recorded, so that nothing waits for it.</summary>
    private void MarkLost(TierLayout tier)
    {
        var lost = Hopeless(tier, _needs[tier.Id]);
        if (lost.IsEmpty)
            return;
        _draft.Steps.Add(
            new PlanStep.Mark
            {
                Relation = tier.Id,
                Lost = lost,
                Reason = "nothing that is left could build it: the coarser tiers answer there",
            }
        );
        _needs[tier.Id] = _needs[tier.Id].Except(lost);
        _draft.Of(tier.Id).Lost = _draft.Of(tier.Id).Lost.Union(lost);
    }

    /// <summary>
    /// What no input will ever give again although it changed stays as it was built: rows came to it while the tier was no
    /// part of the policy.
    /// </summary>
    private void MarkStuck(TierLayout tier)
    {
        var sets = _draft.Of(tier.Id);
        var stuck = Hopeless(
            tier,
            sets.Dirty.Except(sets.CutRanges).Except(sets.Frozen).Intersect(TimeRange.Before(tier.Grid.Floor(_closed)))
        );
        if (stuck.IsEmpty)
            return;
        List<CutBucket> cut =
        [
            .. stuck.SelectMany(tier.Grid.Buckets).Select(b => new CutBucket(b, 0, ByOthers: false) { Input = tier.Input }),
        ];
        _draft.Steps.Add(
            new PlanStep.Mark
            {
                Relation = tier.Id,
                Cut = cut,
                Reason =
                    "they changed while the tier was no part of the policy, and what they could be built from has expired: they stay as they were built",
            }
        );
        sets.Cut.AddRange(cut);
        sets.Dirty = sets.Dirty.Except(stuck);
    }

    private RangeSet Hopeless(TierLayout tier, RangeSet buckets)
    {
        if (buckets.IsEmpty)
            return buckets;
        foreach (var (input, nested) in _draft.Inputs(tier, buckets))
        {
            buckets = buckets.Except(nested).Union(buckets.Intersect(tier.BucketsTouching(_draft.Unavailable(input, tier))));
            if (buckets.IsEmpty)
                break;
        }

        return buckets;
    }
}
