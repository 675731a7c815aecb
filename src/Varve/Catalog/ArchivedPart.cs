using NodaTime;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>One part of an archive, as the catalog knows it.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Location">The location by its name.</param>
/// <param name="Range">Its rows lie in this range.</param>
/// <param name="Part">From 1 on; several where rows came after the first was written.</param>
/// <param name="File">Its name inside of the location.</param>
public sealed record ArchivedPart(string Policy, string Location, TimeRange Range, int Part, string File)
{
    /// <summary>Its rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The sum of the hashes of its rows, as decimal digits.</summary>
    public required string RowHash { get; init; }

    /// <summary>The engine, its version and its function that made <see cref="RowHash"/>: hashes by others cannot be compared.</summary>
    public required string HashedBy { get; init; }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The run that wrote it.</summary>
    public required string Run { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant WrittenAt { get; init; }

    /// <summary>When it was read back and held what was then removed; null before.</summary>
    public Instant? ProvenAt { get; init; }
}
