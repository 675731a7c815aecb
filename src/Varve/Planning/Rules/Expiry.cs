using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What is past its time, relation by relation, and the steps that prove and remove it.</summary>
internal sealed class Expiry
{
    private readonly ProjectedLedger _draft;
    private readonly Cutoffs _horizon;
    private readonly List<(RelationId Relation, Instant Edge)> _edges;

    public Expiry(ProjectedLedger draft, Cutoffs horizon)
    {
        _draft = draft;
        _horizon = horizon;
        _edges =
        [
            .. from relation in draft.Blueprint.Tiers.Select(t => t.Id).Prepend(RelationId.Source)
            let edge = horizon.ExpiryCutoff(relation)
            where edge > Instant.MinValue
            select (relation, edge),
        ];
    }

    public bool Any => _edges.Exists(e => !Past(e.Relation, e.Edge, Instant.MaxValue).IsEmpty);

    /// <summary>The oldest instant that is past its time; the end of time for none.</summary>
    public Instant Start =>
        _edges.Select(e => Past(e.Relation, e.Edge, Instant.MaxValue).Start).OfType<Instant>().DefaultIfEmpty(Instant.MaxValue).Min();

    public Instant End => _edges.Count == 0 ? Instant.MinValue : _edges.Max(e => e.Edge);

    /// <summary>Removes what is past its time up to the end of a slice: the source first, then the tiers, finest first.</summary>
    public void Remove(Instant until)
    {
        foreach (var (relation, edge) in _edges)
        {
            foreach (var range in Allowed(relation, Past(relation, edge, until)))
            {
                if (!Rows(relation, range))
                    continue;
                _draft.Archives.Add(relation, range);
                _draft.Expire(relation, range, Why(relation, edge));
            }
        }
    }

    /// <summary>Archives what would go next of the source, which removes nothing.</summary>
    public void Archive(Instant until)
    {
        foreach (var (relation, edge) in _edges.Where(e => _draft.Archives.Of(e.Relation) is not null))
            foreach (var range in Allowed(relation, Past(relation, edge, until)).Where(r => Rows(relation, r)))
                _draft.Archives.Add(relation, range);
    }

    /// <summary>What of a range may go, as the draft stands: asked again by the executor when it acts.</summary>
    public RangeSet Allowed(RelationId relation, TimeRange range)
    {
        var edge = _edges.Find(e => e.Relation == relation);
        if (edge.Relation is null || range.From >= edge.Edge)
            return RangeSet.Empty;
        return Allowed(relation, RangeSet.Of(range.Intersect(TimeRange.Before(edge.Edge))).Except(_draft.Of(relation).Frozen));
    }

    private RangeSet Allowed(RelationId relation, RangeSet past)
    {
        if (past.IsEmpty)
            return past;
        past = Proven(relation, Unheld(relation, past));

        // A row of a tier is a whole bucket: where only part of it may go, it stays.
        return relation == RelationId.Source ? past : _draft.Blueprint.Tier(relation).WholeBuckets(InputsGone(relation, past));
    }

    private RangeSet Past(RelationId relation, Instant edge, Instant until)
    {
        var grid = _horizon.ExpiryGrid(relation);
        var to = Instant.Min(edge, _horizon.Cut(relation, until));
        if (_draft.FirstOf(relation) is not { } first || first >= to)
            return RangeSet.Empty;
        return _draft.Of(relation).Frozen.Gaps(new TimeRange(grid?.Floor(first) ?? first, to));
    }

    private bool Rows(RelationId relation, TimeRange range) => _draft.FirstOf(relation) is { } first && first < range.To;

    private RangeSet Unheld(RelationId relation, RangeSet past)
    {
        foreach (var hold in _draft.Ledger.Holds)
        {
            if (hold.Relation is { } only && only != relation)
                continue;
            var held = past.Intersect(hold.Range);
            if (held.IsEmpty)
                continue;
            _draft.Wait(
                relation,
                held,
                hold.Until is { } until
                    ? $"held by {hold.Who} until {InstantText.Format(until)}: {hold.Reason}"
                    : $"held by {hold.Who}: {hold.Reason} (policy release ends it)",
                person: false
            );
            past = past.Except(held);
        }

        var halted = past.Intersect(_draft.Ledger.Of(relation).Halted.Except(_draft.Ledger.Of(relation).Accepted));
        if (halted.IsEmpty)
            return past;
        _draft.Wait(relation, halted, Halted(relation), person: true);
        return past.Except(halted);
    }

    private string Halted(RelationId relation)
    {
        var (sets, policy) = (_draft.Ledger.Of(relation), _draft.Blueprint.Policy.Name);
        var open = sets.Halted.Except(sets.Accepted);
        var hull = new TimeRange(open.Start!.Value, open.End!.Value);
        return $"its rows could not be proven covered; history says why. To let them go and keep the tiers as they were built, {WayOut.Accept(policy, hull)}; to build them again from what is there, {WayOut.Rebuild(policy, hull)}";
    }

    /// <summary>Only where every tier that is built from it covers every bucket that it touches, with nothing dirty in it.</summary>
    private RangeSet Proven(RelationId relation, RangeSet past)
    {
        var grid = _horizon.ExpiryGrid(relation);
        foreach (var reader in _draft.Blueprint.ReadersOf(relation))
        {
            var sets = _draft.Of(reader.Tier.Id);
            var done = sets.Covered.Except(sets.Dirty).Union(sets.CutRanges).Union(sets.Lost);
            var open = reader.Touched(past).Intersect(TimeRange.Since(_draft.HistoryStart(reader.Tier))).Except(done);

            // What it takes from the source besides its input need not begin where the relation may be cut.
            var blocked = past.Intersect(grid is null ? open : RangeSet.Of(open.Select(grid.Cover)));
            if (blocked.IsEmpty)
                continue;
            _draft.Wait(relation, blocked, $"{reader.Tier.Id} does not cover it yet", person: false);
            past = past.Except(blocked);
        }

        return past;
    }

    private RangeSet InputsGone(RelationId relation, RangeSet past)
    {
        var input = _draft.Blueprint.Tier(relation).Input;
        foreach (var finer in new[] { RelationId.Source, input }.Distinct())
        {
            var waiting = past.Except(_draft.Removed(finer));
            if (waiting.IsEmpty)
                continue;
            _draft.Wait(relation, waiting, $"the same range of {finer} is still there", person: false);
            past = past.Except(waiting);
        }

        return past;
    }

    private string Why(RelationId relation, Instant edge)
    {
        var keep = relation == RelationId.Source ? _draft.Blueprint.Policy.Keep : _draft.Blueprint.Tier(relation).Keep;
        return $"older than {keep.Text}: ended before {InstantText.Format(edge)}";
    }
}
