// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>WindowStepsShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Steps"><c>steps</c> in JSON.</param>
public sealed record WindowStepsShape(
    string Policy,
    string Relation,
    TimeRange Range,
    IReadOnlyList<StepRecord> Steps);
