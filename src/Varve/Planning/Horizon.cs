using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>The instants that follow from a policy and a planning instant alone: when buckets close, what is watched, what is past its time.</summary>
internal sealed class Horizon
{
    private readonly Blueprint _blueprint;
    private readonly Instant _reference;
    private Instant? _recheckFrom;

    private Horizon(Blueprint blueprint, Instant asOf, Instant reference)
    {
        _blueprint = blueprint;
        _reference = reference;
        AsOf = asOf;
        Zone = DateTimeZoneProviders.Tzdb[blueprint.Policy.Zone];
        Closed = blueprint.Policy.Late.SubtractFrom(asOf, Zone);
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
    public static Horizon At(Blueprint blueprint, Instant asOf, Instant? newest) => new(
        blueprint,
        asOf,
        blueprint.Policy.OnSilence == OnSilence.Hold ? newest ?? Instant.MinValue : asOf);

    /// <summary>
    /// Rows of a relation before this instant are past their time. It is a boundary of the coarsest tier of at most a
    /// local day that is built from the relation, so that no bucket of it is cut; without such a tier a UTC day; and
    /// exactly <c>asOf − keep</c> for a table without tiers.
    /// </summary>
    public Instant Edge(string relation)
    {
        var keep = relation == Relations.Source ? _blueprint.Policy.Keep : _blueprint.Tier(relation).Keep;
        var cutoff = keep.SubtractFrom(_reference, Zone);
        return ExpiryGrid(relation) is { } grid ? grid.Floor(cutoff) : cutoff;
    }

    /// <summary>The boundaries at which a relation is removed; null: anywhere.</summary>
    public Grid? ExpiryGrid(string relation)
    {
        var nesting = _blueprint.BuiltFrom(relation).LastOrDefault(t => AtMostADay(t.Grid.Width))?.Grid;
        if (nesting is not null) return nesting;
        if (relation != Relations.Source) return _blueprint.Tier(relation).Grid;
        return _blueprint.Tiers.Count == 0 ? null : Slices.UtcDay;
    }

    /// <summary>What has to be looked at before planning.</summary>
    public Watch Watch(Ledger ledger)
    {
        var frozen = ledger.Of(Relations.Source).Frozen;
        if (_blueprint.Tiers.Count == 0 || Retyped.Of(_blueprint, ledger).Count > 0) return new(AsOf, RangeSet.Empty, frozen);
        var first = _blueprint.Tiers[0];
        var open = Open(first, ledger);
        var (states, rows) = AskedOfSource(ledger);
        var filled = Asked(ledger, states, RangeSet.Empty);
        var built = Asked(ledger, rows, RangeSet.Of(filled.SelectMany(a => a.Ranges)), onlyRows: true);
        var window = _blueprint.Policy.Arrival is null ? Watched(first.Grid) : TimeRange.All;
        return new(AsOf, open.Intersect(window), frozen) { Asked = [.. filled, .. built, .. AskedOfTiers(ledger)], Comparable = open.Intersect(Settled(first)) };
    }

    // Covered buckets of a tier that should agree with the source.
    private static RangeSet Open(TierLayout tier, Ledger ledger)
    {
        var known = ledger.Of(tier.Id);
        return known.Covered.Except(known.Dirty.Union(known.CutRanges).Union(tier.Covers(ledger.Of(Relations.Source).Frozen)).Union(known.Frozen));
    }

    private TimeRange Settled(TierLayout tier) => TimeRange.Before(tier.Grid.Floor(Closed));

    // The first tier is compared anyway where it is watched, and does for what it covers; for the rest the finest other one.
    private List<AskedRanges> Asked(Ledger ledger, RangeSet ranges, RangeSet done, bool onlyRows = false)
    {
        var first = _blueprint.Tiers[0];
        List<AskedRanges> asked = [];
        foreach (var tier in _blueprint.Tiers.Concat(_blueprint.Retired).OrderBy(t => t.Id != first.Id).ThenBy(t => t.Grid.Width.Longest))
        {
            if (ranges.IsEmpty) break;
            var compared = Open(tier, ledger).Intersect(Settled(tier)).Intersect(tier.Covers(ranges)).Except(tier.Whole(done));
            if (tier.Id == first.Id) compared = compared.Except(RangeSet.Of(Watched(first.Grid)));
            if (!compared.IsEmpty) asked.Add(new(tier.Id, compared, onlyRows));
            ranges = ranges.Except(ledger.Of(tier.Id).Covered);
        }

        return asked;
    }

    /// <summary>
    /// What a changed policy takes from the source once more, for new states or a new tier. Others may have removed rows of
    /// it where nothing is watched, and these would be missing then.
    /// </summary>
    private (RangeSet States, RangeSet Rows) AskedOfSource(Ledger ledger)
    {
        var (states, rows) = (RangeSet.Empty, RangeSet.Empty);
        var whole = ledger.Of(Relations.Source).Frozen.Complement();
        foreach (var tier in _blueprint.Tiers)
        {
            states = states.Union(Thin(tier, ledger).Except(FilledFrom(tier, ledger)).Intersect(tier.Whole(whole)));
            if (tier.Input == Relations.Source) rows = rows.Union(New(ledger.Of(tier.Id)));
        }

        return (states, rows);
    }

    // What a tier takes from a finer one: a new finer tier may have been built from what others left.
    private IEnumerable<AskedRanges> AskedOfTiers(Ledger ledger) =>
        from tier in _blueprint.Tiers
        let ranges = Thin(tier, ledger).Intersect(FilledFrom(tier, ledger)).Except(ledger.Of(tier.Id).Dirty).Intersect(Settled(tier))
        where !ranges.IsEmpty
        select new AskedRanges(tier.Id, ranges, OnlyRows: false) { Input = tier.Input };

    // Buckets that lack a state and may still get it.
    private RangeSet Thin(TierLayout tier, Ledger ledger)
    {
        var sets = ledger.Of(tier.Id);
        if (!sets.Created) return RangeSet.Empty;
        var thin = _blueprint.StateNames.Except(sets.Columns, StringComparer.Ordinal).Any() ? sets.Covered : sets.ThinIn(_blueprint.StateNames);
        return thin.IsEmpty ? thin : thin.Except(sets.CutRanges).Except(sets.Frozen).Except(sets.Lost);
    }

    // What the tier that it is built from gives with every state.
    private RangeSet FilledFrom(TierLayout tier, Ledger ledger)
    {
        var input = ledger.Of(tier.Input);
        if (tier.Input == Relations.Source || _blueprint.StateNames.Except(input.Columns, StringComparer.Ordinal).Any()) return RangeSet.Empty;
        return tier.Whole(input.Covered.Except(input.Dirty).Except(input.Frozen).Except(input.Lost).Except(input.ThinIn(_blueprint.StateNames)));
    }

    // What is not built yet of a tier that is new, or whose turn is over for each bucket.
    private static RangeSet New(RelationLedger sets)
    {
        var settled = sets.Covered.Union(sets.Lost).Union(sets.CutRanges);
        return settled.IsEmpty ? RangeSet.Of(TimeRange.All) : settled.Complement().Intersect(TimeRange.Since(settled.Start!.Value));
    }

    /// <summary>Nothing that closed after the planning instant is looked at, although an earlier run may have built it.</summary>
    private TimeRange Watched(Grid grid)
    {
        var from = grid.Floor(RecheckFrom);
        return new(from, Instant.Max(from, grid.Floor(Closed)));
    }

    private Instant Window()
    {
        var policy = _blueprint.Policy;
        if (policy.Recheck is { } asked) return asked.SubtractFrom(AsOf, Zone);
        var window = Duration.Max(Duration.FromDays(1), policy.Late.Longest * 3);
        if (!policy.Keep.IsForever)
        {
            var bucket = _blueprint.BuiltFrom(Relations.Source).Max(t => t.Grid.LongestBucket(TimeRange.Since(AsOf)));
            window = Duration.Max(Duration.Zero, Duration.Min(window, policy.Keep.Shortest - bucket - policy.Late.Longest));
        }

        return AsOf - window;
    }

    private static bool AtMostADay(Width width) => width switch
    {
        Width.Fixed { Milliseconds: <= 86_400_000 } => true,
        Width.Calendar { Unit: CalendarUnit.Day } => true,
        _ => false,
    };
}
