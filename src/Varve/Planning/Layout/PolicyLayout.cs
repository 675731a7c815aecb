using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// A policy laid over the table that really is there: every name, type, boundary and input decided once.
/// <see cref="LayoutRules"/> make it from a policy that fits its table; copies of it know retired tiers, or fewer states.
/// </summary>
public sealed record PolicyLayout
{
    /// <summary>The policy, its measures resolved.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The source, its schema filled in.</summary>
    public required TableName Source { get; init; }

    /// <summary>Every column of the source in its order.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>The time column.</summary>
    public required TimeColumn Time { get; init; }

    /// <summary>The parts of the source that can go as a whole, in the order of their times; none where rows go one by one.</summary>
    public IReadOnlyList<TablePiece> Pieces { get; init; } = [];

    /// <summary>True where the source has no row of a time that none of them has.</summary>
    internal bool ArePiecesAll { get; init; }

    /// <summary>The column of arrival stamps; null where there is none.</summary>
    public TimeColumn? Arrival { get; init; }

    /// <summary>The series columns in the order of the policy.</summary>
    public required IReadOnlyList<Column> Series { get; init; }

    /// <summary>The measures in the order of the policy.</summary>
    public required IReadOnlyList<MeasureLayout> Measures { get; init; }

    /// <summary>The tiers, finest first.</summary>
    public required IReadOnlyList<TierLayout> Tiers { get; init; }

    /// <summary>
    /// Tiers of earlier revisions whose tables are still there, finest first: not built and not expired, and an input for
    /// what nothing else can build any more.
    /// </summary>
    public IReadOnlyList<TierLayout> Retired { get; init; } = [];

    /// <summary>The stitched view; null without tiers or where the policy wants no views.</summary>
    public required TableName? Stitched { get; init; }

    /// <summary>The columns of the states of every measure, in order.</summary>
    internal IEnumerable<string> StateNames => Measures.SelectMany(m => m.States.Select(m.ColumnOf));

    /// <summary>What people read: the name of each column, and the columns of the states that it is read from.</summary>
    internal IEnumerable<(string Name, IEnumerable<string> States)> Values =>
        from measure in Measures
        from function in measure.Measure.Functions
        select ($"{measure.Measure.Name}_{PolicyKeys.Lower(function.ToString())}", MeasureStates.Of(function).Select(measure.ColumnOf));

    /// <summary>The tier of that id, retired ones included.</summary>
    public TierLayout Tier(RelationId id) => Tiers.FirstOrDefault(t => t.Id == id) ?? Retired.First(t => t.Id == id);

    /// <summary>By column of the source, series and measures: its type.</summary>
    internal IReadOnlyDictionary<string, string> Types =>
        Columns
            .Where(c => c.Name == Time.Name)
            .Concat(Series)
            .Concat(Measures.Select(m => m.Column))
            .DistinctBy(c => c.Name)
            .ToDictionary(c => c.Name, c => c.TypeName, StringComparer.Ordinal);

    /// <summary>The same without some columns of states, and without what cannot be merged without them.</summary>
    internal PolicyLayout Without(IReadOnlySet<string> columns) =>
        columns.Count == 0 ? this : this with { Measures = [.. Measures.Select(m => m.Without(columns))] };

    /// <summary>The relation whose rows were counted when a bucket of a tier was cut.</summary>
    internal RelationId CountedIn(TierLayout tier, CutBucket cut) =>
        cut.Input is { } input && (input == RelationId.Source || Tiers.Any(t => t.Id == input)) ? input : tier.Input;

    /// <summary>The time column of a relation.</summary>
    internal TimeColumn TimeOf(RelationId relation) => relation.IsSource ? Time : Time.Starts;

    /// <summary>The tiers that are built from a relation.</summary>
    public IEnumerable<TierLayout> BuiltFrom(RelationId relation) => Tiers.Where(t => t.Input == relation);

    /// <summary>
    /// The tiers that take buckets from a relation. A tier takes from the source what its input does not have the boundaries
    /// of: local days of a time when the zone was off by minutes, for example.
    /// </summary>
    internal IEnumerable<TierReader> ReadersOf(RelationId relation) =>
        from tier in Tiers
        let buckets = tier.TakenFrom(relation)
        where !buckets.IsEmpty
        select new TierReader(tier, buckets);

    /// <summary>The relations behind one, source first; none behind the source.</summary>
    internal IEnumerable<RelationId> BuildersOf(RelationId relation) =>
        relation.IsSource ? [] : [.. BuildersOf(Tier(relation).Input), Tier(relation).Input];
}

/// <summary>A tier and the buckets that it takes from some relation, whether or not there are rows.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="Buckets">Whole buckets of it.</param>
internal sealed record TierReader(TierLayout Tier, RangeSet Buckets)
{
    /// <summary>Those of its buckets that a set touches.</summary>
    public RangeSet Touched(RangeSet ranges) => Tier.BucketsTouching(ranges).Intersect(Buckets);

    /// <summary>The bucket that an instant divides; null where it is a boundary, or the bucket is taken from elsewhere.</summary>
    public TimeRange? Split(Instant at) =>
        at > Instant.MinValue
        && at < Instant.MaxValue
        && !Tier.Grid.IsBoundary(at)
        && Tier.Grid.BucketOf(at) is var bucket
        && Buckets.Covers(bucket)
            ? bucket
            : null;
}

/// <summary>The time column of a source and its tiers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">A timestamp, a date or an integer.</param>
/// <param name="Unit">The finest step that it can hold.</param>
public sealed record TimeColumn(string Name, ColumnType Type, TimeUnit Unit)
{
    // Whole years that every bucket of every grid fits around: what NodaTime, DuckDB and .NET can name goes further by a year at least.
    private static readonly TimeRange s_years = new(Instant.FromUtc(1, 1, 1, 0, 0), Instant.FromUtc(9999, 1, 1, 0, 0));
    private static readonly TimeRange s_yearsOfNanos = new(Instant.FromUtc(1679, 1, 1, 0, 0), Instant.FromUtc(2262, 1, 1, 0, 0));

    // A bucket may begin before the oldest row that it can hold, by less than its width.
    private static readonly Duration s_longestBucket = Duration.FromDays(366);

    /// <summary>
    /// The instants that a row may have: the years 0001 to 9998, of a column that counts nanoseconds in 64 bits 1679 to 2261.
    /// A row beyond them is in no bucket and never expires.
    /// </summary>
    public TimeRange Known =>
        (HasNanos ? s_yearsOfNanos : s_years) is var years && OfBuckets ? new(years.From - s_longestBucket, years.To) : years;

    /// <summary>The years of <see cref="Known"/>, for people.</summary>
    internal string Years => HasNanos ? "1679 to 2261" : "0001 to 9998";

    /// <summary>The same column of a tier, which holds the starts of buckets.</summary>
    internal TimeColumn Starts => this with { OfBuckets = true };

    /// <summary>What the policy says of the partitions of the source, its zone filled in; null where the table tells it.</summary>
    public PartitionWidth? Partition { get; init; }

    private bool OfBuckets { get; init; }

    private bool HasNanos => Type is ColumnType.Integer or ColumnType.Timestamp && Unit == TimeUnit.Nanoseconds;
}

/// <summary>A measure, its column, and the states that its functions need.</summary>
/// <param name="Measure">The measure of the policy.</param>
/// <param name="Column">The column of the source.</param>
/// <param name="Ties">The rule for values at one instant.</param>
/// <param name="States">Suffixes of the stored columns in their fixed order: count, sum, min, ….</param>
public sealed record MeasureLayout(Measure Measure, Column Column, Ties Ties, IReadOnlyList<string> States)
{
    /// <summary>The column of one of its states.</summary>
    internal string ColumnOf(string state) => $"{Measure.Name}_{state}";

    /// <summary>True where every state is known that a function is read from.</summary>
    internal bool Knows(Function function) => MeasureStates.Of(function).All(States.Contains);

    internal MeasureLayout Without(IReadOnlySet<string> columns)
    {
        List<string> left = [.. States.Where(s => !columns.Contains(ColumnOf(s)))];

        // Moments merge around the mean of the whole, which needs the counts.
        if (!left.Contains("count"))
            left.Remove("mean");
        if (!left.Contains("mean"))
            left.Remove("m2");
        return left.Count == States.Count ? this : this with { States = left };
    }
}

/// <summary>One tier: its boundaries, its relations, and what it is built from.</summary>
public sealed record TierLayout
{
    private readonly Lazy<RangeSet> _unnested = s_none;

    private static readonly Lazy<RangeSet> s_none = new(RangeSet.Empty);

    /// <summary>Canonical width, zone and origin: the key in the catalog.</summary>
    public required RelationId Id { get; init; }

    /// <summary>What stands behind the table's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its bucket boundaries.</summary>
    public required Grid Grid { get; init; }

    /// <summary>How long its buckets stay.</summary>
    public required Keep Keep { get; init; }

    /// <summary>The table of the states.</summary>
    public required TableName States { get; init; }

    /// <summary>The view that people read; null where the policy wants no views.</summary>
    public required TableName? View { get; init; }

    /// <summary><see cref="RelationId.Source"/>, or the id of the finer tier that it is built from.</summary>
    public required RelationId Input { get; init; }

    /// <summary>
    /// Buckets whose boundaries the input does not have, as the zone had another offset then: built from the source. None
    /// where that is the input.
    /// </summary>
    internal RangeSet Unnested => _unnested.Value;

    internal Lazy<RangeSet> Nesting
    {
        init => _unnested = value;
    }

    /// <summary>The buckets that are taken from a relation: from the input, and what is not nested in that from the source.</summary>
    internal RangeSet TakenFrom(RelationId relation) =>
        (relation == Input, relation.IsSource) switch
        {
            (true, _) => Unnested.Complement(),
            (false, true) => Unnested,
            _ => RangeSet.Empty,
        };

    /// <summary>Columns of states that the policy asks for and its table has not: a retired tier that is not made again.</summary>
    internal IReadOnlySet<string> Lacks { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>
    /// The series columns of a tier that was set aside: it was made with those, or with another interval, so nothing is
    /// built from it. Null for any other tier.
    /// </summary>
    internal IReadOnlyList<string>? Aside { get; init; }

    /// <summary>True where the stitched view may read it: its boundaries contain those of the next coarser tier of the chain.</summary>
    public required bool InChain { get; init; }
}
