// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TierShape of the API.</summary>
/// <param name="Every"><c>every</c> in JSON.</param>
/// <param name="Zone"><c>zone</c> in JSON.</param>
/// <param name="Keep"><c>keep</c> in JSON.</param>
/// <param name="Name"><c>name</c> in JSON.</param>
public sealed record TierShape(
    string Every,
    string? Zone,
    string Keep,
    string? Name);
