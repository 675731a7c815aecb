// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ProblemShape of the API.</summary>
/// <param name="Code"><c>code</c> in JSON.</param>
/// <param name="Message"><c>message</c> in JSON.</param>
/// <param name="IsWarning"><c>isWarning</c> in JSON.</param>
/// <param name="File"><c>file</c> in JSON.</param>
/// <param name="Line"><c>line</c> in JSON.</param>
/// <param name="Column"><c>column</c> in JSON.</param>
/// <param name="ExitCode"><c>exitCode</c> in JSON.</param>
public sealed record ProblemShape(
    string Code,
    string Message,
    bool IsWarning,
    string? File,
    int? Line,
    int? Column,
    int? ExitCode);
