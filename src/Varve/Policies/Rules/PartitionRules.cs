using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>What a policy says of the partitions of its table must be a width that partitions can have.</summary>
internal static class PartitionRules
{
    private const string Path = "source.partition";

    internal static void Check(Policy policy, List<Problem> problems)
    {
        if (policy.Partition is not { } partition)
            return;
        if (partition.Zone is { } zone)
            TierRules.Zone(zone, $"{Path}.zone", problems);
        if (partition is { Every: Width.Fixed, Zone: { } named })
            Add(
                "zone",
                $"Partitions of a fixed width are ranges of UTC, and the zone is {named}. Take it out, or write a width such as 1d."
            );
        if (partition.Every is Width.Calendar && partition.Origin != NodaConstants.UnixEpoch)
            Add("origin", "Partitions by the calendar have no origin. Take it out, or write a width such as 24h.");
        if (partition.Every is Width.Fixed && Micros.FloorToMilliseconds(partition.Origin) != partition.Origin)
            Add("origin", $"The origin {InstantText.Format(partition.Origin)} is not in whole milliseconds. Cut what is finer.");
        if (partition.Every is Width.Calendar { Count: > 1 })
            Add("every", $"No partition is {partition.Every.Name} long. Write 1d, 1w, 1mo, 1q, 1y, or a fixed width such as 6h.");

        void Add(string key, string message) => problems.Add(new(PolicyCodes.WidthMismatch, message) { Path = $"{Path}.{key}" });
    }
}
