// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RepairShape of the API.</summary>
/// <param name="Policies"><c>policies</c> in JSON.</param>
public sealed record RepairShape(
    IReadOnlyList<RepairedPolicy> Policies);
