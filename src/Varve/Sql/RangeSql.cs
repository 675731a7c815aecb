using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Conditions on the time column.</summary>
internal static class RangeSql
{
    /// <summary>True for rows of a finite time in one of the ranges; several come with their hull, which prunes.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, RangeSet ranges) => ranges.Count switch
    {
        0 => $"1 = 0",
        1 => In(dialect, time, ranges[0]),
        _ => $"{In(dialect, time, new TimeRange(ranges.Start!.Value, ranges.End!.Value))} AND ({SqlText.Join(" OR ", ranges.Select(r => (SqlText)$"({In(dialect, time, r)})"))})",
    };

    /// <summary>True for rows of a finite time in the range.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, TimeRange range)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        return (range.FromStart, range.ToEnd) switch
        {
            (false, false) => $"{column} >= {dialect.TimeValue(time, range.From)} AND {column} < {dialect.TimeValue(time, range.To)}",
            (true, false) => $"{column} < {dialect.TimeValue(time, range.To)} AND {dialect.IsFiniteTime(time, column)}",
            (false, true) => $"{column} >= {dialect.TimeValue(time, range.From)} AND {dialect.IsFiniteTime(time, column)}",
            (true, true) => dialect.IsFiniteTime(time, column),
        };
    }
}
