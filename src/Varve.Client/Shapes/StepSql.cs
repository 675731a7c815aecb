// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>StepSql of the API.</summary>
/// <param name="Step"><c>step</c> in JSON.</param>
/// <param name="Statements"><c>statements</c> in JSON.</param>
public sealed record StepSql(
    string Step,
    IReadOnlyList<string> Statements);
