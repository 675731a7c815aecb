// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RelationCoverage of the API.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Windows"><c>windows</c> in JSON.</param>
public sealed record RelationCoverage(
    string Relation,
    IReadOnlyList<CoverageWindow> Windows);
