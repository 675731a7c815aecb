using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The fixed pieces in which a table is worked off, oldest first: a UTC day, hours where a day holds more than 50 M rows,
/// months or years where one holds at most 10 M. Their boundaries do not depend on the planning instant. Rows are those of
/// the source, or of the tiers that are read where the source is not.
/// </summary>
internal static class Slices
{
    private const double MostRows = 50e6;
    private const double FewRows = 10e6;

    private static readonly int[] s_hours = [12, 8, 6, 4, 3, 2, 1];

    /// <summary>Days of UTC.</summary>
    public static Grid UtcDay { get; } = Utc("1d");

    private static Grid UtcMonth { get; } = Utc("1mo");

    private static Grid UtcYear { get; } = Utc("1y");

    /// <summary>The grid of the slices in which so many rows of a table are worked off.</summary>
    public static Grid For(TableState state, long rows)
    {
        if (state.First is not { } first || state.Last is not { } last || last <= first) return UtcYear;
        var perDay = rows / Math.Max((last - first).TotalDays, 1.0 / 24);
        if (perDay * 366 <= FewRows) return UtcYear;
        if (perDay * 31 <= FewRows) return UtcMonth;
        if (perDay <= MostRows) return UtcDay;
        var hours = s_hours.FirstOrDefault(h => perDay * h / 24 <= MostRows, 1);
        return Grid.Fixed(new Width.Fixed(hours * 3_600_000L), NodaConstants.UnixEpoch);
    }

    private static Grid Utc(string width) => Grid.Calendar((Width.Calendar)Width.Parse(width), DateTimeZone.Utc);
}
