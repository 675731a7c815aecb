using NodaTime;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// Local dates by the server's zone data, and before 1970 by NodaTime's: servers are often built without what zones were
/// before then, and take one zone for another that has been the same since.
/// </summary>
internal static class PostgreSqlZones
{
    /// <param name="utc">A timestamp in UTC.</param>
    /// <param name="zone">The IANA zone.</param>
    public static SqlText LocalDate(SqlText utc, string zone)
    {
        SqlText since = $"CAST(({utc} AT TIME ZONE 'UTC') AT TIME ZONE {zone} AS DATE)";
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not { } known) return since;
        List<SqlText> arms = [];
        foreach (var interval in known.GetZoneIntervals(new Interval(null, NodaConstants.UnixEpoch)))
        {
            var end = interval.HasEnd ? Instant.Min(interval.End, NodaConstants.UnixEpoch) : NodaConstants.UnixEpoch;
            arms.Add($"WHEN {utc} < {end} THEN CAST({utc} + {(long)interval.WallOffset.Seconds} * INTERVAL '1 second' AS DATE)");
        }

        return $"CASE WHEN {utc} >= {NodaConstants.UnixEpoch} THEN {since} {SqlText.Join(" ", arms)} END";
    }
}
