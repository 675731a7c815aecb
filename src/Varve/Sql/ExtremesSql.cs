using Varve.Planning;

namespace Varve.Sql;

/// <summary>
/// Whether the values of a bucket and series have become one, or none, since its states were built: computed are the least
/// and the greatest of what its input has now, and what is stored says what it had.
/// </summary>
internal static class ExtremesSql
{
    public static Identifier Least(int measure) => new(FormattableString.Invariant($"varve_least_{measure}"));

    public static Identifier Greatest(int measure) => new(FormattableString.Invariant($"varve_greatest_{measure}"));

    /// <summary>Of rows of the source, given the value without NaN and infinities.</summary>
    public static IEnumerable<SqlText> OfRows(MeasureSql measure, int number) =>
        [$"{measure.Least(measure.Value)} AS {Least(number)}", $"{measure.Greatest(measure.Value)} AS {Greatest(number)}"];

    /// <summary>Of finer states: as near as they tell; they differ where nothing but a number of values is known.</summary>
    public static IEnumerable<SqlText> OfParts(MeasureSql measure, Func<string, SqlText> state, int number)
    {
        var (least, greatest) = Parts(measure, state);
        return [$"{least} AS {Least(number)}", $"{greatest} AS {Greatest(number)}"];
    }

    /// <summary>
    /// True where a measure had several values and has one, or had some and has none. What may have been one value counts as
    /// several.
    /// </summary>
    public static SqlText Lost(
        MeasureLayout layout,
        Func<Identifier, SqlText> computed,
        Func<string, SqlText> stored,
        SqlText rows,
        int measure
    )
    {
        var (least, greatest) = (computed(Least(measure)), computed(Greatest(measure)));
        return $"CASE WHEN {least} IS NULL THEN {Some(layout.States, stored)} ELSE {least} = {greatest} AND {Several(layout.States, stored, rows)} END";
    }

    private static (SqlText Least, SqlText Greatest) Parts(MeasureSql measure, Func<string, SqlText> s)
    {
        var states = measure.Layout.States;
        if (Ranges(states))
            return (measure.Least(s("min")), measure.Greatest(s("max")));
        if (states.Contains("m2"))
            return ($"min({s("mean")})", $"max({s("mean")}) + {measure.Dialect.Sum(s("m2"))}");
        if (states.Contains("sum"))
            return (
                $"min(CAST({s("sum")} AS DOUBLE PRECISION) / nullif({s("count")}, 0))",
                $"max(CAST({s("sum")} AS DOUBLE PRECISION) / nullif({s("count")}, 0))"
            );
        if (states.Contains("first") && states.Contains("last"))
            return (measure.Least($"least({s("first")}, {s("last")})"), measure.Greatest($"greatest({s("first")}, {s("last")})"));
        if (states.FirstOrDefault(v => v is "min" or "max" or "first" or "last") is { } value)
            return (measure.Least(s(value)), measure.Greatest(s(value)));
        if (states.Contains("count"))
            return ($"CASE WHEN sum({s("count")}) > 0 THEN 0 END", $"CASE WHEN sum({s("count")}) > 0 THEN 1 END");
        return ($"0", $"1");
    }

    private static SqlText Some(IReadOnlyList<string> states, Func<string, SqlText> s)
    {
        if (states.Contains("count"))
            return $"{s("count")} > 0";
        if (states.FirstOrDefault(v => v is "min" or "max" or "first" or "last") is { } value)
            return $"{s(value)} IS NOT NULL";
        return $"1 = 0";
    }

    private static SqlText Several(IReadOnlyList<string> states, Func<string, SqlText> s, SqlText rows)
    {
        var many = states.Contains("count") ? s("count") : rows;
        if (Ranges(states))
            return $"{s("min")} IS DISTINCT FROM {s("max")}";
        if (states.Contains("m2"))
            return $"{many} > 1 AND {s("m2")} > 1e-24 * {s("count")} * {s("mean")} * {s("mean")}";
        return $"{many} > 1";
    }

    private static bool Ranges(IReadOnlyList<string> states) => states.Contains("min") && states.Contains("max");
}
