using System.Text.RegularExpressions;

namespace Varve.Server.Ui;

/// <summary>
/// The file that a text says it is kept in, <c># managed-by: deploy/cpu.yaml</c>: what is saved here only would be written over
/// when that is applied again.
/// </summary>
internal static partial class ManagedFile
{
    /// <summary>The file; null where the text names none.</summary>
    internal static string? Of(string yaml) => Line().Match(yaml) is { Success: true } found ? found.Groups["file"].Value : null;

    internal static Html Badge(string yaml) =>
        Of(yaml) is { } file
            ? (Html)$""" <span class="chip managed" title="Its text is kept in {file}">managed by file</span>"""
            : Html.None;

    [GeneratedRegex(@"^#[ \t]*managed-by:[ \t]*(?<file>\S[^\r\n]*?)[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
