using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Names what differs in the first buckets that do: which series, which states, and both values.</summary>
internal static class MismatchExamples
{
    private const int MostBuckets = 3;
    private const int MostSeries = 10;

    public static async Task<IReadOnlyList<Mismatch>> AddAsync(
        IStatements statements,
        CompareSql compare,
        PolicyLayout blueprint,
        TierLayout tier,
        RelationId input,
        IReadOnlyList<Mismatch> mismatches,
        CancellationToken cancellationToken
    )
    {
        if (mismatches.Count == 0)
            return mismatches;
        var buckets = RangeSet.Of(mismatches.Take(MostBuckets).Select(m => m.Bucket));
        List<(TimeRange Bucket, IReadOnlyList<StateDifference> Differences)> rows = [];
        foreach (var group in compare.Groups())
        {
            List<string> columns = [.. group.ExampleColumns];
            rows.AddRange(
                (await statements.QueryAsync(group.Examples(input, buckets, MostSeries), cancellationToken)).Select(row =>
                    (tier.Grid.BucketOf(Micros.ToInstant(row.Long(0))), Differences(blueprint, columns, row))
                )
            );
        }

        // What a series has beside its measures, each group finds.
        var series = rows.GroupBy(r => (r.Bucket.From, Named(r.Differences))).OrderBy(g => g.Key.From).Take(MostSeries);
        var found = series.ToLookup(g => g.First().Bucket, g => g.SelectMany(r => r.Differences).DistinctBy(d => d.State));
        return [.. mismatches.Select(m => found.Contains(m.Bucket) ? m with { Differences = [.. found[m.Bucket].SelectMany(d => d)] } : m)];
    }

    private static string Named(IReadOnlyList<StateDifference> differences) =>
        string.Join('\u001f', differences[0].Series.Select(s => s.Value is null ? "\u0000" : s.Value));

    private static IReadOnlyList<StateDifference> Differences(PolicyLayout blueprint, List<string> columns, Row row)
    {
        var series = blueprint
            .Series.Select((c, i) => (c.Name, Value: row.TextOrNull(1 + i)))
            .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        var first = 1 + blueprint.Series.Count;
        return
        [
            .. from i in Enumerable.Range(0, columns.Count)
            let at = first + (3 * i)
            where row.Truth(at)
            select new StateDifference(series, columns[i], row.TextOrNull(at + 1), row.TextOrNull(at + 2)),
        ];
    }
}
