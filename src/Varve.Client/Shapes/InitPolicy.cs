// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>InitPolicy of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="File"><c>file</c> in JSON.</param>
/// <param name="Yaml"><c>yaml</c> in JSON.</param>
public sealed record InitPolicy(
    string Policy,
    string Table,
    string? File,
    string Yaml);
