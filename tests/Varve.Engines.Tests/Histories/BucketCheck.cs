using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Histories;

/// <summary>Compares one bucket of a tier, as it was read, with the rows that it must hold.</summary>
/// <param name="oracle">Of a policy with every function, so that columns that are no longer asked for are known too.</param>
public sealed class BucketCheck(Oracle oracle)
{
    /// <summary>
    /// What differs, or null. Columns of states that need not be known may be NULL, or be those of other rows that it held
    /// before.
    /// </summary>
    public string? Difference(
        TrueGrid grid,
        IReadOnlyList<ModelRow> content,
        IReadOnlySet<string> known,
        IReadOnlyList<TierRow> rows,
        IReadOnlyList<ModelRow>? before = null
    )
    {
        var expected = RollUp(grid, content);
        var earlier = before is null || ReferenceEquals(before, content) ? expected : RollUp(grid, before);
        foreach (var row in rows)
        {
            if (!expected.Remove(row.Key, out var bucket))
                return $"a series too many: {row.Text}";
            if (known.FirstOrDefault(column => row.Values.All(v => v.Name != column)) is { } missing)
                return $"it has no column {missing}: {row.Text}";
            foreach (var (name, value) in row.Values)
            {
                var isUnknown = !name.StartsWith("varve_", StringComparison.Ordinal) && !known.Contains(name);
                if (value is null && isUnknown)
                    continue;
                var (wanted, tolerance) = TierCheck.State(oracle.Policy, bucket, name);
                if (
                    isUnknown
                    && earlier.GetValueOrDefault(row.Key) is { } other
                    && TierCheck.State(oracle.Policy, other, name) is var was
                    && Close.Same(was.Value, value, was.Tolerance)
                )
                    continue;
                if (!Close.Same(wanted, value, tolerance))
                    return $"{name} is {Close.Show(value)}, not {Close.Show(wanted)}: {row.Text}";
            }
        }

        return expected.Count == 0 ? null : $"series are missing: {string.Join(", ", expected.Keys)}";
    }

    // No interval is asked for, so coverage is NULL whatever the first tier is.
    private Dictionary<string, TrueBucket> RollUp(TrueGrid grid, IReadOnlyList<ModelRow> content) =>
        oracle.RollUp(grid, grid, content.Select(r => r.Row)).ToDictionary(b => Oracle.Key(b.Series));

    public static string Text(ModelRow row) =>
        $"#{row.Id} {(row.Row.At is { } at ? Varve.Time.InstantText.Format(at) : "NULL")} {Close.Show(row.Row.Values[0])} v={Close.Show(row.Row.Values[HistoryTable.Value])}";
}
