using NodaTime;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>What a bucket may hold after a run, as lists of rows: one where the rules decide, several where they leave it open.</summary>
public sealed class Verdict(
    HistoryModel model,
    IReadOnlyDictionary<long, ModelRow> before,
    HashSet<long> removed,
    IReadOnlyList<TimeRange> unseen,
    Instant asOf
)
{
    private readonly Instant _watched = asOf - model.Policy.Recheck;
    private readonly bool _goesBack = asOf < model.MaxAsOf;

    /// <summary>Null: no opinion.</summary>
    public IReadOnlyList<IReadOnlyList<ModelRow>>? Of(int tier, TimeRange range)
    {
        var input = model.Grids.Input(tier);
        var bucket = model.Tiers[tier].Buckets.GetValueOrDefault(range.From);

        // It closed without a row: where others had removed all of them, it is lost as far as somebody noticed.
        if (bucket is null && model.Tiers[tier].WasRun && model.IsClosed(range, model.Tiers[tier].AsOf))
            bucket = model.Tiers[tier].Buckets[range.From] = new(range) { IsOpen = IsShorn(tier, range) };
        if (bucket is { IsOpen: true })
            return null;
        if (bucket is { IsLost: true })
            return [bucket.Content];
        if (input >= 0)
            return FromTier(tier, input, range, bucket);
        return bucket is null ? FirstFromSource(tier, range) : FromSource(tier, bucket);
    }

    private IReadOnlyList<IReadOnlyList<ModelRow>>? FromTier(int tier, int input, TimeRange range, ModelBucket? bucket)
    {
        var inputs = model.Tiers[input].Buckets.Values.Where(b => range.Contains(b.Range)).ToList();
        if (inputs.Any(b => b.IsOpen))
            return null;
        IReadOnlyList<ModelRow> all = [.. inputs.SelectMany(b => b.Content).OrderBy(r => r.Id)];
        if (bucket is null)
        {
            if (!IsBackfill(tier, range))
                return model.IsGrown
                    ?
                    [
                        all,
                        model.Visible(before, range),
                        .. model.Regained(model.Tiers[tier], range),
                        .. Others(tier, range),
                        .. Shorn(tier, range),
                    ]
                    : [all];
            var mayBeGone = inputs.Any(b => b.IsLost) || range.From <= model.Tiers[input].Expired;
            return mayBeGone || !model.Tiers[input].WasRun || model.IsShrunk
                ? [all, [], model.Visible(before, range), .. Others(tier, range)]
                : [all];
        }

        if (Same(all, bucket.Content))
            return [all];
        if (model.IsGrown || model.IsErased || range.From < model.Tiers[input].Expired || inputs.Any(b => b.IsGone || b.IsLost))
            return [all, bucket.Content, .. Others(tier, range)];
        return [all];
    }

    private IReadOnlyList<IReadOnlyList<ModelRow>>? FirstFromSource(int tier, TimeRange range)
    {
        var visible = model.Visible(before, range);
        if (model.IsShrunk && model.All.Any(t => t != model.Tiers[tier] && t.Buckets.Values.Any(b => b.IsOpen && b.Range.Overlaps(range))))
            return null;
        if (
            IsShorn(tier, range)
            && (unseen.Any(range.Overlaps) || model.Tiers.Any(t => t.Buckets.Values.Any(b => b.IsOpen && b.Range.Overlaps(range))))
        )
            return null;
        if (IsShorn(tier, range))
            return [.. WithSuspects(visible), [], .. model.Regained(model.Tiers[tier], range)];
        if (range.From >= model.Expired)
            return WithSuspects(visible);
        if (!IsBackfill(tier, range))
            return [.. WithSuspects(visible), .. Others(tier, range)];
        var halfGone = model
            .Tiers.SelectMany(t => t.Buckets.Values)
            .SelectMany(b => b.Content)
            .Any(r => model.Removed.Contains(r.Id) && range.Contains(r.At));
        return halfGone
            ?
            [
                [],
                .. Others(tier, range),
            ]
            : [.. WithSuspects(visible), [], .. Others(tier, range)];
    }

    /// <summary>Others removed rows that another tier still counts: what is left of them is no bucket of this one, which is lost.</summary>
    public bool IsShorn(int tier, TimeRange range) =>
        (model.Grids.Input(tier) < 0 || model.IsGrown)
        && model
            .Tiers.Where((_, i) => i != tier)
            .SelectMany(t => t.Buckets.Values)
            .Where(b => b.Range.Overlaps(range))
            .SelectMany(b => b.Content)
            .Any(r => !before.ContainsKey(r.Id) && !model.Removed.Contains(r.Id));

    private IEnumerable<IReadOnlyList<ModelRow>> Shorn(int tier, TimeRange range) =>
        IsShorn(tier, range)
            ?
            [
                [],
            ]
            : [];

    // Since a tier went, a bucket may be built from one that is retired, or be lost with what expired of the source.
    private IEnumerable<IReadOnlyList<ModelRow>> Others(int tier, TimeRange range)
    {
        if (!model.IsShrunk)
            return [];
        var others = model.Regained(model.Tiers[tier], range);
        return range.From < model.Expired ? others.Append([]) : others;
    }

    private IReadOnlyList<IReadOnlyList<ModelRow>>? FromSource(int tier, ModelBucket bucket)
    {
        var old = bucket.Content;
        var visible = model.Visible(before, bucket.Range);
        var now = visible.ToDictionary(r => r.Id);
        var missing = old.Where(r => !now.ContainsKey(r.Id) && !model.Removed.Contains(r.Id)).ToList();
        var added = visible.Where(r => !bucket.Has(r.Id)).ToList();
        var changed = old.Where(r => now.TryGetValue(r.Id, out var other) && !ReferenceEquals(other.Row, r.Row)).ToList();
        if (bucket.IsCut || old.Any(r => model.Removed.Contains(r.Id)))
            return missing.Count > 0 ? Open(bucket) : [old, .. Returned(tier, bucket.Range)];
        if (missing.Count + added.Count + changed.Count == 0)
            return [old];
        if (model.Tiers[tier].WasRetired)
            return missing.Count > 0 ? Open(bucket) : [old, .. WithSuspects(visible), .. Returned(tier, bucket.Range)];
        var expires = visible.Any(r => removed.Contains(r.Id) && !model.During.Contains(r.Id));
        var watched = bucket.Range.From >= _watched && !_goesBack;
        if (missing.Count == 0)
        {
            var onlySuspects = changed.Count == 0 && added.All(r => model.Suspects.Contains(r.Id));
            if (model.IsBehindRemoved(bucket, before) || model.MayBeSplit(tier, bucket.Range))
                return [old, .. WithSuspects(visible)];
            if (expires || (watched && IsSeen(tier, old, visible)))
                return WithSuspects(visible, onlySuspects ? old : null);
            return [old, .. WithSuspects(visible)];
        }

        if (missing.All(r => bucket.KnownMissing.Contains(r.Id)))
            return [old];
        bucket.IsMixed |= added.Count + changed.Count > 0;
        if (tier > 0 && IsShorn(bucket.Range))
            return [old];
        if (added.Count > 0)
            return Open(bucket);
        if (bucket.Range.To <= _watched)
            return [old];

        // A longer bucket may hold rows that went as a correction, after those that others removed.
        if (IsPrefix(bucket.Range) && missing.TrueForAll(r => IsPrefix(model.Grids.Grid(0).BucketOf(r.At))))
        {
            if (bucket.Range.From >= _watched)
                bucket.KnownMissing.UnionWith(missing.Select(r => r.Id));
            return [old];
        }

        return watched && tier == 0 && !model.IsGrown && !model.IsReworded && IsAfterWhole(bucket.Range) ? [visible] : Open(bucket);
    }

    // A tier that comes back is built again where it was not followed.
    private IEnumerable<IReadOnlyList<ModelRow>> Returned(int tier, TimeRange range) =>
        model.Tiers[tier].WasRetired ? model.Regained(model.Tiers[tier], range) : [];

    // The first tier counts rows that others removed: a longer bucket around them is not built again from what is left.
    private bool IsShorn(TimeRange range) =>
        model
            .Tiers[0]
            .Buckets.Values.Any(b =>
                range.Overlaps(b.Range)
                && b is { IsCut: false, IsGone: false, IsOpen: false, IsLost: false }
                && !b.Content.Any(r => model.Removed.Contains(r.Id))
                && b.Content.Count > model.Visible(before, b.Range).Count
            );

    // Not later than the bucket of the oldest row that was there at the last run.
    private bool IsPrefix(TimeRange range)
    {
        var survivors = before
            .Values.Where(r => r.Row.IsTimed && model.AtLastRun.Contains(r.Id) && !model.TooLate.Contains(r.Id))
            .Select(r => r.At)
            .ToList();
        return survivors.Count == 0 || range.From <= model.Grids.Grid(0).BucketOf(survivors.Min()).From;
    }

    // Later than a watched bucket that lost nothing: of one that got something nobody can tell.
    private bool IsAfterWhole(TimeRange range) =>
        model
            .Tiers[0]
            .Buckets.Values.Any(b =>
                b.Range.To <= range.From
                && b.Range.From >= _watched
                && b.Content.Count > 0
                && !b.IsCut
                && !b.IsOpen
                && Same(b.Content, model.Visible(before, b.Range))
            );

    // Only the first tier is watched, by its counts, sums, least and greatest values, as far as it knows them everywhere.
    private bool IsSeen(int tier, IReadOnlyList<ModelRow> old, IReadOnlyList<ModelRow> now) =>
        tier == 0 && (old.Count != now.Count || (!model.IsReworded && model.Asked.Contains("v_sum") && !Sum(old).Equals(Sum(now))));

    private static double Sum(IReadOnlyList<ModelRow> rows) =>
        rows.Select(r => r.Row.Values[HistoryTable.Value]).OfType<double>().Where(double.IsFinite).Sum();

    private bool IsBackfill(int tier, TimeRange range) =>
        model.MaxAsOf != Instant.MinValue
        && (!model.Tiers[tier].WasRun || (model.Tiers[tier].WasRetired && model.IsClosed(range, model.MaxAsOf)));

    private IReadOnlyList<IReadOnlyList<ModelRow>> WithSuspects(IReadOnlyList<ModelRow> rows, IReadOnlyList<ModelRow>? old = null)
    {
        if (!rows.Any(r => model.Suspects.Contains(r.Id)))
            return [rows];
        List<IReadOnlyList<ModelRow>> possible = [rows, [.. rows.Where(r => !model.Suspects.Contains(r.Id))]];
        if (rows.Any(r => model.During.Contains(r.Id)))
            possible.Add([.. rows.Where(r => !model.During.Contains(r.Id))]);
        if (old is not null)
            possible.Add(old);
        return possible;
    }

    private static IReadOnlyList<IReadOnlyList<ModelRow>>? Open(ModelBucket bucket)
    {
        bucket.IsOpen = true;
        return null;
    }

    private static bool Same(IReadOnlyList<ModelRow> a, IReadOnlyList<ModelRow> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Id == p.Second.Id && ReferenceEquals(p.First.Row, p.Second.Row));
}
