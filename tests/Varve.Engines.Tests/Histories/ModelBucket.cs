using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>A row with the key by which the model follows it.</summary>
public sealed record ModelRow(long Id, SourceRow Row)
{
    public Instant At => Row.At!.Value;
}

/// <summary>What one bucket of one tier must hold: the rows that the run saw which built it.</summary>
public sealed class ModelBucket(TimeRange range)
{
    public TimeRange Range { get; } = range;

    public IReadOnlyList<ModelRow> Content { get; set; } = [];

    /// <summary>What it held when a policy asked for other functions first: columns that are not asked for may still be of that.</summary>
    public IReadOnlyList<ModelRow>? Formerly { get; set; }

    /// <summary>The columns of states that it must know; others may be NULL.</summary>
    public IReadOnlySet<string> Known { get; set; } = new HashSet<string>();

    /// <summary>Varve has removed some of its rows from the source: it is never built again.</summary>
    public bool IsCut { get; set; }

    /// <summary>It came with a tier that was added too late for it.</summary>
    public bool IsLost { get; set; }

    /// <summary>Gone from the tier, past its keep.</summary>
    public bool IsGone { get; set; }

    /// <summary>Two things happened to it at once that nobody can tell apart: the model has no opinion.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Others removed rows of it, and more came: only a person can let go of them.</summary>
    public bool IsMixed { get; set; }

    /// <summary>Rows that others removed, and that a run saw missing while it looked.</summary>
    public HashSet<long> KnownMissing { get; } = [];

    public bool Has(long id) => Content.Any(r => r.Id == id);
}

/// <summary>One tier of the model.</summary>
public sealed class ModelTier(string width, TrueGrid grid)
{
    public string Width { get; } = width;

    public TrueGrid Grid { get; } = grid;

    public SortedDictionary<Instant, ModelBucket> Buckets { get; } = [];

    /// <summary>False until the first run that knew it.</summary>
    public bool WasRun => AsOf != Instant.MinValue;

    /// <summary>The latest instant as of which a run knew it.</summary>
    public Instant AsOf { get; set; } = Instant.MinValue;

    /// <summary>Buckets that end after this are not past any keep that a run knew.</summary>
    public Instant Expired { get; set; } = Instant.MinValue;

    /// <summary>The policy was without it for some time.</summary>
    public bool WasRetired { get; set; }

    /// <summary>
    /// What its buckets of a range hold together; null where the range is not made of buckets, or one of them says nothing.
    /// </summary>
    public IReadOnlyList<ModelRow>? Together(TimeRange range)
    {
        if (Grid.BucketOf(range.From).From != range.From || Grid.BucketOf(range.To).From != range.To)
            return null;
        var inside = Buckets.Values.Where(b => range.Contains(b.Range)).ToList();
        return inside.Exists(b => b.IsOpen || b.IsLost) ? null : [.. inside.SelectMany(b => b.Content).OrderBy(r => r.Id)];
    }
}
