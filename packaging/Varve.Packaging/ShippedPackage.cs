namespace Varve.Packaging;

/// <summary>A package of somebody else, of which files are in a published program.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Licence">An SPDX expression, such as <c>MIT</c>.</param>
/// <param name="Hash">SHA-512 of the package in base 64; null for a runtime, which comes without one.</param>
/// <param name="Url">Where the project says that it lives; null where it does not say.</param>
/// <param name="Copyright">As the package says it; null where it does not.</param>
/// <param name="Texts">The files of licences and notices in it, by name, in order.</param>
internal sealed record ShippedPackage(
    string Id,
    string Version,
    string Licence,
    string? Hash,
    string? Url,
    string? Copyright,
    IReadOnlyList<(string Name, string Text)> Texts
)
{
    /// <summary>Its name in a bill of materials.</summary>
    internal string Purl => $"pkg:nuget/{Id}@{Version}";
}
