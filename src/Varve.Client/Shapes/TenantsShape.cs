// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Tenants.</summary>
/// <param name="Tenants"><c>tenants</c> in JSON.</param>
public sealed record TenantsShape(
    IReadOnlyList<TenantShape> Tenants);
