using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// The stitched view against the model: ranges are disjoint, each answer is what its tier holds, nothing alive is missing.
/// </summary>
/// <param name="newest">What is closed as of this is covered, but for rows that came before all that was, and that a run as of before did
/// not reach.</param>
/// <param name="asOf">Of the newest run.</param>
public sealed class StitchedCheck(Story story, HistoryModel model, Instant newest, Instant asOf)
{
    public async Task RunAsync()
    {
        var rows = await TierRows.ReadAsync(story, "cpu_all");
        var answers = rows.Select(r => (Row: r, Range: RangeOf(r), Tier: TierOf(r))).ToList();
        foreach (var (row, range, tier) in answers)
            Expect(row, range, tier);
        var sorted = answers.Select(a => a.Range).Distinct().OrderBy(r => r.From).ThenBy(r => r.To).ToList();
        foreach (var (one, next) in sorted.Zip(sorted.Skip(1)))
            Assert.True(one.To <= next.From, $"the stitched view answers {one} and {next}");
        NothingIsMissing(rows);
    }

    private static TimeRange RangeOf(TierRow row) =>
        new(
            row.At,
            row.At
                + Duration.FromMilliseconds((long)Math.Round(Convert.ToDouble(row["varve_seconds"], CultureInfo.InvariantCulture) * 1000))
        );

    private int TierOf(TierRow row)
    {
        var name = ((string)row["varve_tier"]!).Split('@')[0];
        return Enumerable.Range(0, model.Tiers.Count).SingleOrDefault(i => name == model.Grids.Name(i), -1);
    }

    private void Expect(TierRow row, TimeRange range, int tier)
    {
        if (tier >= 0 && (!model.Tiers[tier].Buckets.TryGetValue(range.From, out var known) || known.IsOpen))
            return;
        Assert.True(tier >= 0 || !model.IsClosed(range, asOf), $"the stitched view reads {range} from the source, and it is closed");
        var content = tier >= 0 ? model.Tiers[tier].Buckets[range.From].Content : model.Visible(model.Source, range);
        var mine = content.Where(r => Oracle.Key(story.Oracle.SeriesOf(r.Row)) == row.Key).Select(r => r.Row).ToList();
        var count = Convert.ToInt64(row["varve_rows"], CultureInfo.InvariantCulture);
        Assert.True(mine.Count == count, $"the stitched view counts {count} rows, not {mine.Count}: {row.Text}");
        var grid = model.Grids.Grid(Math.Max(tier, 0));
        var expected = new TrueBucket(range, [], count, null, [.. story.Policy.Measures!.Select(m => StateOf(m.Column, mine))]);
        foreach (var (name, value) in row.Values.Where(v => v.Name is not ("varve_tier" or "varve_local")))
        {
            if (value is null && tier >= 0 && !model.Tiers[tier].Buckets[range.From].Known.IsSupersetOf(model.Asked))
                continue;
            var (wanted, tolerance) = TierCheck.Shown(story.Policy, grid, expected, name);
            Assert.True(
                Close.Same(wanted, value, tolerance),
                $"the stitched view says {name} = {Close.Show(value)}, not {Close.Show(wanted)}: {row.Text}"
            );
        }
    }

    private TrueState StateOf(string column, IReadOnlyList<SourceRow> rows)
    {
        var index = story.Table.IndexOf(column);
        return TrueState.Of([.. rows.Select(r => (r.At!.Value, r.Values[index]))], story.Table.Columns[index].Kind);
    }

    // Every row that some tier of the chain still has, and every row of the open part, is in exactly one answer.
    private void NothingIsMissing(IReadOnlyList<TierRow> rows)
    {
        if (model.IsGrown || model.IsErased || model.Tiers.Any(t => t.Buckets.Values.Any(b => b.IsOpen)))
            return;
        List<int> chain = [model.Tiers.Count - 1];
        for (var i = chain[0] - 1; i >= 0; i--)
            if (model.Grids.Grid(i).HasAllOf(model.Grids.Grid(chain[^1]), model.Policy.Span))
                chain.Add(i);
        var finest = chain[^1];
        bool IsClosed(ModelRow row, Instant at) => model.IsClosed(model.Grids.Grid(finest).BucketOf(row.At), at);
        bool IsCounted(ModelRow row) =>
            model.Tiers[finest].Buckets.GetValueOrDefault(model.Grids.Grid(finest).BucketOf(row.At).From) is { } bucket
            && bucket.Has(row.Id);
        if (model.Source.Values.Any(r => r.Row.IsTimed && IsClosed(r, newest) && !IsClosed(r, asOf) && !IsCounted(r)))
            return;
        var live = model.Source.Values.Count(r => r.Row.IsTimed && !IsClosed(r, newest));
        var counted = model
            .Tiers[finest]
            .Buckets.Values.SelectMany(b => b.Content)
            .Select(r =>
                chain
                    .Select(c => model.Tiers[c].Buckets.GetValueOrDefault(model.Grids.Grid(c).BucketOf(r.At).From))
                    .OfType<ModelBucket>()
                    .Where(b => !b.IsGone)
                    .Select(b => b.Has(r.Id))
                    .ToList()
            )
            .Where(has => has.Contains(true))
            .ToList();
        var shown = rows.Sum(r => Convert.ToInt64(r["varve_rows"], CultureInfo.InvariantCulture)) - live;

        // A coarser bucket that was cut does not get a row that came to a finer one since, and may be the one that answers.
        Assert.True(
            shown >= counted.Count(has => !has.Contains(false)) && shown <= counted.Count,
            $"the stitched view counts {shown} rows of tiers, and {counted.Count} are alive, as of {InstantText.Format(newest)}"
        );
    }
}
