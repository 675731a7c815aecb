using Microsoft.AspNetCore.DataProtection;

namespace Varve.Server.Ui;

/// <summary>The pages, and signing in to them.</summary>
internal static class Pages
{
    internal static IServiceCollection AddVarvePages(this IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(o => o.Cookie.Name = "varve_form");
        return services;
    }

    internal static void MapVarvePages(this WebApplication app)
    {
        LoginEndpoints.Map(app);
    }
}
