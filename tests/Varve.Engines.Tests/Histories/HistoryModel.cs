using NodaTime;
using Varve.Engines.Tests.Truth;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>What the rules of semantics, section 5, say of a table: which rows each bucket must hold after each run.</summary>
public sealed class HistoryModel(HistoryPolicy policy)
{
    private readonly IReadOnlyList<int?> _keeps = policy.Keeps();
    private readonly Dictionary<string, ModelTier> _known = [];

    public HistoryPolicy Policy => policy;

    public bool IsGrown { get; private set; }

    public TrueTiers Grids { get; private set; } = null!;

    public IReadOnlyList<ModelTier> Tiers { get; private set; } = [];

    /// <summary>The source as the user knows it.</summary>
    public Dictionary<long, ModelRow> Source { get; } = [];

    /// <summary>The source as the last whole run left it.</summary>
    public HashSet<long> AtLastRun { get; set; } = [];

    public List<TimeRange> Holds { get; } = [];

    public bool WasEverHeld { get; set; }

    public Instant MaxAsOf { get; set; } = Instant.MinValue;

    /// <summary>The newest row that Varve removed.</summary>
    public Instant MaxRemoved { get; set; } = Instant.MinValue;

    public HashSet<long> Removed { get; } = [];

    /// <summary>Rows that came for a time that may have expired already, or for a cut bucket.</summary>
    public HashSet<long> Suspects { get; } = [];

    /// <summary>Rows that came for a time that has expired for sure.</summary>
    public HashSet<long> TooLate { get; } = [];

    // Where two tiers are built from the source, or buckets are longer than a slice, some slice cuts some bucket.
    private bool CanCut => Enumerable.Range(0, Grids.Count).Any(i => Grids.Input(i) < 0 && (i > 0 || Grids.Policy.Tiers[i].Every.Longest > Duration.FromHours(1)));

    public Duration? SourceKeep => Hours(0);

    public Duration? KeepOf(int tier) => Hours(1 + ((List<string>)[.. policy.Widths]).IndexOf(Grids.Policy.Tiers[tier].Every.Name));

    /// <summary>Source rows before this are past their keep.</summary>
    public Instant Cutoff(Instant asOf) => SourceKeep is { } keep && asOf != Instant.MinValue ? asOf - keep : Instant.MinValue;

    public void Use(Varve.Policies.Policy applied, bool grown)
    {
        IsGrown = grown;
        Grids = new(applied, policy.Span);
        Tiers = [.. applied.Tiers.Select(t => _known.TryGetValue(t.Every.Name, out var known) ? known : _known[t.Every.Name] = new())];
    }

    public void Insert(ModelRow row)
    {
        Source[row.Id] = row;
        if (!row.Row.IsTimed || MaxAsOf == Instant.MinValue) return;
        if (row.At < Cutoff(MaxAsOf)) Suspects.Add(row.Id);
        if (row.At <= MaxRemoved && !WasEverHeld && !CanCut) TooLate.Add(row.Id);
        for (var i = 0; i < Tiers.Count; i++)
            if (Grids.Input(i) < 0 && Grids.Grid(i).BucketOf(row.At).From < Cutoff(MaxAsOf)) Suspects.Add(row.Id);
    }

    public bool IsClosed(TimeRange bucket, Instant asOf) => asOf != Instant.MinValue && bucket.To + policy.Late <= asOf;

    /// <summary>The rows of a bucket, as far as a run may see them.</summary>
    public IReadOnlyList<ModelRow> Visible(IReadOnlyDictionary<long, ModelRow> source, TimeRange bucket) =>
        [.. source.Values.Where(r => r.Row.IsTimed && bucket.Contains(r.At) && !TooLate.Contains(r.Id)).OrderBy(r => r.Id)];

    private Duration? Hours(int relation) => _keeps[relation] is { } hours ? Duration.FromHours(hours) : null;
}
