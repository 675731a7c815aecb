// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What a tenant has and uses.</summary>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="Connections"><c>connections</c> in JSON.</param>
/// <param name="RunsWaiting"><c>runsWaiting</c> in JSON.</param>
/// <param name="Quotas"><c>quotas</c> in JSON.</param>
public sealed record TenantShape(
    string Tenant,
    IReadOnlyList<string> Connections,
    int RunsWaiting,
    IReadOnlyList<QuotaShape> Quotas);
