using Varve.Policies;

namespace Varve.Catalog;

/// <summary>What a run begins with, read at once before any lease was taken.</summary>
/// <param name="Policies">The policies in force.</param>
/// <param name="Patterns">The patterns in force.</param>
/// <param name="HasPruning">False where nobody has begun to prune an archive.</param>
/// <param name="HasHolds">False where nothing is held, by whatever policy.</param>
/// <param name="Runs">The runs that are there.</param>
internal sealed record CatalogBeginning(
    IReadOnlyList<StoredPolicy> Policies,
    IReadOnlyList<StoredPolicy> Patterns,
    bool HasPruning,
    bool HasHolds,
    RunsThere Runs
);

/// <summary>Which runs there are.</summary>
/// <param name="AreOpen">True where one is under way, or was when its process ended.</param>
/// <param name="AreOld">True where one is too old to be kept; null where nobody asked.</param>
internal readonly record struct RunsThere(bool AreOpen, bool? AreOld);
