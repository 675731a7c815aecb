// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>PolicyStatements of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Steps"><c>steps</c> in JSON.</param>
public sealed record PolicyStatements(
    string Policy,
    IReadOnlyList<StepSql> Steps);
