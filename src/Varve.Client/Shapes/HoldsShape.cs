// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>HoldsShape of the API.</summary>
/// <param name="Holds"><c>holds</c> in JSON.</param>
public sealed record HoldsShape(
    IReadOnlyList<Hold> Holds);
