// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>One problem of a document.</summary>
/// <param name="Code"><c>code</c> in JSON.</param>
/// <param name="Message"><c>message</c> in JSON.</param>
/// <param name="Pointer"><c>pointer</c> in JSON.</param>
/// <param name="Line"><c>line</c> in JSON.</param>
/// <param name="Column"><c>column</c> in JSON.</param>
/// <param name="IsWarning"><c>isWarning</c> in JSON.</param>
public sealed record ProblemPlace(
    string Code,
    string Message,
    string Pointer,
    int? Line,
    int? Column,
    bool IsWarning);
