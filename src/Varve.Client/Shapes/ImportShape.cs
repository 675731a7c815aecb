// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ImportShape of the API.</summary>
/// <param name="Policies"><c>policies</c> in JSON.</param>
/// <param name="Left"><c>left</c> in JSON.</param>
public sealed record ImportShape(
    IReadOnlyList<InitPolicy> Policies,
    IReadOnlyList<string> Left);
