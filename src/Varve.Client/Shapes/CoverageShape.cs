// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>By relation, what is known of each window of a span.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Relations"><c>relations</c> in JSON.</param>
/// <param name="Holds"><c>holds</c> in JSON.</param>
public sealed record CoverageShape(
    string Policy,
    TimeRange Range,
    IReadOnlyList<RelationCoverage> Relations,
    IReadOnlyList<Hold> Holds);
