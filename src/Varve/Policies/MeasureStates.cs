namespace Varve.Policies;

/// <summary>Which states a measure stores, and what its columns are called (semantics §3 and §8).</summary>
internal static class MeasureStates
{
    private static readonly string[] Order =
    [
        "count",
        "sum",
        "min",
        "max",
        "first",
        "first_at",
        "last",
        "last_at",
        "mean",
        "m2",
        "nan",
        "pinf",
        "ninf",
    ];

    /// <summary>The suffixes of the stored columns in their fixed order.</summary>
    internal static IReadOnlyList<string> Of(Measure measure, bool hasNaN)
    {
        HashSet<string> needed = [.. measure.Functions.SelectMany(Of)];
        if (hasNaN)
            needed.UnionWith(["nan", "pinf", "ninf"]);
        return [.. Order.Where(needed.Contains)];
    }

    /// <summary>The columns of the table of states and of the view, without repetitions.</summary>
    internal static IEnumerable<string> Columns(Measure measure, bool hasNaN) =>
        Of(measure, hasNaN)
            .Concat(measure.Functions.Select(f => PolicyKeys.Lower(f.ToString())))
            .Distinct()
            .Select(s => $"{measure.Name}_{s}");

    /// <summary>The suffixes of the states that a function is read from.</summary>
    internal static string[] Of(Function function) =>
        function switch
        {
            Function.Count => ["count"],
            Function.Sum or Function.Avg => ["count", "sum"],
            Function.Min => ["min"],
            Function.Max => ["max"],
            Function.First => ["first", "first_at"],
            Function.Last => ["last", "last_at"],
            Function.Stddev or Function.Variance => ["count", "mean", "m2"],
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "There is no such function."),
        };
}
