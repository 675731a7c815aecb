using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// A table as it will be at any instant: what lies there now and what comes at the measured rate, without what a run as of
/// that instant would have removed. Used by one forecast only.
/// </summary>
internal sealed class TableProjection
{
    private readonly PolicyLayout _blueprint;
    private readonly TableState _state;
    private readonly MeasuredLoad _load;
    private readonly Cutoffs _now;
    private readonly Dictionary<RelationId, List<RowSegment>> _strata = [];
    private readonly Dictionary<RelationId, RowsPerBucket> _paces = [];

    public TableProjection(PolicyLayout blueprint, TableState state, Plan plan, MeasuredLoad load)
    {
        (_blueprint, _state, _load) = (blueprint, state, load);
        _now = Cutoffs.At(blueprint, plan.AsOf, state.Last);
        foreach (var (relation, strata) in load.Strata)
            _strata[relation] = [.. strata];
        foreach (var tier in blueprint.Tiers)
            _paces[tier.Id] = PaceOf(tier);
        foreach (var step in plan.Steps.OfType<PlanStep.RollUp>().Where(s => !s.Again))
            Build(blueprint.Tier(step.Relation), step);
    }

    public Instant AsOf => _now.AsOf;

    public RowsPerBucket Pace(RelationId tier) => _paces[tier];

    /// <summary>Rows of a relation after a run as of an instant; of a retired tier those that it has.</summary>
    public double Rows(RelationId relation, Instant at)
    {
        if (relation == RelationId.Source)
        {
            var left = Gone(relation, at).Complement();
            return Staying + In(relation, left) + Coming(left.Intersect(new TimeRange(AsOf, at)));
        }

        if (_blueprint.Tiers.FirstOrDefault(t => t.Id == relation) is not { } tier)
            return _state.Tiers.GetValueOrDefault(relation)?.Rows ?? 0;
        var kept = Gone(relation, at).Complement();
        var built = kept.Intersect(new TimeRange(tier.Grid.Floor(_now.Closed), tier.Grid.Floor(At(at).Closed)));
        return In(relation, kept) + Math.Min(tier.Buckets(built) * Pace(relation).PerBucket, Coming(built));
    }

    /// <summary>Rows that will have been removed from the source.</summary>
    public double Removed(Instant at)
    {
        var gone = Gone(RelationId.Source, at);
        return In(RelationId.Source, gone) + Coming(gone.Intersect(new TimeRange(AsOf, at)));
    }

    /// <summary>Rows that come in a day.</summary>
    public double PerDay(RelationId relation)
    {
        if (relation == RelationId.Source)
            return _load.PerDay;
        if (_blueprint.Tiers.FirstOrDefault(t => t.Id == relation) is not { } tier)
            return 0;
        var year = new TimeRange(tier.Grid.Floor(AsOf), tier.Grid.Floor(AsOf + Duration.FromDays(1461)));
        return year.IsEmpty ? 0 : Math.Min(_load.PerDay, tier.Buckets(year) * Pace(relation).PerBucket / (year.To - year.From).TotalDays);
    }

    /// <summary>What is not removed by age: held, or waiting for a person.</summary>
    public IEnumerable<(TimeRange Range, Instant? Until)> Kept(RelationId relation)
    {
        var ledger = _state.Ledger.Of(relation);
        return _state
            .Ledger.Holds.Where(h => h.Relation is null || h.Relation == relation)
            .Select(h => (h.Range, h.Until))
            .Concat(ledger.Halted.Except(ledger.Accepted).Select(r => (r, (Instant?)null)));
    }

    /// <summary>Rows of the source that are in no bucket, or came for one that has expired, and are not touched.</summary>
    private double Staying =>
        _state.Timeless + (_blueprint.Policy.LateAfterExpiry == Policies.LateAfterExpiry.Hold ? _state.Frozen.Rows : 0);

    private double In(RelationId relation, RangeSet set) => _strata.TryGetValue(relation, out var strata) ? strata.Sum(s => s.In(set)) : 0;

    private double Coming(RangeSet set) => set.Sum(r => (r.To - r.From).TotalDays) * _load.PerDay;

    private Cutoffs At(Instant at) => Cutoffs.At(_blueprint, at, _load.PerDay > 0 ? at : _state.Last);

    /// <summary>What a run as of an instant has removed; a tier only where source and input are gone, and by whole buckets.</summary>
    private RangeSet Gone(RelationId relation, Instant at)
    {
        var kept = RangeSet.Of(Kept(relation).Where(k => k.Until is null || k.Until > at).Select(k => k.Range));
        var past = RangeSet.Of(TimeRange.Before(At(at).ExpiryCutoff(relation))).Except(kept);
        if (relation == RelationId.Source || past.IsEmpty)
            return past;
        var tier = _blueprint.Tier(relation);
        foreach (var finer in new[] { RelationId.Source, tier.Input }.Distinct())
            past = past.Intersect(Gone(finer, at));
        return tier.WholeBuckets(past);
    }

    private RowsPerBucket PaceOf(TierLayout tier)
    {
        var strata = _strata.GetValueOrDefault(tier.Id);
        if (strata is not { Count: > 0 })
            return _load.Sampled.GetValueOrDefault(tier.Id) ?? new(new(AsOf, AsOf), 0, 0);
        var covered = _state.Ledger.Of(tier.Id).Covered.End ?? Instant.MinValue;
        var end = Instant.Min(Instant.Max(covered, strata[^1].Range.To), _now.Closed);
        var window = SampleWindows.Recent(tier, strata[0].Range.From, tier.Grid.Floor(end));
        return new(window, In(tier.Id, RangeSet.Of(window)), tier.Buckets(window));
    }

    /// <summary>What the next run builds: buckets in which the input has rows, at most as many as it has.</summary>
    private void Build(TierLayout tier, PlanStep.RollUp step)
    {
        if (!_strata.TryGetValue(step.Input, out var input))
            return;
        var ranges = step.Ranges.Intersect(tier.BucketsTouching(RangeSet.Of(input.Select(s => s.Range))));
        var (buckets, most) = (tier.Buckets(ranges), input.Sum(s => s.In(ranges)));
        if (buckets <= 0 || most <= 0)
            return;
        var rows = Math.Min(buckets * Pace(tier.Id).PerBucket, most);
        if (!_strata.TryGetValue(tier.Id, out var built))
            _strata[tier.Id] = built = [];
        built.AddRange(ranges.Select(r => new RowSegment(r, rows * tier.Buckets(r) / buckets)));
    }
}
