using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Truth;

/// <summary>Compares the states and the view of a tier with the oracle, row by row and column by column.</summary>
public static class TierCheck
{
    public static async Task ExpectAsync(Story story, TrueTiers tiers, int tier, IReadOnlyList<TrueBucket> expected)
    {
        var relation = $"{story.Table.Name.Name}_{tiers.Name(tier)}";
        await ExpectRelationAsync(story, $"{relation}_states", expected, (b, name) => State(story.Policy, b, name));
        if (story.Policy.Views)
            await ExpectRelationAsync(story, relation, expected, (b, name) => Shown(story.Policy, tiers.Grid(tier), b, name));
    }

    /// <summary>What a column of the states table must say; the tolerance beside it.</summary>
    public static (object? Value, double Tolerance) State(Policy policy, TrueBucket bucket, string column)
    {
        if (column == "varve_rows")
            return (bucket.Rows, 0);
        if (column == "varve_covered")
            return (bucket.Covered, 0);
        if (column == "varve_length")
            return ((bucket.Range.To - bucket.Range.From).TotalMilliseconds, 0);
        foreach (var (measure, state) in policy.Measures!.Zip(bucket.States))
            if (
                column.StartsWith(measure.Name + "_", StringComparison.Ordinal)
                && Stored(state, column[(measure.Name.Length + 1)..]) is { } found
            )
                return found;
        throw new InvalidOperationException($"Nobody asked for the column {column}.");
    }

    /// <summary>What a column of the view must say; the tolerance beside it.</summary>
    public static (object? Value, double Tolerance) Shown(Policy policy, TrueGrid grid, TrueBucket bucket, string column)
    {
        var length = (bucket.Range.To - bucket.Range.From).TotalMilliseconds;
        var coverage = bucket.Covered / length;
        if (column == "varve_rows")
            return (bucket.Rows, 0);
        if (column == "varve_coverage")
            return (coverage, 1e-12);
        if (column == "varve_seconds")
            return ((bucket.Range.To - bucket.Range.From).TotalSeconds, 1e-9);
        if (column == "varve_local")
            return (bucket.Range.From.InZone(grid.Zone).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), 0);
        foreach (var (measure, state) in policy.Measures!.Zip(bucket.States))
            foreach (var function in measure.Functions)
            {
                if (column != $"{measure.Name}_{NameOf(function)}")
                    continue;
                if (function is not Function.Count && coverage < policy.MinCoverage)
                    return (null, 0);
                return (state.Read(function), Tolerance(state, function));
            }

        throw new InvalidOperationException($"Nobody asked for the column {column}.");
    }

    public static string NameOf(Function function) => function.ToString().ToLowerInvariant();

    private static (object? Value, double Tolerance)? Stored(TrueState state, string suffix) =>
        suffix switch
        {
            "count" => (state.Count, 0),
            "sum" => (
                state.Count == 0 ? null : state.Sum,
                state.Kind is ValueKind.Double or ValueKind.Float ? state.Weight * Close.Sums : 0
            ),
            "min" => (state.Min, 0),
            "max" => (state.Max, 0),
            "first" => (state.First, 0),
            "first_at" => (state.FirstAt, 0),
            "last" => (state.Last, 0),
            "last_at" => (state.LastAt, 0),
            "mean" => (state.Mean, state.Weight * Close.Sums),
            "m2" => (state.M2, state.Spread * Close.Moments),
            "nan" => (state.Nan, 0),
            "pinf" => (state.PositiveInfinity, 0),
            "ninf" => (state.NegativeInfinity, 0),
            _ => null,
        };

    private static double Tolerance(TrueState state, Function function) =>
        function switch
        {
            Function.Sum when state.Kind is ValueKind.Double or ValueKind.Float => state.Weight * Close.Sums,
            Function.Avg => state.Weight * Close.Sums,
            Function.Variance => state.Spread * Close.Moments,
            Function.Stddev => Math.Sqrt(state.Spread * Close.Moments),
            _ => 0,
        };

    private static async Task ExpectRelationAsync(
        Story story,
        string relation,
        IReadOnlyList<TrueBucket> expected,
        Func<TrueBucket, string, (object? Value, double Tolerance)> column
    )
    {
        var actual = await TierRows.ReadAsync(story, relation);
        var keys = expected.ToDictionary(b => (b.Range.From, Oracle.Key(b.Series)));
        foreach (var row in actual)
        {
            Assert.True(keys.Remove((row.At, row.Key), out var bucket), $"{relation} has a row that should not be there: {row.Text}");
            foreach (var (name, value) in row.Values)
            {
                var (wanted, tolerance) = column(bucket!, name);
                Assert.True(
                    Close.Same(wanted, value, tolerance),
                    $"{relation}: {name} is {Close.Show(value)} and should be {Close.Show(wanted)} in {row.Text}"
                );
            }
        }

        Assert.True(
            keys.Count == 0,
            $"{relation} lacks {string.Join(", ", keys.Keys.Take(5).Select(k => $"{Varve.Time.InstantText.Format(k.From)} {k.Item2}"))} ({keys.Count} rows)"
        );
    }
}
