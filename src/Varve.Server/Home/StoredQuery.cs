using NodaTime;
using Varve.Queries;

namespace Varve.Server.Home;

/// <summary>A revision of a query as it is kept.</summary>
/// <param name="Connection">The database by its name here.</param>
/// <param name="Query">What it says.</param>
/// <param name="Revision">From 1 on.</param>
/// <param name="Yaml">As it was written.</param>
/// <param name="AppliedAt">When it was stored.</param>
/// <param name="AppliedBy">By whom.</param>
internal sealed record StoredQuery(string Connection, RecurrentQuery Query, int Revision, string Yaml, Instant AppliedAt, string AppliedBy)
{
    public ScheduleKey Key => new(Connection, Query.Name, IsQuery: true);
}
