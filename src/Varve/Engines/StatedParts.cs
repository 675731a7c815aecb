using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines;

/// <summary>Tables of which only the policy says how long their partitions are.</summary>
internal static class StatedParts
{
    /// <summary>The table as it is for a policy; what makes no sense is found when the policy is laid over it.</summary>
    public static Task<TableDescription> OfAsync(
        IEngine engine,
        Policy policy,
        TableDescription table,
        CancellationToken cancellationToken
    ) =>
        policy.Partition is { } said
        && table.PartitionedBy.Any(p => p.Column == said.By && p.Reason is not null)
        && DateTimeZoneProviders.Tzdb.Ids.Contains(said.Zone ?? policy.Zone)
        && engine.Capabilities.Partitioning is { } partitioning
            ? partitioning.WithPartsAsync(table, policy.Time, said with { Zone = said.Zone ?? policy.Zone }, cancellationToken)
            : Task.FromResult(table);
}
