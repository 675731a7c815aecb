using Varve.Planning;

namespace Varve.Archiving;

/// <summary>A part that was found by its manifest.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="File">Where that is.</param>
internal sealed record FoundPart(ArchiveManifest Manifest, string File)
{
    /// <summary>Where its rows are.</summary>
    public string Rows => File[..^PartNames.Manifest.Length] + PartNames.Rows;
}
