// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RevisionsShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Revisions"><c>revisions</c> in JSON.</param>
public sealed record RevisionsShape(
    string Policy,
    IReadOnlyList<RevisionShape> Revisions);
