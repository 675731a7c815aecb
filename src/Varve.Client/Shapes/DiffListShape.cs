// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>DiffListShape of the API.</summary>
/// <param name="Policies"><c>policies</c> in JSON.</param>
public sealed record DiffListShape(
    IReadOnlyList<PolicyDiff> Policies);
