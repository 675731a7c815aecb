using System.Collections.Frozen;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The sets of one relation, moved on by the steps.</summary>
internal sealed class ProjectedSets(RelationLedger ledger)
{
    public bool Created { get; set; } = ledger.Created;

    public List<OwnTable> Tables { get; } = [.. ledger.Tables];

    public RangeSet Writing { get; set; } = ledger.Writing;

    public RangeSet Covered { get; set; } = ledger.Covered;

    public RangeSet Dirty { get; set; } = ledger.Dirty;

    public RangeSet MayShrink { get; set; } = ledger.MayShrink;

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

    /// <summary>By place: what was moved there.</summary>
    public Dictionary<string, RangeSet> Moved { get; } = new(ledger.Moved, StringComparer.Ordinal);

    /// <summary>Where parts were before they were told to move.</summary>
    public IReadOnlyList<BegunMove> Begun { get; private set; } = ledger.Begun;

    /// <summary>By place: what does not move there, by a person's word.</summary>
    public Dictionary<string, RangeSet> Stays { get; } = new(ledger.Stays, StringComparer.Ordinal);

    /// <summary>The move of a range begins.</summary>
    public void BeginMove(Place to, TimeRange range, IReadOnlyList<(string? Part, string? From)> origins) =>
        Begun = BegunMove.With(Begun, to, range, origins);

    /// <summary>A range does not move to a place until a person says otherwise.</summary>
    public void Stay(Place place, TimeRange range) =>
        Set(Stays, place.Text, Stays.GetValueOrDefault(place.Text, RangeSet.Empty).Add(range));

    /// <summary>Moves of a range go on; how many parts of time that changes.</summary>
    public int LetMove(TimeRange range)
    {
        var count = 0;
        foreach (var place in Stays.Keys.ToList())
        {
            count += Stays[place].Intersect(range).Count;
            Set(Stays, place, Stays[place].Remove(range));
        }

        return count;
    }

    /// <summary>The move of a range was taken back.</summary>
    public void TakeBack(Place place, TimeRange range)
    {
        Begun = [.. BegunMove.Without(Begun, b => b.To == place, range)];
        if (Moved.TryGetValue(place.Text, out var moved))
            Set(Moved, place.Text, moved.Remove(range));
    }

    /// <summary>A range is at one place and at no other, of those of the same attribute.</summary>
    public void MoveTo(Place place, TimeRange range)
    {
        var kind = place.Attribute is { } attribute ? $"{attribute}=" : "";
        foreach (var other in Moved.Keys.Where(k => k.StartsWith(kind, StringComparison.Ordinal)).ToList())
            Set(Moved, other, Moved[other].Remove(range));
        Set(Moved, place.Text, Moved.GetValueOrDefault(place.Text, RangeSet.Empty).Add(range));
    }

    /// <summary>A range is at no place any more.</summary>
    public void Unmove(TimeRange range)
    {
        foreach (var place in Moved.Keys.ToList())
            Set(Moved, place, Moved[place].Remove(range));
        LetMove(range);
        Begun = [.. BegunMove.Without(Begun, _ => true, range)];
    }

    /// <summary>Where one of some states is not known.</summary>
    public RangeSet ThinIn(IEnumerable<string> columns) => MissingStates.In(Thin, columns);

    /// <summary>A state that is not known in some buckets more.</summary>
    public void Forget(string column, RangeSet buckets) => SetThin(column, Thin.GetValueOrDefault(column, RangeSet.Empty).Union(buckets));

    public void SetThin(string column, RangeSet buckets) => Set(Thin, column, buckets);

    private static void Set(Dictionary<string, RangeSet> sets, string key, RangeSet ranges)
    {
        if (ranges.IsEmpty)
            sets.Remove(key);
        else
            sets[key] = ranges;
    }

    public RangeSet CutRanges => Cut.Count == 0 ? RangeSet.Empty : RangeSet.Of(Cut.Select(c => c.Bucket));

    /// <summary>The sets as they are now.</summary>
    public RelationLedger Ledger =>
        new()
        {
            Created = Created,
            Tables = [.. Tables],
            Writing = Writing,
            Covered = Covered,
            Dirty = Dirty,
            MayShrink = MayShrink.Intersect(Dirty),
            Lost = Lost,
            Frozen = Frozen,
            Halted = Halted,
            Accepted = Accepted,
            Archived = Archived,
            Unarchived = Unarchived,
            Cut = [.. Cut],
            Columns = [.. Columns],
            Thin = Thin.Count == 0 ? FrozenDictionary<string, RangeSet>.Empty : Thin.ToFrozenDictionary(),
            Begun = Begun,
            Stays = Stays.Count == 0 ? FrozenDictionary<string, RangeSet>.Empty : Stays.ToFrozenDictionary(),
            Moved = Moved.Count == 0 ? FrozenDictionary<string, RangeSet>.Empty : Moved.ToFrozenDictionary(),
        };

    /// <summary>Buckets that a removed range of the relation that they are taken from leaves in part are cut.</summary>
    public void CutAt(TierReader reader, TimeRange range, RelationId relation)
    {
        foreach (var edge in new[] { range.From, range.To })
        {
            if (reader.Split(edge) is { } bucket && !CutRanges.Covers(bucket))
                Cut.Add(new(bucket, 0, ByOthers: false) { Input = relation });
        }
    }
}
