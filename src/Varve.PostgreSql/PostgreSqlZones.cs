using NodaTime;
using Varve.Sql;
using Varve.Time;

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
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not { } known)
            return since;
        var arms = ZoneHistory
            .Before1970(known)
            .Select(o => (SqlText)$"WHEN {utc} < {o.End} THEN CAST({utc} + {o.Seconds} * INTERVAL '1 second' AS DATE)");
        return $"CASE WHEN {utc} >= {NodaConstants.UnixEpoch} THEN {since} {SqlText.Join(" ", arms)} END";
    }
}
