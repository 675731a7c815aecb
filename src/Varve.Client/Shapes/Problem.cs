// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>One thing that is wrong with a policy, or that its author should know.</summary>
/// <param name="Code"><c>code</c> in JSON.</param>
/// <param name="Message"><c>message</c> in JSON.</param>
/// <param name="Position"><c>position</c> in JSON; may be left out.</param>
/// <param name="Path"><c>path</c> in JSON; may be left out.</param>
/// <param name="IsWarning"><c>isWarning</c> in JSON; may be left out.</param>
/// <param name="ExitCode"><c>exitCode</c> in JSON; may be left out.</param>
/// <param name="Text"><c>text</c> in JSON; may be left out.</param>
public sealed record Problem(
    string Code,
    string Message,
    SourcePosition? Position = null,
    string? Path = null,
    bool? IsWarning = null,
    int? ExitCode = null,
    string? Text = null);
