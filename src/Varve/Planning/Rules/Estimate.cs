using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Rows and bytes from what is known without counting: rows are taken as evenly spread over their extent.</summary>
internal static class Estimate
{
    public static long Rows(ProjectedLedger draft, TableState state, RelationId relation, TimeRange range)
    {
        if (relation == RelationId.Source)
            return Source(state, range);
        var tier = draft.Blueprint.Tier(relation);
        var known = Instant.Max(range.From, draft.FirstOf(relation) ?? range.To);
        return known >= range.To ? 0 : Written(draft, state, tier, RangeSet.Of(new TimeRange(known, range.To)));
    }

    /// <summary>
    /// Rows of a tier over some ranges: by its own density where it has rows, else by series and buckets, at most the rows of the
    /// source.
    /// </summary>
    public static long Written(ProjectedLedger draft, TableState state, TierLayout tier, RangeSet ranges)
    {
        if (draft.Start is not { } start)
            return 0;
        var known = ranges.Intersect(TimeRange.Since(tier.Grid.Floor(start)));
        var length = known.Aggregate(Duration.Zero, (sum, range) => sum + (range.To - range.From));
        if (
            state.Tiers.GetValueOrDefault(tier.Id) is { Rows: > 0, First: { } first } size
            && state.Ledger.Of(tier.Id).Covered.End is { } end
            && end > first
        )
            return (long)Math.Round(size.Rows * (length / (end - first)));
        var buckets = Math.Ceiling(length / tier.Grid.Width.Longest);
        return (long)Math.Min(known.Sum(r => Source(state, r)), buckets * Math.Max(1, state.Series));
    }

    public static long Bytes(TableState state, RelationId relation, long rows)
    {
        var (bytes, all) =
            relation == RelationId.Source ? (state.Bytes, state.Rows)
            : state.Tiers.GetValueOrDefault(relation) is { } size ? (size.Bytes, size.Rows)
            : (0, 0);
        return all == 0 ? 0 : (long)((double)bytes * rows / all);
    }

    /// <summary>Rows of the source in a range.</summary>
    public static long Source(TableState state, TimeRange range) => Spread(state.Rows, state.First, state.Last, range);

    private static long Spread(long rows, Instant? first, Instant? last, TimeRange range)
    {
        if (first is not { } from || last is not { } to || rows == 0)
            return 0;
        if (to <= from)
            return range.Contains(from) ? rows : 0;
        var low = Instant.Max(from, range.From);
        var high = Instant.Min(to, range.To);
        return high <= low ? 0 : (long)Math.Round(rows * ((high - low) / (to - from)));
    }
}
