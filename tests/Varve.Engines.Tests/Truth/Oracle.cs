using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Truth;

/// <summary>One row of a tier as it must be.</summary>
public sealed record TrueBucket(TimeRange Range, IReadOnlyList<object?> Series, long Rows, long? Covered, IReadOnlyList<TrueState> States);

/// <summary>What a tier must hold, straight from the source rows, in plain LINQ: the reference for every engine.</summary>
public sealed class Oracle
{
    private readonly Policy _policy;
    private readonly SourceTable _table;
    private readonly int[] _series;
    private readonly int[] _measures;

    public Oracle(Policy policy, SourceTable table)
    {
        (_policy, _table) = (policy, table);
        _series = [.. policy.Series.Select(table.IndexOf)];
        _measures = [.. policy.Measures!.Select(m => table.IndexOf(m.Column))];
    }

    public Policy Policy => _policy;

    /// <summary>The key of a series: equal for equal values, NULL a value like any other.</summary>
    public static string Key(IEnumerable<object?> values) =>
        string.Join(
            '|',
            values.Select(v =>
                v is null
                    ? "~"
                    : $"'{Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture)!.Replace("'", "''", StringComparison.Ordinal)}'"
            )
        );

    public IReadOnlyList<object?> SeriesOf(SourceRow row) => [.. _series.Select(i => row.Values[i])];

    /// <summary>The tier of some rows: those without a finite time are in no bucket.</summary>
    /// <param name="grid">The boundaries of the tier.</param>
    /// <param name="first">The boundaries of the tier that caps coverage: the first one on the way from the source.</param>
    /// <param name="rows">Source rows in any order.</param>
    public IReadOnlyList<TrueBucket> RollUp(TrueGrid grid, TrueGrid first, IEnumerable<SourceRow> rows) =>
        [
            .. rows.Where(r => r.IsTimed)
                .GroupBy(r => (grid.BucketOf(r.At!.Value), Key: Key(SeriesOf(r))))
                .OrderBy(g => g.Key.Item1.From)
                .ThenBy(g => g.Key.Key, StringComparer.Ordinal)
                .Select(g => Bucket(g.Key.Item1, [.. g], first)),
        ];

    private TrueBucket Bucket(TimeRange range, IReadOnlyList<SourceRow> rows, TrueGrid first) =>
        new(
            range,
            SeriesOf(rows[0]),
            rows.Count,
            Covered(rows, first),
            [.. _measures.Select(i => TrueState.Of([.. rows.Select(r => (r.At!.Value, r.Values[i]))], _table.Columns[i].Kind))]
        );

    private long? Covered(IReadOnlyList<SourceRow> rows, TrueGrid first) =>
        _policy.Interval is not { } interval
            ? null
            : rows.GroupBy(r => first.BucketOf(r.At!.Value))
                .Sum(g => Math.Min(g.Count() * (long)interval.Shortest.TotalMilliseconds, (long)(g.Key.To - g.Key.From).TotalMilliseconds));
}
