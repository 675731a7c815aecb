using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>What a policy says of a column that its table is partitioned by, where the table itself does not tell it.</summary>
/// <param name="By">The column: its value is the start of the partition.</param>
/// <param name="Every">How long a partition is.</param>
public sealed record PartitionWidth(string By, Width Every)
{
    /// <summary>The zone of a calendar width; null: the policy's.</summary>
    public string? Zone { get; init; }

    /// <summary>An instant on a boundary of a fixed width.</summary>
    public Instant Origin { get; init; } = NodaConstants.UnixEpoch;
}
