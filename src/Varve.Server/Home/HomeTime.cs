using NodaTime;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>Instants as a home stores them: microseconds since 1970.</summary>
internal static class HomeTime
{
    internal static long From(Instant at) => (at - NodaConstants.UnixEpoch).BclCompatibleTicks / 10;

    internal static Instant At(long micros) => NodaConstants.UnixEpoch + Duration.FromTicks(micros * 10);

    internal static Instant? At(long? micros) => micros is { } known ? At(known) : null;

    /// <summary>The number, or NULL.</summary>
    internal static SqlText Sql(Instant? at) => at is { } known ? $"{From(known)}" : (SqlText)$"NULL";
}
