// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>DroppedShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Dropped"><c>dropped</c> in JSON.</param>
/// <param name="Relations"><c>relations</c> in JSON.</param>
public sealed record DroppedShape(
    string Policy,
    bool Dropped,
    IReadOnlyList<string> Relations);
