using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>Looks at source and tiers after a run, and moves the model on.</summary>
public sealed class HistoryCheck(Story story, BucketCheck check, HistoryModel model, Instant asOf)
{
    private readonly Dictionary<long, ModelRow> _before = new(model.Source);
    private readonly Instant _newest = Instant.Max(model.MaxAsOf, asOf);
    private readonly IReadOnlyList<TimeRange> _unseen =
    [
        .. model
            .Tiers.SelectMany(t => t.Buckets.Values)
            .Where(b => model.Visible(model.Source, b.Range).Any(r => !b.Content.Contains(r)))
            .Select(b => b.Range),
    ];

    public async Task RunAsync()
    {
        var before = _before;
        var removed = await RemovedAsync();
        var verdict = new Verdict(model, before, removed, _unseen, asOf);
        for (var tier = 0; tier < model.Tiers.Count; tier++)
            await TierAsync(tier, verdict, before, removed);
        foreach (var id in removed)
            Cut(before[id]);
        foreach (var tier in model.Retired)
            await RetiredAsync(tier);
        // A tier that was added has seen no instant that was before it.
        await new StitchedCheck(story, model, model.Tiers.Min(t => Instant.Max(t.AsOf, asOf)), asOf).RunAsync();
        if (Begins(before.Values))
            model.Ran(asOf);

        model.AtLastRun = [.. model.Source.Keys];
        model.During.Clear();
    }

    // A run that finds no row in a closed bucket, and never found one, covers nothing.
    private bool Begins(IEnumerable<ModelRow> rows) =>
        model.MaxAsOf != Instant.MinValue
        || rows.Any(r =>
            r.Row.IsTimed
            && Enumerable
                .Range(0, model.Grids.Count)
                .Any(i => model.Grids.Input(i) < 0 && model.IsClosed(model.Grids.Grid(i).BucketOf(r.At), asOf))
        );

    // Nothing younger than keep goes, nothing held, nothing without a time; what stays is as it was.
    private async Task<HashSet<long>> RemovedAsync()
    {
        var left = (await story.SourceAsync()).ToDictionary(r => Convert.ToInt64(r.Values[HistoryTable.Id], CultureInfo.InvariantCulture));
        HashSet<long> removed = [];
        foreach (var (id, row) in model.Source)
        {
            if (left.Remove(id))
                continue;
            Assert.True(row.Row.IsTimed, $"a row without a time went: {BucketCheck.Text(row)}");
            Assert.True(
                row.At < model.Cutoff(asOf),
                $"a row went that is younger than keep: {BucketCheck.Text(row)}, cutoff {InstantText.Format(model.Cutoff(asOf))}"
            );
            Assert.True(!model.Holds.Any(h => h.Contains(row.At)), $"a held row went: {BucketCheck.Text(row)}");
            removed.Add(id);
        }

        Assert.True(left.Count == 0, "a row appeared in the source");
        foreach (var id in removed)
        {
            var isDiscarded = model.Revision.LateRows is LateAfterExpiry.Discard && model.Suspects.Contains(id);
            if (model.Policy.IsArchived && !isDiscarded)
                model.Archived.Add(model.Source[id]);
            model.Source.Remove(id);
        }

        return removed;
    }

    private async Task TierAsync(int tier, Verdict verdict, Dictionary<long, ModelRow> before, HashSet<long> removed)
    {
        var grid = model.Grids.Grid(tier);
        var known = model.Tiers[tier].Buckets;
        var actual = (await TierRows.ReadAsync(story, $"cpu_{model.Grids.Name(tier)}_states")).ToLookup(r => r.At);
        var starts = actual
            .Select(g => g.Key)
            .Concat(known.Keys)
            .Concat(before.Values.Where(r => r.Row.IsTimed).Select(r => grid.BucketOf(r.At).From))
            .Concat(
                model.Grids.Input(tier) is >= 0 and var input
                    ? model.Tiers[input].Buckets.Values.Where(b => b.Content.Count > 0).Select(b => grid.BucketOf(b.Range.From).From)
                    : []
            )
            .Distinct()
            .Order()
            .ToList();
        foreach (var start in starts)
        {
            var range = grid.BucketOf(start);
            Assert.True(range.From == start, $"{model.Grids.Name(tier)}: a row starts no bucket: {InstantText.Format(start)}");
            var rows = actual[start].ToList();
            if (!model.IsClosed(range, _newest))
            {
                Assert.True(
                    rows.Count == 0,
                    $"{model.Grids.Name(tier)}: {range} is not closed as of {InstantText.Format(_newest)} and has rows"
                );
                continue;
            }

            // A run as of an earlier instant builds nothing that closed later, neither anew nor again.
            if (asOf < model.MaxAsOf && !model.IsClosed(range, asOf))
                continue;
            var candidates = verdict.Of(tier, range);
            var mayBeLost = !known.ContainsKey(start) && (!model.Tiers[tier].WasRun || model.IsShrunk || verdict.IsShorn(tier, range));
            Settle(
                tier,
                range,
                rows,
                mayBeLost,
                Merged(tier, range, mayBeLost, candidates, [.. removed.Select(id => before[id]).Where(r => range.Contains(r.At))])
            );
            foreach (var row in before.Values)
                if (removed.Contains(row.Id) && range.Contains(row.At))
                    InContent(tier, known[start], row, before);
        }
    }

    // Late rows that went were added to every bucket of their time that is not lost.
    private IReadOnlyList<IReadOnlyList<ModelRow>>? Merged(
        int tier,
        TimeRange range,
        bool mayBeLost,
        IReadOnlyList<IReadOnlyList<ModelRow>>? candidates,
        IReadOnlyList<ModelRow> went
    )
    {
        if (model.Revision.LateRows is not LateAfterExpiry.Merge || candidates is null || went.Count == 0)
            return candidates;
        if (model.Tiers[tier].Buckets.GetValueOrDefault(range.From) is { IsLost: true })
            return candidates;
        went = [.. went.Where(r => !IsUntold(tier, r))];
        IReadOnlyList<IReadOnlyList<ModelRow>> merged =
        [
            .. candidates.Select(c =>
                c.Count == 0 && mayBeLost && (!model.Tiers[tier].WasRun || candidates.Count > 1)
                    ? c
                    : (IReadOnlyList<ModelRow>)[.. c.Concat(went).DistinctBy(r => r.Id).OrderBy(r => r.Id)]
            ),
        ];

        // With another tier before it, it follows when that expires; a tier that came back may have lost a bucket without rows.
        return model.IsGrown && (model.Grids.Input(tier) >= 0 || IsBlank(tier, range)) ? [.. merged, .. candidates] : merged;
    }

    // Where the first tier lost more than came, nobody can tell what is left from what came.
    private bool IsUntold(int tier, ModelRow row) =>
        model.Grids.Input(tier) < 0
        && model.Tiers[0].Buckets.GetValueOrDefault(model.Grids.Grid(0).BucketOf(row.At).From) is { IsOpen: true, IsGone: false };

    private bool IsBlank(int tier, TimeRange range) =>
        range.From < model.Expired && model.Tiers[tier].Buckets.GetValueOrDefault(range.From) is not { Content.Count: > 0 };

    private void Settle(
        int tier,
        TimeRange range,
        IReadOnlyList<TierRow> rows,
        bool mayBeLost,
        IReadOnlyList<IReadOnlyList<ModelRow>>? candidates
    )
    {
        var buckets = model.Tiers[tier].Buckets;
        if (!buckets.TryGetValue(range.From, out var bucket))
            bucket = buckets[range.From] = new(range);
        if (candidates is null)
        {
            bucket.IsOpen = true;
            return;
        }

        var isPast = range.To <= model.Tiers[tier].Expired || (model.KeepOf(tier) is { } keep && range.To <= asOf - keep);
        var isHeld =
            !bucket.IsGone
            && !(bucket.Content.Count == 0 && range.To <= model.Tiers[tier].Expired)
            && model.Holds.Any(h => h.Overlaps(range));
        if (rows.Count == 0 && (candidates.All(c => c.Count > 0) || (isPast && !isHeld && candidates.Any(c => c.Count > 0))))
        {
            Assert.True(
                isPast,
                $"{model.Grids.Name(tier)}: {range} is missing and is not past its keep, as of {InstantText.Format(asOf)}; it should hold {string.Join("; ", candidates[0].Select(BucketCheck.Text))}"
            );
            Assert.True(!isHeld, $"{model.Grids.Name(tier)}: {range} is held and gone");
            bucket.IsOpen = candidates.Count > 1;
            (bucket.Content, bucket.IsGone) = (candidates[0], true);
            return;
        }

        Assert.True(!bucket.IsGone || rows.Count == 0, $"{model.Grids.Name(tier)}: {range} was gone and came back");
        string? difference = null;
        foreach (var candidate in candidates)
        {
            var known = Known(tier, bucket, candidate);
            difference = check.Difference(model.Grids.Grid(tier), candidate, known, rows, bucket.Formerly ?? bucket.Content);
            if (difference is not null)
                continue;
            bucket.IsLost |=
                mayBeLost
                && candidate.Count == 0
                && !WasCoveredBelow(tier, range)
                && (
                    candidates.Any(c => c.Any(WasThere))
                    || (model.Grids.Input(tier) < 0 && _before.Values.Any(r => r.Row.IsTimed && range.Contains(r.At) && WasThere(r)))
                );
            if (model.IsReworded && !ReferenceEquals(candidate, bucket.Content))
                bucket.Formerly ??= bucket.Content;
            (bucket.Content, bucket.Known) = (candidate, known);
            return;
        }

        Assert.Fail(
            $"{model.Grids.Name(tier)}: {range} as of {InstantText.Format(asOf)} holds none of {candidates.Count} possible contents; the last: {difference}\n    should be {string.Join("; ", candidates[^1].Select(BucketCheck.Text))}\n    was {string.Join("; ", bucket.Content.Select(BucketCheck.Text))}"
        );
    }

    // A bucket without rows that is built from finer ones without rows is not lost.
    private bool WasCoveredBelow(int tier, TimeRange range) =>
        model.Grids.Input(tier) is >= 0 and var input
        && model.Tiers[input] is var finer
        && model.IsClosed(range, finer.AsOf)
        && range.From > finer.Expired
        && !finer.Buckets.Values.Any(b => (b.IsLost || b.IsOpen) && range.Contains(b.Range));

    // What came while the run worked may have come after the bucket was built: that does not make it a lost one.
    private bool WasThere(ModelRow row) => !model.During.Contains(row.Id);

    /// <summary>
    /// The columns that a bucket must know after this run: all that are asked for where its input is whole and knows them;
    /// else those that it knew, as far as nothing can have built it again.
    /// </summary>
    private IReadOnlySet<string> Known(int tier, ModelBucket bucket, IReadOnlyList<ModelRow> content)
    {
        if (!model.IsReworded || IsWhole(tier, bucket, content))
            return model.Asked;
        var known = bucket.Known.ToHashSet(StringComparer.Ordinal);
        if (!bucket.IsCut || content.Count != bucket.Content.Count)
            known.IntersectWith(model.Asked);
        return known;
    }

    private bool IsWhole(int tier, ModelBucket bucket, IReadOnlyList<ModelRow> content)
    {
        if (bucket.IsLost || model.IsShrunk)
            return false;

        // Rows that came or changed unseen keep a bucket with rows from being filled: others may have gone there too.
        var input = model.Grids.Input(tier);
        if (input < 0 && bucket.Content.Count > 0 && _unseen.Any(bucket.Range.Overlaps))
            return false;
        if (input < 0)
            return bucket.Range.From >= model.Expired && !bucket.IsCut && content.All(r => _before.ContainsKey(r.Id));
        var inputs = model.Tiers[input].Buckets.Values.Where(b => bucket.Range.Contains(b.Range)).ToList();

        // Nobody looks whether buckets that cannot be filled any more held a row.
        var isFull =
            bucket.Range.From >= model.Expired
            || inputs.Where(b => b.Content.Count > 0).Aggregate(Duration.Zero, (all, b) => all + (b.Range.To - b.Range.From))
                == bucket.Range.To - bucket.Range.From;
        return isFull
            && bucket.Range.From >= model.Tiers[input].Expired
            && inputs.TrueForAll(b => !b.IsGone && !b.IsOpen && !b.IsLost && (b.Content.Count == 0 || b.Known.IsSupersetOf(model.Asked)))
            && inputs.Sum(b => b.Content.Count) == content.Count;
    }

    // A tier that the policy no longer has stays as it was.
    private async Task RetiredAsync(ModelTier tier)
    {
        if (!tier.WasRun)
            return;
        var rows = (await TierRows.ReadAsync(story, $"cpu_{tier.Width}_states")).ToLookup(r => r.At);
        foreach (var bucket in tier.Buckets.Values.Where(b => !b.IsOpen && !b.IsGone && !b.IsLost))
            if (check.Difference(tier.Grid, bucket.Content, bucket.Known, [.. rows[bucket.Range.From]], bucket.Formerly) is { } difference)
                Assert.Fail($"{tier.Width} is retired, and {bucket.Range} changed: {difference}");
    }

    // A row that Varve removed is counted exactly once in every tier that should have it.
    private void InContent(int tier, ModelBucket bucket, ModelRow row, Dictionary<long, ModelRow> before)
    {
        if (
            bucket.IsOpen
            || bucket.IsLost
            || model.Tiers[tier].WasRetired
            || (model.Revision.LateRows is LateAfterExpiry.Discard && model.Suspects.Contains(row.Id))
        )
            return;
        var counted = bucket.Content.SingleOrDefault(r => r.Id == row.Id);

        if (counted is null && model.IsGrown && model.Revision.LateRows is LateAfterExpiry.Merge && IsBlank(tier, bucket.Range))
            return;

        if (counted is null && IsUntold(tier, row))
            return;
        if (
            counted is null
            && model.IsGrown
            && model.Grids.Input(tier) is >= 0 and var finer
            && (
                (
                    model.Tiers[finer].Buckets.GetValueOrDefault(model.Grids.Grid(finer).BucketOf(row.At).From) is { IsGone: false } kept
                    && kept.Has(row.Id)
                ) || model.Tiers[finer].Buckets.Values.Any(b => b.IsLost && bucket.Range.Overlaps(b.Range))
            )
        )
            return;
        // A tier that was added before it took the values as they were then.
        var isCut =
            bucket.IsCut
            || (model.IsGrown && model.Grids.Input(tier) >= 0)
            || bucket.Content.Any(r => !before.ContainsKey(r.Id))
            || (model.Grids.Input(tier) is >= 0 and var input && bucket.Range.From < model.Tiers[input].Expired)
            || model.IsBehindRemoved(bucket, before)
            || model.MayBeSplit(tier, bucket.Range);
        Assert.True(
            counted is not null && (isCut || ReferenceEquals(counted.Row, row.Row)),
            $"{model.Grids.Name(tier)}: {bucket.Range} does not count a row that went: {BucketCheck.Text(row)}"
        );
    }

    private void Cut(ModelRow row)
    {
        for (var tier = 0; tier < model.Tiers.Count; tier++)
        {
            if (model.Grids.Input(tier) >= 0)
                continue;
            var range = model.Grids.Grid(tier).BucketOf(row.At);
            Assert.True(model.IsClosed(range, _newest), $"{model.Grids.Name(tier)}: {range} is open and lost {BucketCheck.Text(row)}");
            model.Tiers[tier].Buckets[range.From].IsCut = true;
        }

        model.MaxRemoved = Instant.Max(model.MaxRemoved, row.At);
        model.Removed.Add(row.Id);
    }
}
