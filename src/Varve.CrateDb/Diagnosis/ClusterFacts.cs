using NodaTime;

namespace Varve.CrateDb.Diagnosis;

/// <summary>
/// What a cluster says of itself. Where the user may not see something, it is null and not empty: neither proves that it is not there.
/// </summary>
internal sealed record ClusterFacts
{
    /// <summary>The cluster's name; null where it may not be seen.</summary>
    public string? Name { get; init; }

    /// <summary>Who asked.</summary>
    public required string User { get; init; }

    /// <summary>The schema of names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>The server's clock less this machine's, half of the way there and back taken off.</summary>
    public required Duration ClockOffset { get; init; }

    /// <summary>True: the user may do everything; null where it may not be seen.</summary>
    public bool? IsSuperuser { get; init; }

    /// <summary>
    /// What the user was given and denied, what roles give it left out; null where it may not be seen, or nobody asks because of
    /// <see cref="IsSuperuser"/>.
    /// </summary>
    public IReadOnlyList<Grant>? Grants { get; init; }

    /// <summary>The nodes; null where they may not be seen.</summary>
    public IReadOnlyList<NodeFacts>? Nodes { get; init; }

    /// <summary>How many shards a node may have; null where it may not be seen.</summary>
    public long? MostShards { get; init; }

    /// <summary>From which share of a full disk on nothing is moved to a node, all is moved away, and nothing is written.</summary>
    public Watermarks? Watermarks { get; init; }

    /// <summary>Tables and partitions that are not green, of those the user may see.</summary>
    public IReadOnlyList<UnhealthyTable> Unhealthy { get; init; } = [];

    /// <summary>Where snapshots can be kept; null where they may not be seen.</summary>
    public IReadOnlyList<Repository>? Repositories { get; init; }

    /// <summary>What the cluster's own checks found.</summary>
    public IReadOnlyList<string> FailedChecks { get; init; } = [];
}

/// <summary>A node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version: 6.4.3.</param>
/// <param name="Attributes">What it was given: storage = hot.</param>
/// <param name="DiskSize">Bytes.</param>
/// <param name="DiskFree">Bytes.</param>
/// <param name="Heap">Bytes.</param>
/// <param name="Shards">How many it has, of those the user may see.</param>
internal sealed record NodeFacts(
    string Name,
    string Version,
    IReadOnlyDictionary<string, string> Attributes,
    long? DiskSize,
    long? DiskFree,
    long? Heap,
    long Shards
)
{
    /// <summary>Used of the disk, 0 to 1; null where it is not known.</summary>
    public double? DiskUsed => DiskSize is > 0 and var size && DiskFree is { } free ? 1 - ((double)free / size) : null;
}

/// <summary>The watermarks of the disks, as they are set: 85%, or 50gb.</summary>
internal sealed record Watermarks(string Low, string High, string FloodStage)
{
    /// <summary>
    /// Bytes that a node takes before the low watermark, negative beyond it; a watermark that is said in bytes is left to the
    /// cluster.
    /// </summary>
    public long Room(long available, long size) => Share(Low) is { } share ? available - (long)(size * (1 - share)) : available;

    /// <summary>A share of the disk, 0 to 1; null for one that is said in bytes.</summary>
    public static double? Share(string text) =>
        text.EndsWith('%')
        && double.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.CultureInfo.InvariantCulture, out var percent)
            ? percent / 100
            : null;
}

/// <summary>A table or partition that is not green.</summary>
internal sealed record UnhealthyTable(string Schema, string Table, string? Ident, string Health, long Missing, long Underreplicated);

/// <summary>Something that a user was given, or denied.</summary>
/// <param name="Class">CLUSTER, SCHEMA or TABLE.</param>
/// <param name="Name">Of the schema or the table; null for the cluster.</param>
/// <param name="Privilege">DQL, DML, DDL or AL.</param>
/// <param name="IsDenied">True: it was taken away.</param>
internal sealed record Grant(string Class, string? Name, string Privilege, bool IsDenied);

/// <summary>A repository.</summary>
internal sealed record Repository(string Name, string Type)
{
    /// <summary>True where it takes no snapshot.</summary>
    public bool IsReadOnly { get; init; }
}
