using NodaTime;
using Varve.Engines.Tests.Truth;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>What the rules of semantics, section 5, say of a table: which rows each bucket must hold after each run.</summary>
public sealed class HistoryModel(HistoryPolicy policy)
{
    private readonly Dictionary<string, ModelTier> _known = [];
    private IReadOnlyList<int?> _keeps = [];
    private bool _canCut;

    public HistoryPolicy Policy => policy;

    public HistoryRevision Revision { get; private set; } = policy.First;

    /// <summary>Its tiers are no longer those of the beginning.</summary>
    public bool IsGrown { get; private set; }

    /// <summary>A tier went: what it fed is built from something else.</summary>
    public bool IsShrunk { get; private set; }

    /// <summary>Some bucket may have been built while the policy asked for other functions.</summary>
    public bool IsReworded { get; private set; }

    public TrueTiers Grids { get; private set; } = null!;

    public IReadOnlyList<ModelTier> Tiers { get; private set; } = [];

    /// <summary>Rows were erased: where a coarser tier had to keep them, it holds more than the finer one.</summary>
    public bool IsErased { get; private set; }

    public IEnumerable<ModelTier> All => _known.Values;

    /// <summary>Tiers that the policy no longer has and that are not dropped.</summary>
    public IEnumerable<ModelTier> Retired => _known.Values.Except(Tiers);

    /// <summary>The columns of states that the policy asks for.</summary>
    public IReadOnlySet<string> Asked { get; private set; } = new HashSet<string>();

    /// <summary>The source as the user knows it.</summary>
    public Dictionary<long, ModelRow> Source { get; } = [];

    /// <summary>The source as the last whole run left it.</summary>
    public HashSet<long> AtLastRun { get; set; } = [];

    public List<TimeRange> Holds { get; } = [];

    public bool WasEverHeld { get; set; }

    public Instant MaxAsOf { get; private set; } = Instant.MinValue;

    /// <summary>Source rows at or after this are not past any keep that a run knew.</summary>
    public Instant Expired { get; private set; } = Instant.MinValue;

    /// <summary>The newest row that Varve removed.</summary>
    public Instant MaxRemoved { get; set; } = Instant.MinValue;

    public HashSet<long> Removed { get; } = [];

    /// <summary>Rows as they were when Varve removed them after archiving.</summary>
    public List<ModelRow> Archived { get; } = [];

    /// <summary>Rows that came for a time that may have expired already, or for a cut bucket.</summary>
    public HashSet<long> Suspects { get; } = [];

    /// <summary>Rows that came while the last run worked.</summary>
    public HashSet<long> During { get; private set; } = [];

    /// <summary>Rows that came for a time that has expired for sure.</summary>
    public HashSet<long> TooLate { get; } = [];

    public Duration? SourceKeep => Hours(0);

    public Duration? KeepOf(int tier) => Hours(1 + ((List<string>)[.. policy.Widths]).IndexOf(Tiers[tier].Width));

    /// <summary>Source rows before this are past their keep.</summary>
    public Instant Cutoff(Instant asOf) => SourceKeep is { } keep && asOf != Instant.MinValue ? asOf - keep : Instant.MinValue;

    public void Use(Policy applied, HistoryRevision revision)
    {
        IsGrown |= !revision.Tiers.SequenceEqual(policy.First.Tiers);
        IsShrunk |= Revision.Tiers.Except(revision.Tiers).Any();
        IsReworded |= revision.Functions != policy.First.Functions;
        (Revision, Grids, _keeps) = (revision, new(applied, policy.Span), policy.Keeps(revision));
        Tiers =
        [
            .. applied.Tiers.Select(
                (t, i) => _known.TryGetValue(t.Every.Name, out var known) ? known : _known[t.Every.Name] = new(t.Every.Name, Grids.Grid(i))
            ),
        ];
        Asked = applied
            .Measures!.SelectMany(m => MeasureStates.Of(m, hasNaN: m.Column == "v").Select(s => $"{m.Name}_{s}"))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var tier in Retired)
            tier.WasRetired = true;
        _canCut |= Enumerable
            .Range(0, Grids.Count)
            .Any(i => Grids.Input(i) < 0 && (i > 0 || Grids.Policy.Tiers[i].Every.Longest > Duration.FromHours(1)));
    }

    /// <summary>Retired tiers are gone for good.</summary>
    public void Drop()
    {
        foreach (var tier in Retired.ToList())
            _known.Remove(tier.Width);
    }

    /// <summary>Rows were erased; a tier may have had to keep them.</summary>
    public void Erase(IEnumerable<long> rows)
    {
        IsErased = true;
        Removed.UnionWith(rows);
    }

    public void Insert(ModelRow row)
    {
        Source[row.Id] = row;
        if (!row.Row.IsTimed || MaxAsOf == Instant.MinValue)
            return;
        if (row.At < Expired)
            Suspects.Add(row.Id);

        // Where two tiers are built from the source, or buckets are longer than a slice, some slice cuts some bucket.
        if (row.At <= MaxRemoved && !WasEverHeld && !_canCut)
            TooLate.Add(row.Id);
        for (var i = 0; i < Tiers.Count; i++)
            if (Grids.Input(i) < 0 && Grids.Grid(i).BucketOf(row.At).From < Expired)
                Suspects.Add(row.Id);
    }

    /// <summary>Rows came while a run worked, which may have built their buckets before, or expired their time.</summary>
    public void InsertDuring(IReadOnlyList<ModelRow> rows)
    {
        foreach (var row in rows)
            Insert(row);
        During = [.. rows.Where(r => r.Row.IsTimed).Select(r => r.Id)];
        Suspects.UnionWith(During);
    }

    /// <summary>A run as of an instant is over.</summary>
    public void Ran(Instant asOf)
    {
        MaxAsOf = Instant.Max(MaxAsOf, asOf);
        Expired = Instant.Max(Expired, Cutoff(asOf));
        for (var i = 0; i < Tiers.Count; i++)
        {
            Tiers[i].AsOf = Instant.Max(Tiers[i].AsOf, asOf);
            if (KeepOf(i) is { } keep)
                Tiers[i].Expired = Instant.Max(Tiers[i].Expired, asOf - keep);
        }
    }

    public bool IsClosed(TimeRange bucket, Instant asOf) => asOf != Instant.MinValue && bucket.To + policy.Late <= asOf;

    /// <summary>The rows of a bucket, as far as a run may see them.</summary>
    public IReadOnlyList<ModelRow> Visible(IReadOnlyDictionary<long, ModelRow> source, TimeRange bucket) =>
        [.. source.Values.Where(r => r.Row.IsTimed && bucket.Contains(r.At) && !TooLate.Contains(r.Id)).OrderBy(r => r.Id)];

    /// <summary>Others removed rows of a later bucket: one before it is taken for theirs too, and stays as it was built.</summary>
    public bool IsBehindRemoved(ModelBucket bucket, IReadOnlyDictionary<long, ModelRow> source) =>
        Tiers.Count > 0
        && Tiers[0]
            .Buckets.Values.Any(b =>
                b.Range.From > bucket.Range.From && b.Content.Any(r => !source.ContainsKey(r.Id) && !Removed.Contains(r.Id))
            );

    /// <summary>
    /// What expired may have ended inside of it without a row of it, where buckets of another tier end: then it counts as cut.
    /// </summary>
    public bool MayBeSplit(int tier, TimeRange range) =>
        range.From < Expired
        && Enumerable
            .Range(0, Tiers.Count)
            .Any(i => i != tier && Grids.Input(i) < 0 && Grids.Grid(i).BucketOf(range.From).From != range.From);

    /// <summary>What a bucket of a tier may be built from besides its input: every other tier that there is.</summary>
    public IEnumerable<IReadOnlyList<ModelRow>> Regained(ModelTier tier, TimeRange range) =>
        _known.Values.Where(t => t != tier).Select(t => t.Together(range)).OfType<IReadOnlyList<ModelRow>>();

    private Duration? Hours(int relation) => _keeps[relation] is { } hours ? Duration.FromHours(hours) : null;
}
