using System.Collections.Frozen;
using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The ledger as it will be while the plan is carried out: each step that is added moves it on, so that what follows is
/// decided on what will then be true. Used by one call of the planner only.
/// </summary>
internal sealed class Draft
{
    private const int MostRanges = 200;

    private readonly Dictionary<string, Sets> _sets;
    private readonly TableState _state;

    public Draft(Blueprint blueprint, TableState state)
    {
        Blueprint = blueprint;
        _state = state;
        _sets = blueprint.Tiers.Concat(blueprint.Retired).Select(t => t.Id).Append(Relations.Source).ToDictionary(id => id, id => new Sets(state.Ledger.Of(id)));
        Start = History(blueprint, state);
    }

    public Blueprint Blueprint { get; }

    public Ledger Ledger => _state.Ledger;

    public List<PlanStep> Steps { get; } = [];

    public List<Wait> Waits { get; } = [];

    /// <summary>The oldest instant that anything is known of; null for a table that never had a row.</summary>
    public Instant? Start { get; }

    public Sets Of(string relation) => _sets[relation];

    /// <summary>What a relation can give as an input: whole, and as it should be.</summary>
    public RangeSet Gives(string relation) => relation == Relations.Source ? Spoilt(relation).Complement() : Left(relation);

    private RangeSet Left(string tier)
    {
        var sets = Of(tier);
        var before = RangeSet.Of(TimeRange.Before(Since(Blueprint.Tier(tier))));
        return sets.Covered.Union(before).Except(sets.Dirty).Except(sets.Frozen).Except(sets.Lost);
    }

    /// <summary>What a relation gives with every state that the policy asks for.</summary>
    public RangeSet Known(string relation) =>
        relation == Relations.Source ? Gives(relation)
        : Blueprint.Tier(relation).Lacks.Count > 0 ? RangeSet.Empty
        : Gives(relation).Except(Of(relation).ThinIn(Blueprint.StateNames));

    /// <summary>By column: buckets of a tier for which an input does not know a state.</summary>
    public IEnumerable<(string Column, RangeSet Buckets)> Unknown(TierLayout tier, string input, RangeSet ranges)
    {
        if (input == Relations.Source) yield break;
        var lacks = Blueprint.Tier(input).Lacks;
        if (lacks.Count + Of(input).Thin.Count == 0) yield break;
        foreach (var column in Blueprint.StateNames)
        {
            var buckets = lacks.Contains(column) ? ranges : ranges.Intersect(tier.Covers(Of(input).Thin.GetValueOrDefault(column, RangeSet.Empty)));
            if (!buckets.IsEmpty) yield return (column, buckets);
        }
    }

    /// <summary>Some buckets of a tier in parts, each with the columns of states that the tier or its input does not know there.</summary>
    public IReadOnlyList<ThinPart> Thin(TierLayout tier, string input, RangeSet buckets) =>
        Thinness.Split(buckets, Of(tier.Id).Thin.Select(t => (t.Key, t.Value)).Concat(Unknown(tier, input, buckets)));

    /// <summary>
    /// Where the history of a tier begins: nothing is before it, so it counts as covered. A tier that was built begins where
    /// it did, or with rows that are older; a new one where anything is known.
    /// </summary>
    public Instant Since(TierLayout tier)
    {
        var oldest = Of(tier.Id).Covered.Start is not { } covered ? Start
            : _state.First is { } first ? Instant.Min(first, covered) : covered;
        return oldest is { } at ? tier.Grid.Floor(at) : Instant.MinValue;
    }

    /// <summary>What a relation will never give again.</summary>
    public RangeSet Spoilt(string relation)
    {
        var sets = Of(relation);
        if (relation != Relations.Source) return Blueprint.Retired.Any(t => t.Id == relation) ? Left(relation).Complement() : sets.Frozen.Union(sets.Lost);
        var cutByOthers = Blueprint.BuiltFrom(Relations.Source).SelectMany(t => Of(t.Id).Cut).Where(c => c.ByOthers);
        return sets.Frozen.Union(RangeSet.Of(cutByOthers.Select(c => c.Bucket)));
    }

    /// <summary>Where a relation has no rows any more: removed by Varve, or before the oldest row.</summary>
    public RangeSet Gone(string relation) =>
        Of(relation).Frozen.Add(FirstOf(relation) is { } at ? TimeRange.Before(at) : TimeRange.All);

    /// <summary>The oldest instant at which a relation has, or will have, rows; null for none.</summary>
    public Instant? FirstOf(string relation)
    {
        if (relation == Relations.Source) return _state.First;
        var stored = _state.Tiers.GetValueOrDefault(relation)?.First;
        var built = Of(relation).Built;
        return stored is { } a && built is { } b ? Instant.Min(a, b) : stored ?? built;
    }

    /// <summary>
    /// What buckets of a tier can be built from: the planned input first, then the source, then every finer tier, finest
    /// first, retired ones last; a tier only where its boundaries contain those of the buckets, as the zone really had them.
    /// </summary>
    public IEnumerable<string> Inputs(TierLayout tier, RangeSet buckets)
    {
        if (tier.Input != Relations.Source && Fits(tier, Blueprint.Tier(tier.Input), buckets)) yield return tier.Input;
        yield return Relations.Source;
        foreach (var finer in Blueprint.Tiers.TakeWhile(t => t.Id != tier.Id))
            if (finer.Id != tier.Input && Fits(tier, finer, buckets)) yield return finer.Id;
        foreach (var retired in Blueprint.Retired.Where(r => r.Grid.Width.Longest < tier.Grid.Width.Longest))
            if (Fits(tier, retired, buckets)) yield return retired.Id;
    }

    private static bool Fits(TierLayout tier, TierLayout finer, RangeSet buckets) =>
        buckets.IsEmpty || finer.Grid.BoundariesContain(tier.Grid, new(buckets.Start!.Value, buckets.End!.Value), out _);

    public void RollUp(TierLayout tier, string input, RangeSet ranges, string reason)
    {
        var sets = Of(tier.Id);
        AddRollUp(tier, input, ranges.Except(sets.Covered), reason, again: false);
        AddRollUp(tier, input, ranges.Intersect(sets.Covered), "its input changed since it was built", again: true);
        Outdate(input, ranges.Intersect(sets.Covered));
        Learn(tier, input, ranges);

        // Behind what it covers a tier is being filled: a coarser bucket that is there already was built without it, and stays.
        var changed = ranges.Intersect(TimeRange.Before(sets.Covered.End ?? Instant.MinValue));
        sets.Covered = sets.Covered.Union(ranges);
        sets.Dirty = sets.Dirty.Except(ranges);
        sets.Fill(ranges.Start!.Value);
        foreach (var coarser in Blueprint.BuiltFrom(tier.Id))
        {
            var touched = coarser.Covers(changed).Intersect(Of(coarser.Id).Covered).Except(Of(coarser.Id).CutRanges);
            Of(coarser.Id).Dirty = Of(coarser.Id).Dirty.Union(touched.Intersect(coarser.Whole(Spoilt(tier.Id).Complement())));
        }
    }

    /// <summary>The location that rows of a relation go to before they are removed; null for none.</summary>
    public string? ArchiveOf(string relation) => relation == Relations.Source ? Blueprint.Policy.Archive?.To : null;

    /// <summary>Archives what of a range is not archived yet, where the policy asks for it.</summary>
    public void Archive(string relation, TimeRange range)
    {
        if (ArchiveOf(relation) is not { } location) return;
        var sets = Of(relation);
        foreach (var open in RangeSet.Of(range).Except(sets.Archived.Except(sets.Unarchived)))
        {
            Steps.Add(new PlanStep.Archive
            {
                Relation = relation,
                Range = open,
                Location = location,
                Reason = sets.Unarchived.Overlaps(open) ? "rows came after its part was written" : "its rows go next, and the policy asks for an archive first",
                Rows = Estimate.Rows(this, _state, relation, open),
            });
        }

        sets.Archived = sets.Archived.Add(range);
        sets.Unarchived = sets.Unarchived.Remove(range);
    }

    /// <summary>Archives rows that came to ranges whose rows are archived and gone.</summary>
    public void ArchiveAgain(string relation, RangeSet ranges)
    {
        if (ArchiveOf(relation) is null) return;
        Of(relation).Unarchived = Of(relation).Unarchived.Union(ranges);
        foreach (var range in ranges) Archive(relation, range);
    }

    /// <summary>Removes a range; where nothing older is left, everything before it counts as expired too.</summary>
    public void Expire(string relation, TimeRange range, string reason)
    {
        var proofs = Blueprint.BuiltFrom(relation).ToList();
        var rows = Estimate.Rows(this, _state, relation, range);
        Steps.Add(new PlanStep.Expire
        {
            Relation = relation,
            Range = range,
            Proofs = [.. proofs.Select(t => t.Id)],
            Location = ArchiveOf(relation),
            Reason = reason,
            Rows = rows,
            Bytes = Estimate.Bytes(_state, relation, rows),
        });
        var sets = Of(relation);
        var gone = FirstOf(relation) is { } first && first < range.From ? range : TimeRange.Before(range.To);
        sets.Frozen = sets.Frozen.Add(gone);
        foreach (var tier in proofs) Of(tier.Id).CutAt(tier, gone, sets.Frozen);

        foreach (var finer in Blueprint.BuildersOf(relation)) Of(finer).Frozen = Of(finer).Frozen.Union(Settled.Of(this, finer, range));
    }

    /// <summary>Takes buckets of a tier for built, whatever they were built from.</summary>
    public void Adopt(TierLayout tier, RangeSet buckets) => Of(tier.Id).Covered = Of(tier.Id).Covered.Union(buckets);

    /// <summary>What lies before the oldest row of a relation counts as expired from it.</summary>
    public void FreezeWhatIsGone()
    {
        foreach (var relation in Blueprint.Tiers.Select(t => t.Id).Prepend(Relations.Source))
        {
            var (tiers, sets) = (Blueprint.BuiltFrom(relation).ToList(), Of(relation));
            if (tiers.Count == 0) continue;
            var end = (relation == Relations.Source ? _state.First : _state.Tiers.GetValueOrDefault(relation)?.First) ?? tiers.Max(t => Of(t.Id).Covered.End);
            if (end is not { } first || tiers[0].Grid.Floor(first) is var edge && edge <= (tiers.Min(t => Of(t.Id).Covered.Start) ?? first)) continue;
            sets.Frozen = sets.Frozen.Add(TimeRange.Before(edge));
            foreach (var tier in tiers) Of(tier.Id).CutAt(tier, TimeRange.Before(edge), sets.Frozen);
        }
    }

    /// <summary>Notes what is due and waits; ranges that wait for the same reason become one.</summary>
    public void Wait(string relation, RangeSet ranges, string reason, bool person)
    {
        var hull = new TimeRange(ranges.Start!.Value, ranges.End!.Value);
        var same = Waits.FindIndex(w => w.Relation == relation && w.Reason == reason);
        if (same < 0) Waits.Add(new(relation, hull, reason, person));
        else Waits[same] = Waits[same] with { Range = new(Instant.Min(Waits[same].Range.From, hull.From), Instant.Max(Waits[same].Range.To, hull.To)) };
    }

    /// <summary>The buckets of a tier that late rows of some ranges belong to: covered, and neither expired nor lost.</summary>
    public RangeSet Takes(TierLayout tier, RangeSet late)
    {
        var sets = Of(tier.Id);
        if (sets.Covered.IsEmpty || late.IsEmpty) return RangeSet.Empty;
        return tier.Covers(late).Intersect(sets.Covered.Add(TimeRange.Before(sets.Covered.Start!.Value))).Except(sets.Frozen).Except(sets.Lost);
    }

    /// <summary>
    /// Late rows become a part of every tier that takes them: added where the tier can no longer be built from an input that
    /// has them, else built again from that one. What each tier is to be given; rows that none takes are in none.
    /// </summary>
    public IReadOnlyList<(TierLayout Tier, RangeSet Late)> Merge(RangeSet late)
    {
        List<(TierLayout, RangeSet)> given = [];
        Dictionary<string, RangeSet> gives = [];
        foreach (var tier in Blueprint.Tiers)
        {
            var sets = Of(tier.Id);
            var taken = Takes(tier, late);
            var again = tier.Input == Relations.Source ? RangeSet.Empty : taken.Intersect(tier.Whole(gives[tier.Input])).Except(sets.CutRanges);
            var added = taken.Except(again);
            if (!taken.IsEmpty && taken.Start < sets.Covered.Start) sets.Covered = sets.Covered.Add(new(taken.Start!.Value, sets.Covered.Start!.Value));
            sets.Dirty = sets.Dirty.Union(again);
            foreach (var column in Unasked(sets)) sets.Forget(column, added);
            if (!added.IsEmpty) given.Add((tier, late.Intersect(added)));
            if (!added.IsEmpty) sets.Fill(added.Start!.Value);
            gives[tier.Id] = Gives(tier.Id).Union(again);
        }

        foreach (var retired in Blueprint.Retired) Of(retired.Id).Dirty = Of(retired.Id).Dirty.Union(retired.Covers(late).Intersect(Of(retired.Id).Covered));
        return given;
    }

    /// <summary>States that a tier gets: unknown in every bucket that was built before.</summary>
    public void Reshape(TierLayout tier, IReadOnlyList<string> added)
    {
        var sets = Of(tier.Id);
        sets.Columns.AddRange(added);
        if (!sets.Covered.IsEmpty) foreach (var column in added) sets.Thin[column] = sets.Covered;
    }

    /// <summary>A bucket that is built again from the source has changed: what a retired tier has of it is as it was, and no input any more.</summary>
    private void Outdate(string input, RangeSet again)
    {
        if (again.IsEmpty || input != Relations.Source) return;
        foreach (var tier in Blueprint.Retired)
            Of(tier.Id).Dirty = Of(tier.Id).Dirty.Union(tier.Covers(again).Intersect(Of(tier.Id).Covered));
    }

    /// <summary>What was built is known, but for states that the input did not know and those that the policy no longer asks for.</summary>
    private void Learn(TierLayout tier, string input, RangeSet ranges)
    {
        var sets = Of(tier.Id);
        foreach (var (column, thin) in sets.Thin.ToList()) sets.SetThin(column, thin.Except(ranges));
        foreach (var (column, buckets) in Unknown(tier, input, ranges)) sets.Forget(column, buckets);
        foreach (var column in Unasked(sets)) sets.Forget(column, ranges);
    }

    private IEnumerable<string> Unasked(Sets sets) => sets.Columns.Count == 0 ? [] : sets.Columns
        .Where(c => c != Blueprint.Time.Name && !c.StartsWith("varve_", StringComparison.Ordinal))
        .Except(Blueprint.Series.Select(s => s.Name), StringComparer.Ordinal)
        .Except(Blueprint.StateNames, StringComparer.Ordinal);

    private void AddRollUp(TierLayout tier, string input, RangeSet ranges, string reason, bool again)
    {
        foreach (var some in ranges.Chunk(MostRanges))
        {
            var part = RangeSet.Of(some);
            Steps.Add(new PlanStep.RollUp
            {
                Relation = tier.Id,
                Input = input,
                Ranges = part,
                Again = again,
                Reason = reason,
                Rows = Estimate.Written(this, _state, tier, part),
            });
        }
    }

    /// <summary>
    /// The oldest row lies in the first bucket of every tier that was built from the beginning, so at or after the latest of
    /// their starts; a tier that was added later begins behind the end of such a bucket.
    /// </summary>
    private static Instant? History(Blueprint blueprint, TableState state)
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

    /// <summary>The sets of one relation, moved on by the steps.</summary>
    internal sealed class Sets(RelationLedger ledger)
    {
        public bool Created { get; set; } = ledger.Created;

        public RangeSet Covered { get; set; } = ledger.Covered;

        public RangeSet Dirty { get; set; } = ledger.Dirty;

        public RangeSet Lost { get; set; } = ledger.Lost;

        public RangeSet Frozen { get; set; } = ledger.Frozen;

        public RangeSet Halted { get; set; } = ledger.Halted;

        public RangeSet Accepted { get; set; } = ledger.Accepted;

        public RangeSet Archived { get; set; } = ledger.Archived;

        public RangeSet Unarchived { get; set; } = ledger.Unarchived;

        public List<CutBucket> Cut { get; } = [.. ledger.Cut];

        /// <summary>The oldest bucket that this plan builds or adds to; null for none.</summary>
        public Instant? Built { get; private set; }

        public void Fill(Instant from) => Built = Built is { } earlier ? Instant.Min(earlier, from) : from;

        public List<string> Columns { get; } = [.. ledger.Columns];

        public Dictionary<string, RangeSet> Thin { get; } = new(ledger.Thin, StringComparer.Ordinal);

        /// <summary>Where one of some states is not known.</summary>
        public RangeSet ThinIn(IEnumerable<string> columns) => Thin.Count == 0
            ? RangeSet.Empty
            : columns.Aggregate(RangeSet.Empty, (all, column) => all.Union(Thin.GetValueOrDefault(column, RangeSet.Empty)));

        /// <summary>A state that is not known in some buckets more.</summary>
        public void Forget(string column, RangeSet buckets) => SetThin(column, Thin.GetValueOrDefault(column, RangeSet.Empty).Union(buckets));

        public void SetThin(string column, RangeSet buckets)
        {
            if (buckets.IsEmpty) Thin.Remove(column);
            else Thin[column] = buckets;
        }

        public RangeSet CutRanges => Cut.Count == 0 ? RangeSet.Empty : RangeSet.Of(Cut.Select(c => c.Bucket));

        /// <summary>The sets as they are now.</summary>
        public RelationLedger Ledger => new()
        {
            Created = Created,
            Covered = Covered,
            Dirty = Dirty,
            Lost = Lost,
            Frozen = Frozen,
            Halted = Halted,
            Accepted = Accepted,
            Archived = Archived,
            Unarchived = Unarchived,
            Cut = [.. Cut],
            Columns = [.. Columns],
            Thin = Thin.Count == 0 ? FrozenDictionary<string, RangeSet>.Empty : Thin.ToFrozenDictionary(),
        };

        /// <summary>Buckets that a removed range leaves in part are cut; those that are gone as a whole are forgotten.</summary>
        public void CutAt(TierLayout tier, TimeRange range, RangeSet frozen)
        {
            foreach (var edge in new[] { range.From, range.To })
            {
                if (edge == Instant.MinValue || tier.Grid.IsBoundary(edge)) continue;
                var bucket = tier.Grid.BucketOf(edge);
                if (!CutRanges.Covers(bucket)) Cut.Add(new(bucket, 0, ByOthers: false));
            }

            Cut.RemoveAll(c => frozen.Covers(c.Bucket));
        }
    }
}
