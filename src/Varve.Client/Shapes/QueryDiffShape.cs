// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>QueryDiffShape of the API.</summary>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="Changes"><c>changes</c> in JSON.</param>
public sealed record QueryDiffShape(
    string Query,
    int Revision,
    IReadOnlyList<PolicyDifference> Changes);
