using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What was seen of one table at one moment: the second input of the planner.</summary>
public sealed record TableState
{
    /// <summary>What the catalog knows.</summary>
    public required Ledger Ledger { get; init; }

    /// <summary>Rows of the source, from the engine's own count.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes of the source; 0 where unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>Rows of the source that were removed or replaced and whose room is not free yet; 0 where nobody asked.</summary>
    public long Dead { get; init; }

    /// <summary>True where rows that are deleted become such ones.</summary>
    public bool LeavesDeadRows { get; init; }

    /// <summary>The oldest finite instant outside of what was expired; null without such a row.</summary>
    public Instant? First { get; init; }

    /// <summary>The newest finite instant at or before the planning instant; null without such a row.</summary>
    public Instant? Last { get; init; }

    /// <summary>Rows whose time is NULL, infinite or out of range: in no bucket, never expired.</summary>
    public long Timeless { get; init; }

    /// <summary>Those of them whose time is neither NULL nor infinite, and beyond <see cref="TimeColumn.Known"/>.</summary>
    public long OutOfRange { get; init; }

    /// <summary>Rows later than the planning instant.</summary>
    public RowExtent Future { get; init; } = RowExtent.None;

    /// <summary>Rows in ranges of the source that Varve expired: they came too late.</summary>
    public RowExtent Frozen { get; init; } = RowExtent.None;

    /// <summary>Where those rows lie, in buckets of the first tier; looked up where they are to be merged.</summary>
    public RangeSet Late { get; init; } = RangeSet.Empty;

    /// <summary>Buckets of the first tier that no longer agree with the source inside the watched window.</summary>
    public IReadOnlyList<BucketChange> Changes { get; init; } = [];

    /// <summary>
    /// The start of the oldest covered bucket with rows that still agrees with the source: fewer rows up to there were
    /// removed by somebody else, fewer rows after it by a correction. Null where none agrees.
    /// </summary>
    public Instant? OldestUnchanged { get; init; }

    /// <summary>
    /// By tier that is built from the source besides the first: those of its buckets around changed ones that differ
    /// themselves; of the first tier, those inside of these. A tier that is missing was not looked at.
    /// </summary>
    public IReadOnlyDictionary<RelationId, IReadOnlyList<BucketChange>> EnclosingChanges { get; init; } =
        new Dictionary<RelationId, IReadOnlyList<BucketChange>>();

    /// <summary>By tier: labels that are no boundary any more since the zone data changed.</summary>
    public IReadOnlyDictionary<RelationId, IReadOnlyList<Instant>> StaleLabels { get; init; } =
        new Dictionary<RelationId, IReadOnlyList<Instant>>();

    /// <summary>The buckets of the first tier that were compared with the source.</summary>
    internal RangeSet Compared { get; init; } = RangeSet.Empty;

    /// <summary>
    /// The newest arrival stamp up to the planning instant, in microseconds; null without an arrival column or such a stamp.
    /// </summary>
    public long? ArrivalSeen { get; init; }

    /// <summary>
    /// Rows of the source that the steps of the plan remove, counted; null where a plan without a brake has no use for it.
    /// </summary>
    public long? Going { get; init; }

    /// <summary>About how many series there are; 0 where it was not looked up.</summary>
    public long Series { get; init; }

    /// <summary>
    /// By tier: where it has rows that the catalog says were never built. Only an older catalog, or a table from elsewhere,
    /// explains them.
    /// </summary>
    public IReadOnlyDictionary<RelationId, TimeRange> Unknown { get; init; } = new Dictionary<RelationId, TimeRange>();

    /// <summary>
    /// The days of UTC on which the source or a tier has rows, in the order of time, as far as there is work. Null where it was
    /// not looked at: few slices are due, or many that all have rows.
    /// </summary>
    public IReadOnlyList<DayRows>? Days { get; init; }

    /// <summary>Sizes of the tiers by id.</summary>
    public IReadOnlyDictionary<RelationId, TierSize> Tiers { get; init; } = new Dictionary<RelationId, TierSize>();
}

/// <summary>Rows and bytes of one tier.</summary>
/// <param name="Rows">Rows of its states.</param>
/// <param name="Bytes">Bytes on disk; 0 where unknown.</param>
/// <param name="First">Its oldest bucket; null without rows.</param>
public sealed record TierSize(long Rows, long Bytes, Instant? First)
{
    /// <summary>Its newest bucket; null without rows, and where it was not looked at.</summary>
    public Instant? Last { get; init; }
}

/// <summary>Some rows and the instants between which they lie.</summary>
/// <param name="Rows">How many.</param>
/// <param name="First">The earliest; null for none.</param>
/// <param name="Last">The latest; null for none.</param>
public sealed record RowExtent(long Rows, Instant? First, Instant? Last)
{
    /// <summary>No rows.</summary>
    public static RowExtent None { get; } = new(0, null, null);
}

/// <summary>A covered bucket that no longer agrees with its input.</summary>
/// <param name="Bucket">Which.</param>
/// <param name="Stored">Rows when it was covered.</param>
/// <param name="Found">Rows now.</param>
public sealed record BucketChange(TimeRange Bucket, long Stored, long Found)
{
    /// <summary>Why it was compared; null for what is watched in every run: the first tier.</summary>
    public ComparisonRequest? Asked { get; init; }
}

/// <summary>What the planner wants to be looked at before it plans: pure, from the ledger and the planning instant.</summary>
/// <param name="AsOf">The planning instant.</param>
/// <param name="Recheck">Covered ranges of the first tier to compare with the source.</param>
/// <param name="Frozen">Ranges of the source that were expired.</param>
public sealed record ObservationRequest(Instant AsOf, RangeSet Recheck, RangeSet Frozen)
{
    /// <summary>Compared besides, because a changed policy takes something from there once more.</summary>
    public IReadOnlyList<ComparisonRequest> Asked { get; init; } = [];

    /// <summary>All covered ranges of the first tier of which the source should still have every row.</summary>
    public RangeSet Comparable { get; init; } = RangeSet.Empty;
}

/// <summary>Covered buckets of a tier that are compared before something is taken from the same input once more.</summary>
/// <param name="Tier">Of the source: the first tier where it is covered; where it is new, the finest one that was there.</param>
/// <param name="Ranges">Its buckets.</param>
/// <param name="OnlyRows">True where a new tier asks: it must not miss rows, and takes values as they are now.</param>
public sealed record ComparisonRequest(RelationId Tier, RangeSet Ranges, bool OnlyRows)
{
    /// <summary>What it is compared with.</summary>
    public RelationId Input { get; init; } = RelationId.Source;
}
