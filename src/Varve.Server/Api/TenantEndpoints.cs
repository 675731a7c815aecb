using Varve.Server.Access;
using Varve.Server.Quotas;

namespace Varve.Server.Api;

/// <summary>Tenants: what each may have, and has.</summary>
internal static class TenantEndpoints
{
    internal static void Map(RouteGroupBuilder api) =>
        api.MapGet(
                "/tenants",
                async (HttpContext http, TenantUse use) => new TenantsShape(await use.OfAsync(http.Caller(), http.RequestAborted))
            )
            .Needs(Role.Viewer)
            .WithName("ListTenants")
            .WithTags("access");
}
