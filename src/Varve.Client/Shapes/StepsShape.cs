// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>StepsShape of the API.</summary>
/// <param name="Steps"><c>steps</c> in JSON.</param>
public sealed record StepsShape(
    IReadOnlyList<StepLine> Steps);
