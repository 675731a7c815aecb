// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A place in a policy file.</summary>
/// <param name="File"><c>file</c> in JSON.</param>
/// <param name="Line"><c>line</c> in JSON.</param>
/// <param name="Column"><c>column</c> in JSON.</param>
/// <param name="Text"><c>text</c> in JSON; may be left out.</param>
public sealed record SourcePosition(
    string File,
    int Line,
    int Column,
    string? Text = null);
