using System.Diagnostics.CodeAnalysis;

namespace Varve.Engines;

/// <summary>What an engine can do. Each flag has a test for on and one for off.</summary>
[Experimental("VARVE001")]
public sealed record Capabilities
{
    /// <summary>Several statements are one atomic step with one snapshot.</summary>
    public required bool Transactions { get; init; }

    /// <summary>Tables have partitions that can be removed as a whole.</summary>
    public required bool Partitions { get; init; }

    /// <summary>How parts of a table are removed as a whole; null: rows are deleted.</summary>
    public Partitioning? Partitioning { get; init; }

    /// <summary>Where parts of archives are written and read for it; null where it does that itself, or nothing does.</summary>
    public PartBenches? Benches { get; init; }

    /// <summary>How parts of a table move to another place; null: they do not.</summary>
    public Relocation? Relocation { get; init; }

    /// <summary>The longest name in bytes of UTF-8; <see cref="int.MaxValue"/> where there is no limit.</summary>
    public required int MaxNameBytes { get; init; }

    /// <summary>Why a column of a tier cannot have a name, null where it can; null itself where every name will do.</summary>
    public Func<string, string?>? BadColumnName { get; init; }

    /// <summary>The most columns of a table.</summary>
    public required int MaxColumns { get; init; }

    /// <summary>Removing rows gives disk space back to the file system (false: blocks are reused inside the file).</summary>
    public required bool ReturnsSpace { get; init; }

    /// <summary>True where rows that were deleted lie in the files of their table until the engine has cleaned up after them.</summary>
    public bool LeavesDeadRows { get; init; }

    /// <summary>True where it makes few questions of many, if it is told of them ahead: <see cref="IStatements.AheadAsync"/>.</summary>
    public bool AsksAhead { get; init; }

    /// <summary>How it archives by snapshots of its own; null where it does not.</summary>
    public Snapshotting? Snapshotting { get; init; }

    /// <summary>
    /// A log in a schema of that name, which stands for transactions where several statements must be one; null where the engine
    /// has transactions, or no log either.
    /// </summary>
    public Func<string, IEntryLog>? Logs { get; init; }

    /// <summary>Names that differ in case only are one name.</summary>
    public required bool IgnoresCase { get; init; }
}
