// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>One or several policies as YAML.</summary>
/// <param name="Yaml"><c>yaml</c> in JSON.</param>
public sealed record YamlBody(
    string Yaml);
