using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Conditions on the time column. What no calendar has is in no range, however far that reaches.</summary>
internal static class RangeSql
{
    /// <summary>As many ranges are asked for one after the other; of more, each row is compared with the middle ones only.</summary>
    private const int Few = 4;

    /// <summary>True for rows of a known time in one of the ranges; several come with their hull, which prunes.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, RangeSet ranges)
    {
        var known = ranges.Intersect(time.Known);
        return known.Count switch
        {
            0 => $"1 = 0",
            1 => Within(dialect, time, known[0]),
            <= Few =>
                $"{Hull(dialect, time, known)} AND ({SqlText.Join(" OR ", known.Select(r => (SqlText)$"({Within(dialect, time, r)})"))})",
            _ => $"{Hull(dialect, time, known)} AND {Among(dialect, time, known, 0, known.Count)}",
        };
    }

    /// <summary>True for rows of a known time in the range.</summary>
    public static SqlText In(Dialect dialect, TimeColumn time, TimeRange range) => In(dialect, time, RangeSet.Of(range));

    private static SqlText Hull(Dialect dialect, TimeColumn time, RangeSet ranges) =>
        Within(dialect, time, new TimeRange(ranges.Start!.Value, ranges.End!.Value));

    /// <summary>A search by halves: a row at or after the beginning of a range, and before that of the next, is in it or in none.</summary>
    private static SqlText Among(Dialect dialect, TimeColumn time, RangeSet ranges, int from, int to)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        if (to - from == 1)
            return $"{column} < {dialect.TimeValue(time, ranges[from].To)}";
        var middle = from + ((to - from) / 2);
        return $"CASE WHEN {column} < {dialect.TimeValue(time, ranges[middle].From)} THEN {Among(dialect, time, ranges, from, middle)} ELSE {Among(dialect, time, ranges, middle, to)} END";
    }

    private static SqlText Within(Dialect dialect, TimeColumn time, TimeRange range)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        return $"{column} >= {dialect.TimeValue(time, range.From)} AND {column} < {dialect.TimeValue(time, range.To)}";
    }
}
