using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Conditions on the time column.</summary>
internal static class RangeSql
{
    /// <summary>As many ranges are asked for one after the other; of more, each row is compared with the middle ones only.</summary>
    private const int Few = 4;

    /// <summary>True for rows of a finite time in one of the ranges; several come with their hull, which prunes.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, RangeSet ranges) => ranges.Count switch
    {
        0 => $"1 = 0",
        1 => In(dialect, time, ranges[0]),
        <= Few => $"{Hull(dialect, time, ranges)} AND ({SqlText.Join(" OR ", ranges.Select(r => (SqlText)$"({In(dialect, time, r)})"))})",
        _ => $"{Hull(dialect, time, ranges)} AND {Among(dialect, time, ranges, 0, ranges.Count)}",
    };

    private static SqlText Hull(Dialect dialect, TimeColumn time, RangeSet ranges) => In(dialect, time, new TimeRange(ranges.Start!.Value, ranges.End!.Value));

    /// <summary>A search by halves: a row at or after the beginning of a range, and before that of the next, is in it or in none.</summary>
    private static SqlText Among(Dialect dialect, TimeColumn time, RangeSet ranges, int from, int to)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        if (to - from > 1)
        {
            var middle = from + ((to - from) / 2);
            return $"CASE WHEN {column} < {dialect.TimeValue(time, ranges[middle].From)} THEN {Among(dialect, time, ranges, from, middle)} ELSE {Among(dialect, time, ranges, middle, to)} END";
        }

        if (ranges[from].ToEnd) return $"1 = 1";
        return $"{column} < {dialect.TimeValue(time, ranges[from].To)}";
    }

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
