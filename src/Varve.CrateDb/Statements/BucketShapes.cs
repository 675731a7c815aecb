using System.Globalization;
using NodaTime;
using Varve.Sql;
using Varve.Time;

namespace Varve.CrateDb.Statements;

/// <summary>Expressions that give the start of a bucket.</summary>
internal static class BucketShapes
{
    // Ten million days before 1970: before all rows that anybody has.
    private const long LongAgo = -864_000_000_000_000;

    /// <summary>
    /// Buckets of one length. date_bin puts an instant before its origin and exactly on a boundary one bucket too early, so the
    /// origin that is written lies before all rows, a whole number of buckets away from the one that is meant.
    /// </summary>
    /// <param name="time">The time.</param>
    /// <param name="width">Milliseconds.</param>
    /// <param name="origin">A boundary, in milliseconds.</param>
    public static SqlText Binned(SqlText time, long width, long origin)
    {
        var rest = ((origin - LongAgo) % width + width) % width;
        var early = LongAgo + rest - (rest == 0 ? 0 : width);
        return $"date_bin({Length(width)}::INTERVAL, {time}, {early})";
    }

    /// <summary>
    /// Days, weeks, months, quarters or years of a zone, by the server's own list of zones: after <see cref="Disagreements"/> gave 0.
    /// </summary>
    public static SqlText Truncated(SqlText time, CalendarUnit unit, string zone) => $"date_trunc({Name(unit)}, {zone}, {time})";

    /// <summary>
    /// How many of some boundaries the server would put elsewhere: each must be its own bucket, and the millisecond before it
    /// must be in the bucket before.
    /// </summary>
    /// <param name="boundaries">In their order; of the first one only that it is a boundary is asked.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="zone">The zone.</param>
    public static SqlText Disagreements(IReadOnlyList<Instant> boundaries, CalendarUnit unit, string zone)
    {
        var own = boundaries.Skip(1).Select(b => (SqlText)$"{CrateDbTime.Milliseconds(b)}");
        var before = boundaries.SkipLast(1).Select(b => (SqlText)$"{CrateDbTime.Milliseconds(b)}");
        return $"""
            SELECT count(*) FROM unnest([{SqlText.Join(", ", own)}]::BIGINT[], [{SqlText.Join(", ", before)}]::BIGINT[]) AS b(lo, prev)
            WHERE date_trunc({Name(unit)}, {zone}, lo::TIMESTAMP WITH TIME ZONE)::BIGINT <> lo
              OR date_trunc({Name(unit)}, {zone}, (lo - 1)::TIMESTAMP WITH TIME ZONE)::BIGINT <> prev
            """;
    }

    /// <summary>Buckets whose boundaries are written out, for zones on which the server disagrees.</summary>
    public static SqlText Listed(SqlText time, IReadOnlyList<Instant> boundaries)
    {
        var cases = boundaries.Skip(1).Zip(boundaries)
            .Select(b => (SqlText)$"WHEN {time} < {CrateDbTime.Milliseconds(b.First)} THEN {CrateDbTime.Milliseconds(b.Second)}");
        return $"(CASE {SqlText.Join(" ", cases)} END)::BIGINT::TIMESTAMP WITH TIME ZONE";
    }

    private static SqlText Name(CalendarUnit unit) => unit switch
    {
        CalendarUnit.Day => $"'day'",
        CalendarUnit.Week => $"'week'",
        CalendarUnit.Month => $"'month'",
        CalendarUnit.Quarter => $"'quarter'",
        _ => $"'year'",
    };

    private static string Length(long milliseconds) => milliseconds % 1_000 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000} seconds")
        : string.Create(CultureInfo.InvariantCulture, $"PT{milliseconds / 1_000m}S");
}
