using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>Looks at source and tiers after some rows were erased, and takes them out of the model.</summary>
/// <param name="erased">True for the rows that were meant.</param>
/// <param name="whole">What whole series were erased of; empty where rows were named by something else.</param>
public sealed class EraseCheck(Story story, BucketCheck check, HistoryModel model, Func<ModelRow, bool> erased, TimeRange whole)
{
    public async Task RunAsync(EraseReport report)
    {
        var before = new Dictionary<long, ModelRow>(model.Source);
        var gone = before.Values.Where(erased).Select(r => r.Id).ToHashSet();
        Assert.True(report.Rows == gone.Count, $"{report.Rows} rows of the source were erased, not {gone.Count}");
        foreach (var id in gone)
            model.Source.Remove(id);
        var left = (await story.SourceAsync())
            .Select(r => Convert.ToInt64(r.Values[HistoryTable.Id], CultureInfo.InvariantCulture))
            .ToHashSet();
        Assert.True(left.SetEquals(model.Source.Keys), "the source has not lost the erased rows alone");
        foreach (var tier in model.All)
            if (tier.WasRun)
                await TierAsync(
                    tier,
                    before,
                    report.Tiers.SingleOrDefault(t => t.Relation.Text.Split('@')[0] == tier.Width)?.Kept ?? RangeSet.Empty
                );
        model.Erase(gone);
    }

    private async Task TierAsync(ModelTier tier, Dictionary<long, ModelRow> before, RangeSet kept)
    {
        var rows = (await TierRows.ReadAsync(story, $"cpu_{tier.Width}_states")).ToLookup(r => r.At);
        foreach (var bucket in tier.Buckets.Values)
        {
            List<ModelRow> without = [.. bucket.Content.Where(r => !erased(r))];
            var isWhole = !whole.IsEmpty && whole.Contains(bucket.Range);

            // At the ends of the range it is built again where it has the series at all, also where no row of it goes: one that others
            // removed may have been meant.
            var isEnd = !isWhole && whole.Overlaps(bucket.Range);
            if (model.IsReworded && isEnd)
                bucket.Known = bucket.Known.Intersect(model.Asked).ToHashSet(StringComparer.Ordinal);
            if (
                bucket.IsOpen
                || bucket.IsLost
                || (without.Count == bucket.Content.Count && !isEnd && !bucket.Range.Overlaps(Touched(before)))
            )
                continue;
            if (bucket.IsGone || rows[bucket.Range.From].FirstOrDefault() is null && without.Count == 0)
            {
                bucket.Content = without;
                continue;
            }

            List<IReadOnlyList<ModelRow>> candidates = [without];
            if (!isWhole)
                candidates.AddRange([model.Visible(model.Source, bucket.Range), .. model.Regained(tier, bucket.Range), bucket.Content]);
            Settle(tier, bucket, candidates, [.. rows[bucket.Range.From]]);
            var still = bucket.Content.FirstOrDefault(erased);
            Assert.True(
                still is null || kept.Covers(bucket.Range),
                $"{tier.Width}: {bucket.Range} still counts {(still is null ? "" : BucketCheck.Text(still))}, and nobody is told"
            );
            Assert.True(
                still is null || model.Retired.Contains(tier) || !IsWhole(bucket, before),
                $"{tier.Width}: {bucket.Range} still counts an erased row, and all of its rows are there"
            );
        }
    }

    private void Settle(ModelTier tier, ModelBucket bucket, IReadOnlyList<IReadOnlyList<ModelRow>> candidates, IReadOnlyList<TierRow> rows)
    {
        var known = model.IsReworded ? bucket.Known.Intersect(model.Asked).ToHashSet(StringComparer.Ordinal) : bucket.Known;
        string? difference = null;
        foreach (var candidate in candidates)
        {
            difference = check.Difference(tier.Grid, candidate, known, rows, bucket.Formerly);
            if (difference is not null)
                continue;
            (bucket.Content, bucket.Known) = (candidate, known);
            return;
        }

        Assert.Fail(
            $"{tier.Width}: {bucket.Range} after erasing: {difference}\n    should be {string.Join("; ", candidates[0].Select(BucketCheck.Text))}"
        );
    }

    // What the source has all of can be built again.
    private bool IsWhole(ModelBucket bucket, Dictionary<long, ModelRow> before) =>
        bucket.Range.From >= model.Expired && !bucket.IsCut && bucket.Content.All(r => before.ContainsKey(r.Id));

    private TimeRange Touched(Dictionary<long, ModelRow> before)
    {
        var at = before.Values.Where(r => r.Row.IsTimed && erased(r)).Select(r => r.At).ToList();
        return at.Count == 0 ? new(default, default) : new(at.Min(), at.Max() + NodaTime.Duration.FromMilliseconds(1));
    }
}
