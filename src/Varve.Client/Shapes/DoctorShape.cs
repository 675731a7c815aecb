// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>DoctorShape of the API.</summary>
/// <param name="IsSound"><c>isSound</c> in JSON.</param>
/// <param name="Findings"><c>findings</c> in JSON.</param>
public sealed record DoctorShape(
    bool IsSound,
    IReadOnlyList<Finding> Findings);
