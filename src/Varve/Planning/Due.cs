using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The closed buckets that are not covered or are dirty, tier by tier, and the steps that build them.</summary>
internal sealed class Due
{
    private readonly Draft _draft;
    private readonly Instant _closed;
    private readonly Dictionary<string, RangeSet> _needs;

    public Due(Draft draft, Horizon horizon)
    {
        _draft = draft;
        _closed = horizon.Closed;
        _needs = draft.Blueprint.Tiers.ToDictionary(t => t.Id, t => Missing(t, horizon));
        foreach (var tier in draft.Blueprint.Tiers) MarkLost(tier);
    }

    public bool Any => Tiers.Any();

    /// <summary>The start of the oldest bucket that is due; the end of time for none.</summary>
    public Instant Start => Tiers.Select(t => Of(t).Start!.Value).DefaultIfEmpty(Instant.MaxValue).Min();

    /// <summary>What the tiers that are due are built from.</summary>
    public IEnumerable<string> Inputs => Tiers.Select(t => t.Input).Distinct();

    /// <summary>False where every bucket that is due can be built from a tier that knows all of its states.</summary>
    public bool ReadsSource => Tiers.Any(t => t.Input == Relations.Source
        || !t.Whole(_draft.States.Known(t.Input, t).Union(_needs[t.Input]).Union(_draft.Of(t.Input).Dirty)).Covers(Of(t)));

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
            var due = _needs[tier.Id].Except(sets.Covered).Union(sets.Dirty).Except(sets.CutRanges)
                .Intersect(TimeRange.Before(tier.Grid.Floor(reach)));
            if (due.IsEmpty) continue;
            due = Build(tier, due, input => _draft.States.Known(input, tier));
            due = Build(tier, due, input => _draft.Gives(input, tier));
            if (!due.IsEmpty) _draft.Wait(tier.Id, due, $"{tier.Input} does not cover it yet", person: false);
        }
    }

    /// <summary>Builds what some input gives as a whole; what is left.</summary>
    private RangeSet Build(TierLayout tier, RangeSet due, Func<string, RangeSet> gives)
    {
        if (due.IsEmpty) return due;
        foreach (var input in _draft.Inputs(tier, due))
        {
            var whole = due.Intersect(tier.Whole(gives(input)));
            if (whole.IsEmpty) continue;
            _draft.RollUp(tier, input, whole, input == tier.Input ? "closed and not covered" : $"closed and not covered; {tier.Input} no longer has it");
            due = due.Except(whole);
            if (due.IsEmpty) break;
        }

        return due;
    }

    private RangeSet Missing(TierLayout tier, Horizon horizon)
    {
        var sets = _draft.Of(tier.Id);
        var from = _draft.Since(tier);
        var to = tier.Grid.Floor(horizon.Closed);
        if (from >= to) return RangeSet.Empty;
        return sets.Covered.Union(sets.Lost).Union(sets.CutRanges).Gaps(new TimeRange(from, to));
    }

    /// <summary>What no input will ever give again is lost: recorded, so that nothing waits for it.</summary>
    private void MarkLost(TierLayout tier)
    {
        var lost = _needs[tier.Id];
        if (lost.IsEmpty) return;
        foreach (var input in _draft.Inputs(tier, lost))
        {
            lost = lost.Intersect(tier.Covers(_draft.Spoilt(input, tier)));
            if (lost.IsEmpty) return;
        }

        _draft.Steps.Add(new PlanStep.Mark
        {
            Relation = tier.Id,
            Lost = lost,
            Reason = "nothing that is left could build it: the coarser tiers answer there",
        });
        _needs[tier.Id] = _needs[tier.Id].Except(lost);
        _draft.Of(tier.Id).Lost = _draft.Of(tier.Id).Lost.Union(lost);
    }
}
