using Microsoft.AspNetCore.DataProtection;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Ui;

/// <summary>The pages, and signing in to them. They are rendered whole on the server; one script lets forms speak to the API.</summary>
internal static class Pages
{
    internal static IServiceCollection AddVarvePages(this IServiceCollection services, HomeDatabase home)
    {
        // What it protects is a form that is open in a browser, and a sign-in that has begun: it need not outlive the server,
        // but another server of the same home may have to read it.
        if (home.IsShared)
            services.AddDataProtection().SetApplicationName("varve").AddKeyManagementOptions(o => o.XmlRepository = new FormKeyTable(home));
        else
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(o => (o.Cookie.Name, o.Cookie.SameSite) = ("varve_form", SameSiteMode.Strict));
        return services;
    }

    internal static void MapVarvePages(this WebApplication app)
    {
        LoginEndpoints.Map(app);
        var pages = app.MapGroup("").ExcludeFromDescription().DisableAntiforgery();
        OverviewPage.Map(pages);
        PolicyPage.Map(pages);
        ForecastPage.Map(pages);
        CarePage.Map(pages);
        WindowPage.Map(pages);
        RunPages.Map(pages);
        SchedulesPage.Map(pages);
        QueryPages.Map(pages);
        ArchivesPage.Map(pages);
        UpkeepPage.Map(pages);
        NoticesPage.Map(pages);
        AccessPage.Map(pages);
        foreach (var (name, type) in new[] { ("varve.css", "text/css"), ("varve.js", "text/javascript"), ("varve.svg", "image/svg+xml") })
        {
            var bytes = Read(name);
            app.MapGet(
                    $"/assets/{name}",
                    (HttpContext http) =>
                    {
                        http.Response.Headers.CacheControl = "no-cache";
                        return Results.Bytes(
                            bytes,
                            type,
                            entityTag: new($"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16]}\"")
                        );
                    }
                )
                .NeedsNothing()
                .ExcludeFromDescription();
        }
    }

    private static byte[] Read(string name)
    {
        using var stream =
            typeof(Pages).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
