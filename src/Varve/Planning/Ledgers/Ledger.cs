using System.Collections.Frozen;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What the catalog knows of one policy: what is proven covered, what changed since, what is gone.</summary>
public sealed record Ledger
{
    /// <summary>The revision of the policy, from 1 on.</summary>
    public required int Revision { get; init; }

    /// <summary>SHA-256 of the policy's canonical JSON, lower-case hex.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>The revision whose removals a person has confirmed; 0 for none.</summary>
    public required int ConfirmedRevision { get; init; }

    /// <summary>The policy of <see cref="ConfirmedRevision"/>; null for none.</summary>
    public Policies.Policy? ConfirmedPolicy { get; init; }

    /// <summary>The revision that the views were written for; 0 before the first.</summary>
    public required int PublishedRevision { get; init; }

    /// <summary>By <see cref="RelationId.Source"/> or tier id; a relation that is missing was never touched.</summary>
    public required FrozenDictionary<RelationId, RelationLedger> Relations { get; init; }

    /// <summary>The holds that are in force at the planning instant.</summary>
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>What holds kept that a person has ended, until what goes of it was confirmed.</summary>
    public IReadOnlyList<ReleasedRange> Released { get; init; } = [];

    /// <summary>The newest arrival stamp that was read, in microseconds; null before the first.</summary>
    public long? ArrivalSeen { get; init; }

    /// <summary>
    /// By column of the source: the type that the tiers were built with, as the engine writes it; empty before the first.
    /// </summary>
    public FrozenDictionary<string, string> Types { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The version of the zone data that the coverage was built with; null before the first run.</summary>
    public string? ZoneVersion { get; init; }

    /// <summary>How often it was written; 0 for one that never was. Who writes it says which one was read.</summary>
    internal long Version { get; init; }

    /// <summary>What the engine itself says of the row as it was read; empty where it says nothing, or where that is not known.</summary>
    internal IReadOnlyList<long> Row { get; init; } = [];

    /// <summary>
    /// What an expiry has proven and begun to remove. It is gone for everybody: what is left of it is removed by whoever works
    /// on the policy next.
    /// </summary>
    internal IReadOnlyList<GoingRange> Going { get; init; } = [];

    /// <summary>The <see cref="Version"/> that the catalog's tables for people show.</summary>
    internal long Shown { get; init; }

    /// <summary>The parts that the stitched view was last written with; empty before the first.</summary>
    internal IReadOnlyList<StitchPart> Edges { get; init; } = [];

    /// <summary>The parts of the source as they were compared, oldest first; none where the engine does not count changes.</summary>
    internal IReadOnlyList<SeenPart> Seen { get; init; } = [];

    /// <summary>
    /// The table that is being made of a snapshot to try it: whoever works on the policy next drops it. Null where there is none.
    /// </summary>
    internal TableName? Drill { get; init; }

    /// <summary>The last step that was done, so that a step whose answer was lost is not done again; null before the first.</summary>
    internal LastStep? Last { get; init; }

    /// <summary>What the audit log may not have yet; null where it has everything.</summary>
    internal PendingEntry? Pending { get; init; }

    /// <summary>The ledger of a policy that was never stored.</summary>
    public static Ledger Empty(string policyHash) =>
        new()
        {
            Revision = 0,
            PolicyHash = policyHash,
            ConfirmedRevision = 0,
            PublishedRevision = -1,
            Relations = FrozenDictionary<RelationId, RelationLedger>.Empty,
        };

    /// <summary>The same once a revision has set its tiers aside.</summary>
    internal Ledger SetAside(int revision) =>
        this with
        {
            Relations = Relations.ToFrozenDictionary(r => r.Key.SetAside(revision), r => r.Value),
            Holds = [.. Holds.Select(h => h with { Relation = h.Relation?.SetAside(revision) })],
            Going = [.. Going.Select(g => g with { Relation = g.Relation.SetAside(revision) })],
            Edges = [],
            Seen = [],
        };

    /// <summary>The same with what has expired of the source.</summary>
    internal Ledger Expired(RangeSet frozen) => With(RelationId.Source, Of(RelationId.Source) with { Frozen = frozen });

    /// <summary>The same with other sets of one relation.</summary>
    internal Ledger With(RelationId relation, RelationLedger sets) =>
        this with
        {
            Relations = new Dictionary<RelationId, RelationLedger>(Relations) { [relation] = sets }.ToFrozenDictionary(),
        };

    /// <summary>The same without a relation.</summary>
    internal Ledger Without(RelationId relation) => this with { Relations = Relations.Where(r => r.Key != relation).ToFrozenDictionary() };

    /// <summary>The ledger of a relation, empty where it was never touched.</summary>
    public RelationLedger Of(RelationId relation) => Relations.GetValueOrDefault(relation, RelationLedger.Untouched);
}

/// <summary>The sets of one relation.</summary>
public sealed record RelationLedger
{
    /// <summary>Nothing known.</summary>
    public static RelationLedger Untouched { get; } = new();

    /// <summary>True where Varve has created it.</summary>
    public bool Created { get; init; }

    /// <summary>What there is of it in the database.</summary>
    internal IReadOnlyList<OwnTable> Tables { get; init; } = [];

    /// <summary>
    /// Buckets that were never covered and that a step has begun to write: what the table has of them counts for nothing.
    /// </summary>
    internal RangeSet Writing { get; init; } = RangeSet.Empty;

    /// <summary>Proven to agree with what it was built from.</summary>
    public RangeSet Covered { get; init; } = RangeSet.Empty;

    /// <summary>Covered, but the input changed since.</summary>
    public RangeSet Dirty { get; init; } = RangeSet.Empty;

    /// <summary>
    /// Of the dirty ones, those that are built again from fewer rows too: a person invalidated them, or what is missing was
    /// seen as a correction. Of any other that has fewer rows by then, somebody else has removed some.
    /// </summary>
    public RangeSet MayShrink { get; init; } = RangeSet.Empty;

    /// <summary>Buckets of a new tier that can no longer be built.</summary>
    public RangeSet Lost { get; init; } = RangeSet.Empty;

    /// <summary>Removed from this relation by Varve.</summary>
    public RangeSet Frozen { get; init; } = RangeSet.Empty;

    /// <summary>Ranges whose mismatch a person has accepted: they go without a further proof.</summary>
    public RangeSet Accepted { get; init; } = RangeSet.Empty;

    /// <summary>Ranges whose proof failed: they wait for a person.</summary>
    public RangeSet Halted { get; init; } = RangeSet.Empty;

    /// <summary>Ranges that parts of an archive hold, at the location that the policy names; of the source only.</summary>
    public RangeSet Archived { get; init; } = RangeSet.Empty;

    /// <summary>Archived ranges to which rows came after their parts were written: these are archived before anything goes.</summary>
    public RangeSet Unarchived { get; init; } = RangeSet.Empty;

    /// <summary>Buckets of this tier of which some input rows are gone.</summary>
    public IReadOnlyList<CutBucket> Cut { get; init; } = [];

    /// <summary>The columns that its table was made with, in their order; empty where it is not created.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// By column of a state: covered buckets in which it is NULL because nobody knows it: they were built before the policy
    /// asked for it, or while it did not. A column that is missing is known everywhere.
    /// </summary>
    public FrozenDictionary<string, RangeSet> Thin { get; init; } = FrozenDictionary<string, RangeSet>.Empty;

    /// <summary>By the text of a place: what Varve has moved there and not removed since; of the source only.</summary>
    public FrozenDictionary<string, RangeSet> Moved { get; init; } = FrozenDictionary<string, RangeSet>.Empty;

    /// <summary>Where parts were before Varve told them to move; of the source only.</summary>
    internal IReadOnlyList<BegunMove> Begun { get; init; } = [];

    /// <summary>By the text of a place: what a person has taken back from there, and does not move there again.</summary>
    internal FrozenDictionary<string, RangeSet> Stays { get; init; } = FrozenDictionary<string, RangeSet>.Empty;

    /// <summary>Where one of some states is not known.</summary>
    internal RangeSet ThinIn(IEnumerable<string> columns) => MissingStates.In(Thin, columns);

    /// <summary>Those of some columns of states that the relation does not know in all of a set.</summary>
    internal IReadOnlySet<string> UnknownIn(IEnumerable<string> columns, RangeSet ranges) =>
        columns
            .Where(c => !Columns.Contains(c) || (Thin.TryGetValue(c, out var thin) && !thin.Intersect(ranges).IsEmpty))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The buckets that an expiry left in part.</summary>
    internal RangeSet CutByExpiry => Cut.Count == 0 ? RangeSet.Empty : RangeSet.Of(Cut.Where(c => !c.ByOthers).Select(c => c.Bucket));

    /// <summary>The cut buckets as a set.</summary>
    public RangeSet CutRanges => Cut.Count == 0 ? RangeSet.Empty : RangeSet.Of(Cut.Select(c => c.Bucket));
}

/// <summary>A table or view that is Varve's.</summary>
/// <param name="Kind">states, view or stitched.</param>
/// <param name="Name">Its name.</param>
internal sealed record OwnTable(string Kind, Policies.TableName Name)
{
    /// <summary>The kind of the table of a tier.</summary>
    public const string States = "states";
}

/// <summary>A range whose removal was begun.</summary>
/// <param name="Relation">From where.</param>
/// <param name="Range">What goes.</param>
/// <param name="WholeFrom">From here on, up to its end, there was no row, and it has not begun to expire; null: it has.</param>
/// <param name="Rows">Rows that it had.</param>
/// <param name="Reason">Why.</param>
internal sealed record GoingRange(RelationId Relation, TimeRange Range, Instant? WholeFrom, long Rows, string Reason)
{
    /// <summary>The parts of the table that go as a whole, where rows that come meanwhile are told from those that go by that.</summary>
    public IReadOnlyList<GoingPart> Parts { get; init; } = [];
}

/// <summary>A part of a table that goes as a whole.</summary>
/// <param name="Range">The times of its rows.</param>
/// <param name="Part">Which it is.</param>
/// <param name="State">What it held when it was proven.</param>
internal sealed record GoingPart(TimeRange Range, string Part, string State)
{
    /// <summary>True where it is closed for writes before it goes, and was not before: whoever finds it so may open it.</summary>
    public bool Closes { get; init; } = true;
}

/// <summary>A step that was done.</summary>
/// <param name="Run">The run.</param>
/// <param name="Ordinal">Which step of it, from 0 on.</param>
/// <param name="RowsIn">Rows of the input.</param>
/// <param name="RowsWritten">Rows written.</param>
/// <param name="RowsRemoved">Rows removed for good.</param>
/// <param name="Note">What a person should know; null for nothing.</param>
internal sealed record LastStep(string Run, int Ordinal, long RowsIn, long RowsWritten, long RowsRemoved, string? Note);

/// <summary>An entry that the audit log is to have once.</summary>
/// <param name="Action">What was done.</param>
/// <param name="Facts">The facts as JSON; what they say is said by no other entry.</param>
internal sealed record PendingEntry(string Action, string Facts);

/// <summary>A bucket of which some input rows are gone: proven whole before, never rebuilt.</summary>
/// <param name="Bucket">Its range.</param>
/// <param name="RowsLeft">Rows of the input that were still there.</param>
/// <param name="ByOthers">True where somebody else removed them, false where Varve expired them.</param>
public sealed record CutBucket(TimeRange Bucket, long RowsLeft, bool ByOthers)
{
    /// <summary>
    /// The relation of which rows are gone and were counted, also where the tier has got another input since; null: its input.
    /// </summary>
    public RelationId? Input { get; init; }

    /// <summary>True where rows came to it as well: none of those that are left is known to be counted, so a person lets them go.</summary>
    public bool IsMixed { get; init; }
}

/// <summary>What must not be removed, by a person's word.</summary>
/// <param name="Id">UUIDv7 as text.</param>
/// <param name="Relation">A relation, or null for source and tiers together.</param>
/// <param name="Range">What is held; unbounded for all of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Who">Who said so.</param>
/// <param name="Until">When it ends by itself; null: never.</param>
public sealed record Hold(string Id, RelationId? Relation, TimeRange Range, string Reason, string Who, Instant? Until)
{
    /// <summary>What is let go where it ends.</summary>
    internal ReleasedRange Kept => new(Relation, Range);

    /// <summary>True where it keeps rows that left the source for an archive.</summary>
    internal bool KeepsParts(Instant at) => Relation is null or { IsSource: true } && (Until is not { } until || until > at);
}

/// <summary>What a hold kept that a person has ended.</summary>
/// <param name="Relation">A relation, or null for source and tiers together.</param>
/// <param name="Range">What was held.</param>
public sealed record ReleasedRange(RelationId? Relation, TimeRange Range)
{
    /// <summary>True where a step removes some of it.</summary>
    internal bool Holds(PlanStep step) => (Relation is null || Relation == step.Relation) && step.Touches.Overlaps(Range);
}
