using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The fixed pieces in which a table is worked off, oldest first: a UTC day, hours where a day holds more than 50 M rows,
/// months or years where one holds at most 10 M. Their boundaries do not depend on the planning instant. Rows are those of
/// the source, or of the tiers that are read where the source is not. Where it was looked at on which days there are rows,
/// a slice is the longest of millennium, century, decade, year, month and day that holds few enough, and time without rows
/// has no slices: one row of the year 1 costs one.
/// </summary>
internal static class Slices
{
    private const double MostRows = 50e6;

    /// <summary>A slice of more rows is a shorter one, unless it is a day.</summary>
    public const double FewRows = 10e6;

    private static readonly int[] s_hours = [12, 8, 6, 4, 3, 2, 1];

    private static readonly int[] s_years = [1000, 100, 10, 1];

    /// <summary>Days of UTC.</summary>
    public static Grid UtcDay { get; } = Utc("1d");

    private static Grid UtcMonth { get; } = Utc("1mo");

    private static Grid UtcYear { get; } = Utc("1y");

    /// <summary>The ends of the slices of a range, in order; the last is at or after its end.</summary>
    public static IEnumerable<Instant> Ends(TableState state, long rows, TimeRange range)
    {
        if (state.Days is not { } days)
            return For(state, rows).Buckets(range).Select(b => b.To);
        List<DayRows> within = [.. days.Where(d => d.Day.Overlaps(range))];
        return Blocks(within, 0).Skip(1).Select(b => b.From).Where(range.Contains).Append(range.To);
    }

    /// <summary>How many slices a range would have by the extent of the rows alone, about.</summary>
    public static double Count(TableState state, long rows, TimeRange range) => (range.To - range.From) / For(state, rows).Width.Longest;

    /// <summary>The grid of the slices in which so many rows of a table are worked off, taken as evenly spread.</summary>
    public static Grid For(TableState state, long rows)
    {
        if (state.First is not { } first || state.Last is not { } last || last <= first)
            return UtcYear;
        return For(rows / Math.Max((last - first).TotalDays, 1.0 / 24));
    }

    private static Grid For(double perDay)
    {
        if (perDay * 366 <= FewRows)
            return UtcYear;
        if (perDay * 31 <= FewRows)
            return UtcMonth;
        if (perDay <= MostRows)
            return UtcDay;
        var hours = s_hours.FirstOrDefault(h => perDay * h / 24 <= MostRows, 1);
        return Grid.Fixed(new Width.Fixed(hours * 3_600_000L), NodaConstants.UnixEpoch);
    }

    // Each level splits what holds too many rows: years by thousands, hundreds and tens, then the calendar.
    private static IEnumerable<TimeRange> Blocks(IReadOnlyList<DayRows> days, int level)
    {
        foreach (var block in days.GroupBy(d => Key(d.Day.From, level)))
        {
            List<DayRows> some = [.. block];
            var rows = some.Sum(d => d.Rows);
            if (rows <= FewRows)
                yield return new(block.Key, some[^1].Day.To);
            else if (level <= s_years.Length)
                foreach (var part in Blocks(some, level + 1))
                    yield return part;
            else
                foreach (var hours in For(rows).Buckets(some[0].Day))
                    yield return hours;
        }
    }

    private static Instant Key(Instant day, int level)
    {
        if (level > s_years.Length)
            return day;
        if (level == s_years.Length)
            return UtcMonth.Floor(day);
        var year = day.InUtc().Year;
        var start = Floored.Divide(year, s_years[level]) * s_years[level];
        return start < -9998 ? Instant.MinValue : Instant.FromUtc((int)start, 1, 1, 0, 0);
    }

    private static Grid Utc(string width) => Grid.Calendar((Width.Calendar)Width.Parse(width), DateTimeZone.Utc);
}

/// <summary>How many rows there are on a day of UTC.</summary>
/// <param name="Day">The day.</param>
/// <param name="Rows">Its rows, of the source and of the tiers.</param>
public sealed record DayRows(TimeRange Day, long Rows);
