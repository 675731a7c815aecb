using System.Diagnostics.CodeAnalysis;

namespace Varve.Archiving;

/// <summary>A kind of place that archives can be kept in, told by how its locations begin. Folders need none.</summary>
/// <param name="scheme">What stands before <c>://</c>.</param>
/// <param name="open">Opens a location; throws <see cref="PolicyException"/> where the text cannot be understood. Nothing is asked of the
/// place yet.</param>
[method: Experimental("VARVE001")]
public sealed class ArchiveKind(string scheme, Func<string, IArchiveStore> open)
{
    /// <summary>What stands before <c>://</c>.</summary>
    public string Scheme { get; } = scheme;

    internal IArchiveStore Open(string location) => open(location);
}
