using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Conditions on the time column.</summary>
internal static class RangeSql
{
    /// <summary>True for rows of a known time in one of the ranges; several come with their hull, which prunes.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, RangeSet ranges) => ranges.Count switch
    {
        0 => $"1 = 0",
        1 => In(dialect, time, ranges[0]),
        _ => $"{In(dialect, time, new TimeRange(ranges.Start!.Value, ranges.End!.Value))} AND ({SqlText.Join(" OR ", ranges.Select(r => (SqlText)$"({In(dialect, time, r)})"))})",
    };

    /// <summary>True for rows of a known time in the range: what no calendar has is in no range, however far that reaches.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, TimeRange range)
    {
        if (range.Intersect(time.Known) is not { IsEmpty: false } known) return $"1 = 0";
        SqlText column = $"{new Identifier(time.Name)}";
        return $"{column} >= {dialect.TimeValue(time, known.From)} AND {column} < {dialect.TimeValue(time, known.To)}";
    }
}
