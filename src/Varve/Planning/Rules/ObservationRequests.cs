using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// What has to be looked at before a policy is planned: what every run watches, and what a changed policy asks for besides.
/// </summary>
internal sealed class ObservationRequests(PolicyLayout blueprint, Ledger ledger, Cutoffs horizon)
{
    public ObservationRequest Look()
    {
        var frozen = ledger.Of(RelationId.Source).Frozen;
        if (blueprint.Tiers.Count == 0 || ColumnTypeChanges.Of(blueprint, ledger).Count > 0)
            return new(horizon.AsOf, RangeSet.Empty, frozen);
        var first = blueprint.Tiers[0];
        var open = Open(first);
        var (states, rows) = AskedOfSource();
        var filled = Asked(states, RangeSet.Empty);
        var built = Asked(rows, RangeSet.Of(filled.SelectMany(a => a.Ranges)), onlyRows: true);
        var unchanged = first.WholeBuckets(SeenPart.Unchanged(blueprint, ledger));
        var window = blueprint.Policy.Arrival is null ? Watched(first.Grid) : TimeRange.All;
        return new(horizon.AsOf, open.Except(unchanged).Union(Marked(first)).Intersect(window), frozen)
        {
            Asked = [.. filled, .. built, .. AskedOfTiers()],
            Comparable = open.Intersect(Settled(first)),
        };
    }

    // Covered buckets of a tier that should agree with the source.
    private RangeSet Open(TierLayout tier) => Whole(tier, ledger.Of(tier.Id).Covered.Except(ledger.Of(tier.Id).Dirty));

    // What an earlier run left to be built again goes on being watched: what others do to it meanwhile is judged as ever.
    private RangeSet Marked(TierLayout tier) => Whole(tier, ledger.Of(tier.Id).Dirty.Except(ledger.Of(tier.Id).MayShrink));

    // Those of which the source should have every row, and that are neither cut nor expired.
    private RangeSet Whole(TierLayout tier, RangeSet buckets)
    {
        var known = ledger.Of(tier.Id);
        return buckets.Except(known.CutRanges.Union(tier.BucketsTouching(ledger.Of(RelationId.Source).Frozen)).Union(known.Frozen));
    }

    private TimeRange Settled(TierLayout tier) => TimeRange.Before(tier.Grid.Floor(horizon.Closed));

    // The first tier is compared anyway where it is watched, and does for what it covers, but for buckets that an expiry left
    // in part: these cannot be compared. For the rest the finest other one does.
    private List<ComparisonRequest> Asked(RangeSet ranges, RangeSet done, bool onlyRows = false)
    {
        var first = blueprint.Tiers[0];
        List<ComparisonRequest> asked = [];
        foreach (var tier in blueprint.Tiers.Concat(blueprint.Retired).OrderBy(t => t.Id != first.Id).ThenBy(t => t.Grid.Width.Longest))
        {
            if (ranges.IsEmpty)
                break;
            var compared = Open(tier).Intersect(Settled(tier)).Intersect(tier.BucketsTouching(ranges)).Except(tier.WholeBuckets(done));
            if (tier.Id == first.Id)
                compared = compared.Except(RangeSet.Of(Watched(first.Grid)));
            if (!compared.IsEmpty)
                asked.Add(new(tier.Id, compared, onlyRows));
            ranges = ranges.Except(ledger.Of(tier.Id).Covered.Except(ledger.Of(tier.Id).CutByExpiry));
        }

        return asked;
    }

    /// <summary>
    /// What a changed policy takes from the source once more, for new states or a new tier. Others may have removed rows of
    /// it where nothing is watched, and these would be missing then.
    /// </summary>
    private (RangeSet States, RangeSet Rows) AskedOfSource()
    {
        var (states, rows) = (RangeSet.Empty, RangeSet.Empty);
        var whole = ledger.Of(RelationId.Source).Frozen.Complement();
        foreach (var tier in blueprint.Tiers)
        {
            states = states.Union(Thin(tier).Except(FilledFrom(tier)).Intersect(tier.WholeBuckets(whole)));
            if (tier.Input == RelationId.Source)
                rows = rows.Union(New(ledger.Of(tier.Id)));
        }

        return (states, rows);
    }

    // What a tier takes from a finer one: a new finer tier may have been built from what others left.
    private IEnumerable<ComparisonRequest> AskedOfTiers() =>
        from tier in blueprint.Tiers
        let ranges = Thin(tier).Intersect(FilledFrom(tier)).Except(ledger.Of(tier.Id).Dirty).Intersect(Settled(tier))
        where !ranges.IsEmpty
        select new ComparisonRequest(tier.Id, ranges, OnlyRows: false) { Input = tier.Input };

    // Buckets that lack a state and may still get it.
    private RangeSet Thin(TierLayout tier)
    {
        var sets = ledger.Of(tier.Id);
        if (!sets.Created)
            return RangeSet.Empty;
        var thin = blueprint.StateNames.Except(sets.Columns, StringComparer.Ordinal).Any()
            ? sets.Covered
            : sets.ThinIn(blueprint.StateNames);
        return thin.IsEmpty ? thin : thin.Except(sets.CutRanges).Except(sets.Frozen).Except(sets.Lost);
    }

    // What the tier that it is built from gives with every state.
    private RangeSet FilledFrom(TierLayout tier)
    {
        var input = ledger.Of(tier.Input);
        if (tier.Input == RelationId.Source || blueprint.StateNames.Except(input.Columns, StringComparer.Ordinal).Any())
            return RangeSet.Empty;
        return tier.WholeBuckets(
                input.Covered.Except(input.Dirty).Except(input.Frozen).Except(input.Lost).Except(input.ThinIn(blueprint.StateNames))
            )
            .Except(tier.Unnested);
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
        var from = grid.Floor(horizon.RecheckFrom);
        return new(from, Instant.Max(from, grid.Floor(horizon.Closed)));
    }
}
