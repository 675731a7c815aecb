using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The instants that follow from a policy and a planning instant alone: when buckets close, what is watched, what is past its
/// time.
/// </summary>
internal sealed class Cutoffs
{
    private readonly PolicyLayout _blueprint;
    private readonly Instant _reference;
    private readonly IReadOnlyList<TimeRange> _pieces;
    private Instant? _recheckFrom;

    private Cutoffs(PolicyLayout blueprint, Instant asOf, Instant reference)
    {
        _blueprint = blueprint;
        _reference = reference;
        AsOf = asOf;
        Zone = DateTimeZoneProviders.Tzdb[blueprint.Policy.Zone];
        Closed = blueprint.Policy.Late.SubtractFrom(asOf, Zone);
        _pieces = Nested([.. blueprint.Pieces.Select(p => p.Range)], ExpiryGrid(RelationId.Source));
    }

    /// <summary>The planning instant.</summary>
    public Instant AsOf { get; }

    /// <summary>The zone of calendar durations.</summary>
    public DateTimeZone Zone { get; }

    /// <summary>A bucket is closed when its end is at or before this instant.</summary>
    public Instant Closed { get; }

    /// <summary>Changes after this instant are looked for in every run.</summary>
    public Instant RecheckFrom => _recheckFrom ??= Window();

    /// <summary>Where the boundaries of open ends have to be known: a century before the planning instant, three years after it.</summary>
    public TimeRange Known => new(AsOf - Duration.FromDays(36_525), AsOf + Duration.FromDays(3 * 366));

    /// <summary>With <c>on_silence: hold</c> the newest row at or before the planning instant takes its place for expiry.</summary>
    public static Cutoffs At(PolicyLayout blueprint, Instant asOf, Instant? newest) =>
        new(blueprint, asOf, blueprint.Policy.OnSilence == OnSilence.Hold ? newest ?? Instant.MinValue : asOf);

    /// <summary>
    /// Rows of a relation before this instant are past their time. It is a boundary of the coarsest tier of at most a
    /// local day that is built from the relation, so that no bucket of it is cut; without such a tier a UTC day; and
    /// exactly <c>asOf − keep</c> for a table without tiers.
    /// </summary>
    public Instant ExpiryCutoff(RelationId relation)
    {
        var keep = relation == RelationId.Source ? _blueprint.Policy.Keep : _blueprint.Tier(relation).Keep;
        return Cut(relation, keep.SubtractFrom(_reference, Zone));
    }

    /// <summary>
    /// The last instant at or before another one at which a relation may be cut in two: a boundary of its grid, and none that
    /// lies inside of a part of the source, which goes as a whole.
    /// </summary>
    public Instant Cut(RelationId relation, Instant at)
    {
        var cut = ExpiryGrid(relation) is { } grid ? grid.Floor(at) : at;
        return relation == RelationId.Source && _pieces.FirstOrDefault(p => p.From < cut && cut < p.To) is { } piece ? piece.From : cut;
    }

    /// <summary>What ended at or before this instant is older than an age, by what ages rows.</summary>
    public Instant Aged(Keep age) => age.SubtractFrom(_reference, Zone);

    /// <summary>The boundaries at which a relation is removed; null: anywhere.</summary>
    public Grid? ExpiryGrid(RelationId relation)
    {
        var nesting = _blueprint.BuiltFrom(relation).LastOrDefault(t => AtMostADay(t.Grid.Width))?.Grid;
        if (nesting is not null)
            return nesting;
        if (relation != RelationId.Source)
            return _blueprint.Tier(relation).Grid;
        return _blueprint.Tiers.Count == 0 ? null : Slices.UtcDay;
    }

    // Where parts end inside of buckets, what is left of a bucket would have to wait for the next part: rows go one by one then.
    private static IReadOnlyList<TimeRange> Nested(IReadOnlyList<TimeRange> pieces, Grid? grid) =>
        grid is null
        || pieces.SelectMany(p => new[] { p.From, p.To }).All(e => e == Instant.MinValue || e == Instant.MaxValue || grid.IsBoundary(e))
            ? pieces
            : [];

    private Instant Window()
    {
        var policy = _blueprint.Policy;
        if (policy.Recheck is { } asked)
            return asked.SubtractFrom(AsOf, Zone);
        var window = Duration.Max(Duration.FromDays(1), policy.Late.Longest * 3);
        if (!policy.Keep.IsForever)
        {
            var built = _blueprint.BuiltFrom(RelationId.Source).ToList();
            var room = policy.Keep.Shortest - policy.Late.Longest;
            // No bucket since 1970 is longer than the longest of its width. Where the window has room beside that one, nobody
            // walks through eight thousand years of a zone for a figure that changes nothing.
            if (AsOf < NodaConstants.UnixEpoch || room - built.Max(t => t.Grid.Width.Longest) < window)
            {
                var bucket = built.Max(t => t.Grid.LongestBucket(TimeRange.Since(AsOf)));
                window = Duration.Max(Duration.Zero, Duration.Min(window, room - bucket));
            }
        }

        return AsOf - window;
    }

    private static bool AtMostADay(Width width) =>
        width switch
        {
            Width.Fixed { Milliseconds: <= 86_400_000 } => true,
            Width.Calendar { Unit: CalendarUnit.Day } => true,
            _ => false,
        };
}
