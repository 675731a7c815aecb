// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>QueryRevisionsShape of the API.</summary>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Revisions"><c>revisions</c> in JSON.</param>
public sealed record QueryRevisionsShape(
    string Query,
    IReadOnlyList<QueryRevisionShape> Revisions);
