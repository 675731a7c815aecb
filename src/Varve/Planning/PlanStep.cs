using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>One thing that a run will do, as a value: no SQL, no clock. A closed family.</summary>
public abstract record PlanStep
{
    private PlanStep() { }

    /// <summary>The relation that changes: <see cref="RelationId.Source"/>, a tier id or <see cref="RelationId.All"/>.</summary>
    public required RelationId Relation { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Rows written or removed, estimated.</summary>
    public long Rows { get; init; }

    /// <summary>Bytes written or removed, estimated; 0 where unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>The kind, as it stands in plans, journals and the catalog.</summary>
    public abstract string Kind { get; }

    /// <summary>What it touches; empty for what has no range.</summary>
    public abstract RangeSet Touches { get; }

    /// <summary>Kind, relation and range: two steps with the same key do the same.</summary>
    public virtual string Key => $"{Kind} {Relation} {string.Join(' ', Touches.Select(r => r.ToString()))}".TrimEnd();

    /// <summary>Creates the states table of a tier.</summary>
    public sealed record CreateTier : PlanStep
    {
        /// <inheritdoc/>
        public override string Kind => "create";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Empty;
    }

    /// <summary>Gives the states table of a tier the columns that a changed policy asks for.</summary>
    public sealed record Reshape : PlanStep
    {
        /// <summary>The columns of states that it has not yet.</summary>
        public required IReadOnlyList<string> Columns { get; init; }

        /// <inheritdoc/>
        public override string Kind => "reshape";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Empty;
    }

    /// <summary>Writes the views that people read.</summary>
    public sealed record Publish : PlanStep
    {
        /// <inheritdoc/>
        public override string Kind => "publish";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Empty;
    }

    /// <summary>Records what was found changed: dirty, cut and lost buckets of a tier. No row of a user's relation changes.</summary>
    public sealed record Mark : PlanStep
    {
        /// <summary>Covered buckets to build again.</summary>
        public RangeSet Dirty { get; init; } = RangeSet.Empty;

        /// <summary>Covered buckets that are built again also from fewer rows than they count; dirty, now or before.</summary>
        public RangeSet MayShrink { get; init; } = RangeSet.Empty;

        /// <summary>Buckets of a new tier that cannot be built any more.</summary>
        public RangeSet Lost { get; init; } = RangeSet.Empty;

        /// <summary>Buckets that somebody else cut.</summary>
        public IReadOnlyList<CutBucket> Cut { get; init; } = [];

        /// <inheritdoc/>
        public override string Kind => "mark";

        /// <inheritdoc/>
        public override RangeSet Touches => Dirty.Union(MayShrink).Union(Lost).Union(RangeSet.Of(Cut.Select(c => c.Bucket)));
    }

    /// <summary>Builds, or builds again, buckets of a tier from its input.</summary>
    public sealed record RollUp : PlanStep
    {
        /// <summary>What it is built from: <see cref="RelationId.Source"/> or a tier id.</summary>
        public required RelationId Input { get; init; }

        /// <summary>Whole buckets of the tier.</summary>
        public required RangeSet Ranges { get; init; }

        /// <summary>True where the buckets were covered before.</summary>
        public bool Again { get; init; }

        /// <inheritdoc/>
        public override string Kind => "rollup";

        /// <inheritdoc/>
        public override RangeSet Touches => Ranges;
    }

    /// <summary>Writes what an archive does not hold yet of a range: all of its rows, or those that came later.</summary>
    public sealed record Archive : PlanStep
    {
        /// <summary>What is archived.</summary>
        public required TimeRange Range { get; init; }

        /// <summary>The location by the name that the policy gives it.</summary>
        public required string Location { get; init; }

        /// <inheritdoc/>
        public override string Kind => "archive";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Of(Range);
    }

    /// <summary>Proves rows covered and removes them.</summary>
    public sealed record Expire : PlanStep
    {
        /// <summary>What goes.</summary>
        public required TimeRange Range { get; init; }

        /// <summary>Ids of the tiers that must agree with it first; empty where nothing is built from it.</summary>
        public required IReadOnlyList<RelationId> Proofs { get; init; }

        /// <summary>The location whose archive must hold every row first; null where the policy asks for none.</summary>
        public string? Location { get; init; }

        /// <inheritdoc/>
        public override string Kind => "expire";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Of(Range);
    }

    /// <summary>Moves a part of the source to another place. No row changes.</summary>
    public sealed record Relocate : PlanStep
    {
        /// <summary>The times of the part.</summary>
        public required TimeRange Range { get; init; }

        /// <summary>Where to.</summary>
        public required Place To { get; init; }

        /// <summary>Where it lies; null where that is not one place, or not known.</summary>
        public Place? From { get; init; }

        /// <inheritdoc/>
        public override string Kind => "relocate";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Of(Range);

        /// <summary>The same range moves more than once, to one place after the other.</summary>
        public override string Key => $"{base.Key} to {To.Text}";
    }

    /// <summary>Removes rows that came for a range that has expired, where the policy says so.</summary>
    public sealed record Discard : PlanStep
    {
        /// <summary>The expired range.</summary>
        public required TimeRange Range { get; init; }

        /// <inheritdoc/>
        public override string Kind => "discard";

        /// <inheritdoc/>
        public override RangeSet Touches => RangeSet.Of(Range);
    }

    /// <summary>
    /// Adds rows that came for a range that has expired to the tiers that have a bucket for them, and removes them, where the
    /// policy says so.
    /// </summary>
    public sealed record Merge : PlanStep
    {
        /// <summary>Where the rows lie.</summary>
        public required RangeSet Ranges { get; init; }

        /// <summary>What is added to which tier; the others are built again from these, or have expired there.</summary>
        public IReadOnlyList<MergePart> Into { get; init; } = [];

        /// <inheritdoc/>
        public override string Kind => "merge";

        /// <inheritdoc/>
        public override RangeSet Touches => Ranges;
    }
}

/// <summary>Late rows that a merge adds to one tier.</summary>
/// <param name="Tier">Its id.</param>
/// <param name="Ranges">Where the rows lie.</param>
public sealed record MergePart(RelationId Tier, RangeSet Ranges);
