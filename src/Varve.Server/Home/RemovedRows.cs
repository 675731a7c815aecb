using NodaTime;

namespace Varve.Server.Home;

/// <summary>Rows that a run removed on one day.</summary>
/// <param name="Tenant">Whose they were.</param>
/// <param name="Day">The midnight by UTC at which the day began.</param>
/// <param name="Rows">How many.</param>
internal sealed record RemovedRows(string Tenant, Instant Day, long Rows)
{
    /// <summary>The day of an instant.</summary>
    internal static Instant DayOf(Instant at) => at.InUtc().Date.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();

    /// <summary>When the day of an instant ends.</summary>
    internal static Instant EndOf(Instant at) => DayOf(at) + Duration.FromDays(1);
}
