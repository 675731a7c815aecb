// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TriedShape of the API.</summary>
/// <param name="Found"><c>found</c> in JSON.</param>
public sealed record TriedShape(
    string Found);
