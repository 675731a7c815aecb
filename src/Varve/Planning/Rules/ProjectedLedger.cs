using System.Collections.Frozen;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The ledger as it will be while the plan is carried out: each step that is added moves it on, so that what follows is
/// decided on what will then be true. Used by one call of the planner only.
/// </summary>
internal sealed partial class ProjectedLedger
{
    /// <summary>
    /// Each step reads its input from end to end, so that a few large ones are cheaper than many; the statement is kept in the
    /// journal.
    /// </summary>
    private const int MostRanges = 2000;

    private readonly Dictionary<RelationId, ProjectedSets> _sets;
    private readonly TableState _state;

    public ProjectedLedger(PolicyLayout blueprint, TableState state)
    {
        Blueprint = blueprint;
        _state = state;
        _sets = blueprint
            .Tiers.Concat(blueprint.Retired)
            .Select(t => t.Id)
            .Append(RelationId.Source)
            .ToDictionary(id => id, id => new ProjectedSets(state.Ledger.Of(id)));
        Start = History(blueprint, state);
        States = new(this);
        Late = new(this);
        Archives = new(this, state);
    }

    public PolicyLayout Blueprint { get; }

    public Ledger Ledger => _state.Ledger;

    public List<PlanStep> Steps { get; } = [];

    public List<Wait> Waits { get; } = [];

    /// <summary>Which states are known where.</summary>
    public KnownStates States { get; }

    /// <summary>Rows that come too late.</summary>
    public LateRows Late { get; }

    /// <summary>What is archived first.</summary>
    public ArchiveSteps Archives { get; }

    /// <summary>
    /// Where an input changed unwatched: rows may have gone and come there, so that no bucket gets new states from it. The
    /// proof will tell.
    /// </summary>
    public RangeSet UnverifiedSource { get; set; } = RangeSet.Empty;

    /// <summary>The oldest instant that anything is known of; null for a table that never had a row.</summary>
    public Instant? Start { get; private set; }

    public ProjectedSets Of(RelationId relation) => _sets[relation];

    /// <summary>The ledger as it is by now.</summary>
    public Ledger Now =>
        Ledger with
        {
            Relations = Ledger
                .Relations.Where(r => !_sets.ContainsKey(r.Key))
                .Concat(_sets.Select(s => KeyValuePair.Create(s.Key, s.Value.Ledger)))
                .ToFrozenDictionary(),
        };

    /// <summary>
    /// What a relation can give to a tier that is built from it: whole, and as it should be. A bucket that is to be built
    /// again, and is not cut, has lost nothing to others, be it that they took something from around it.
    /// </summary>
    public RangeSet AvailableTo(RelationId relation, TierLayout reader)
    {
        if (relation != RelationId.Source)
            return Available(relation);
        var sets = Of(reader.Id);
        return Unavailable(relation, reader)
            .Complement()
            .Union(sets.Dirty.Except(sets.CutRanges).Intersect(reader.WholeBuckets(Of(relation).Frozen.Complement())));
    }

    /// <summary>What a tier has: whole, and as it should be.</summary>
    public RangeSet Available(RelationId tier)
    {
        var sets = Of(tier);
        var before = RangeSet.Of(TimeRange.Before(HistoryStart(Blueprint.Tier(tier))));
        return sets.Covered.Union(before).Except(sets.Dirty).Except(sets.Frozen).Except(sets.Lost);
    }

    /// <summary>
    /// Where the history of a tier begins: nothing is before it, so it counts as covered. A tier that was built, or of which
    /// buckets are lost, begins where it did, or with rows that are older; a new one where anything is known.
    /// </summary>
    public Instant HistoryStart(TierLayout tier)
    {
        var sets = Of(tier.Id);
        var oldest =
            sets.Covered.Union(sets.Lost).Start is not { } known ? Start
            : _state.First is { } first ? Instant.Min(first, known)
            : known;
        return oldest is { } at ? tier.Grid.Floor(at) : Instant.MinValue;
    }

    /// <summary>History reaches back further: rows came that are older than all that is known.</summary>
    public void ExtendHistory(Instant at) => Start = Start is { } start ? Instant.Min(start, at) : at;

    /// <summary>What a relation will never give again to a tier that is built from it.</summary>
    public RangeSet Unavailable(RelationId relation, TierLayout reader)
    {
        var sets = Of(relation);
        if (relation != RelationId.Source)
            return Blueprint.Retired.Any(t => t.Id == relation) ? Available(relation).Complement() : sets.Frozen.Union(sets.Lost);
        return sets.Frozen.Union(TakenByOthers(reader));
    }

    /// <summary>
    /// Where somebody else removed rows of the source that a tier still counts: no other tier is built from what they left.
    /// A retired one goes no further: a bucket that it has not all of is built from what there is.
    /// </summary>
    public RangeSet TakenByOthers(TierLayout reader) =>
        Blueprint.Retired.Aggregate(
            Blueprint.Tiers.Aggregate(RangeSet.Empty, (all, tier) => all.Union(CutByOthers(tier))),
            (all, retired) => all.Union(CutByOthers(retired).Intersect(reader.WholeBuckets(Available(retired.Id))))
        );

    // A longer bucket around buckets of finer tiers that still agree does not say of which rows somebody else removed some.
    private RangeSet CutByOthers(TierLayout tier)
    {
        var first = Blueprint.Tiers[0];
        var cut = RangeSet.Of(
            Of(tier.Id).Cut.Where(c => c.ByOthers && Blueprint.CountedIn(tier, c) == RelationId.Source).Select(c => c.Bucket)
        );
        if (cut.IsEmpty || tier == first)
            return cut;
        foreach (var finer in Blueprint.Tiers.Where(t => t == first || t.Grid.Width.Longest < tier.Grid.Width.Longest))
        {
            // Before all that it ever was asked for there was no row when the longer bucket was built.
            var sets = Of(finer.Id);
            if (sets.Covered.Union(sets.Lost).Start is { } start)
                cut = cut.Except(sets.Covered.Except(sets.CutRanges).Add(TimeRange.Before(start)));
        }

        return cut;
    }

    /// <summary>Where a relation has no rows any more: removed by Varve, or before the oldest row.</summary>
    public RangeSet Removed(RelationId relation) =>
        Of(relation).Frozen.Add(FirstOf(relation) is { } at ? TimeRange.Before(at) : TimeRange.All);

    /// <summary>The oldest instant at which a relation has, or will have, rows; null for none.</summary>
    public Instant? FirstOf(RelationId relation)
    {
        if (relation == RelationId.Source)
            return _state.First;
        var stored = _state.Tiers.GetValueOrDefault(relation)?.First;
        var built = Of(relation).Built;
        return stored is { } a && built is { } b ? Instant.Min(a, b) : stored ?? built;
    }

    /// <summary>
    /// What buckets of a tier can be built from, and which of them: the planned input first, then the source, then every finer
    /// tier, finest first, retired ones last; a tier only for buckets whose boundaries it has, as the zone really was then.
    /// </summary>
    public IEnumerable<(RelationId Relation, RangeSet Buckets)> Inputs(TierLayout tier, RangeSet buckets)
    {
        if (tier.Input != RelationId.Source)
            yield return (tier.Input, buckets.Except(tier.Unnested));
        yield return (RelationId.Source, buckets);
        var finer = Blueprint.Tiers.TakeWhile(t => t.Id != tier.Id).Where(t => t.Id != tier.Input);
        var retired = Blueprint.Retired.Where(r => r.Aside is null && r.Grid.Width.Longest < tier.Grid.Width.Longest);
        foreach (var other in finer.Concat(retired))
        {
            var nested = buckets.IsEmpty
                ? buckets
                : buckets.Intersect(other.Grid.NestedBuckets(tier.Grid, new(buckets.Start!.Value, buckets.End!.Value)));
            if (!nested.IsEmpty)
                yield return (other.Id, nested);
        }
    }

    /// <summary>
    /// The oldest row lies in the first bucket of every tier that was built from the beginning, so at or after the latest of
    /// their starts; a tier that was added later begins behind the end of such a bucket.
    /// </summary>
    private static Instant? History(PolicyLayout blueprint, TableState state)
    {
        List<TimeRange> firsts =
        [
            .. from tier in blueprint.Tiers.Concat(blueprint.Retired)
            let start = state.Ledger.Of(tier.Id).Covered.Start
            where start is not null
            select tier.Grid.BucketOf(start.Value),
        ];
        Instant? built = firsts.Count == 0 ? null : firsts.Where(f => f.From < firsts.Min(g => g.To)).Max(f => f.From);
        return built is { } at && state.First is { } first ? Instant.Min(at, first) : built ?? state.First;
    }
}
