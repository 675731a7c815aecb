// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ReasonBody of the API.</summary>
/// <param name="Reason"><c>reason</c> in JSON.</param>
public sealed record ReasonBody(
    string Reason);
