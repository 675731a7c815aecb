using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.Truth;

/// <summary>The stitched view against the oracle: ranges are disjoint, no row is counted twice, none is lost.</summary>
public static class StitchCheck
{
    /// <param name="story">The table.</param>
    /// <param name="tiers">Its tiers.</param>
    /// <param name="live">The rows that the view must show, each exactly once.</param>
    /// <returns>The rows of the view with the tier that each comes from; -1 for the source.</returns>
    public static async Task<IReadOnlyList<(TimeRange Range, int Tier)>> ExpectAsync(
        Story story,
        TrueTiers tiers,
        IReadOnlyList<SourceRow> live
    )
    {
        var rows = await TierRows.ReadAsync(story, $"{story.Table.Name.Name}_all");
        var series = live.ToLookup(r => Oracle.Key(story.Oracle.SeriesOf(r)));
        var parts = rows.Select(row => (row, tier: TierOf(tiers, (string)row["varve_tier"]!))).ToList();
        foreach (var (row, tier) in parts)
        {
            var grid = tiers.Grid(Math.Max(tier, 0));
            var range = grid.BucketOf(row.At);
            Assert.True(range.From == row.At, $"The stitched view has a row that starts no bucket: {row.Text}");
            var inside = series[row.Key].Where(r => range.Contains(r.At!.Value));
            var expected = story.Oracle.RollUp(grid, tiers.Grid(tiers.First(Math.Max(tier, 0))), inside);
            Assert.True(expected.Count == 1, $"The stitched view has a row that no source row explains: {row.Text}");
            foreach (var (name, value) in row.Values.Where(v => v.Name is not ("varve_tier" or "varve_local")))
            {
                var (wanted, tolerance) = TierCheck.Shown(story.Policy, grid, expected[0], name);
                Assert.True(
                    Close.Same(wanted, value, tolerance),
                    $"The stitched view says {name} = {Close.Show(value)} and should say {Close.Show(wanted)}: {row.Text}"
                );
            }
        }

        var ranges = parts
            .Select(p => (Range: tiers.Grid(Math.Max(p.tier, 0)).BucketOf(p.row.At), p.tier))
            .Distinct()
            .OrderBy(p => p.Range.From)
            .ToList();
        foreach (var (one, next) in ranges.Zip(ranges.Skip(1)))
            Assert.True(one.Range.To <= next.Range.From, $"The stitched view answers {one.Range} and {next.Range}");
        var shown = rows.Sum(r => Convert.ToInt64(r["varve_rows"], CultureInfo.InvariantCulture));
        Assert.True(
            shown == live.Count,
            $"The stitched view counts {shown} rows and should count {live.Count}; missing: {Missing(live, ranges)}"
        );
        return [.. ranges.Select(r => (r.Range, r.tier))];
    }

    private static string Missing(IReadOnlyList<SourceRow> live, IReadOnlyList<(TimeRange Range, int Tier)> ranges) =>
        string.Join(
            ", ",
            live.Where(r => !ranges.Any(p => p.Range.Contains(r.At!.Value))).Take(5).Select(r => InstantText.Format(r.At!.Value))
        );

    private static int TierOf(TrueTiers tiers, string text) =>
        Enumerable
            .Range(0, tiers.Count)
            .SingleOrDefault(
                i =>
                    text == tiers.Name(i)
                    || text.StartsWith(tiers.Policy.Tiers[i].Every.Name + "@", StringComparison.Ordinal)
                    || text == tiers.Policy.Tiers[i].Every.Name,
                -1
            );
}
