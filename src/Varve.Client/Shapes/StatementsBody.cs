// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A plan as it was answered, and the policies as YAML where it was made of a text.</summary>
/// <param name="Plan"><c>plan</c> in JSON.</param>
/// <param name="Yaml"><c>yaml</c> in JSON; may be left out.</param>
public sealed record StatementsBody(
    string Plan,
    string? Yaml = null);
