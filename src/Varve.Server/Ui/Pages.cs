using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Varve.Policies;
using Varve.Queries;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Ui;

/// <summary>The pages, and signing in to them. They are rendered whole on the server; one script lets forms speak to the API.</summary>
internal static class Pages
{
    private static readonly (string Name, string Type)[] s_assets =
    [
        ("varve.css", "text/css"),
        ("varve.js", "text/javascript"),
        ("varve-editor.js", "text/javascript"),
        ("varve.svg", "image/svg+xml"),
    ];

    internal static IServiceCollection AddVarvePages(this IServiceCollection services, HomeDatabase home)
    {
        // What it protects is a form that is open in a browser, and a sign-in that has begun: it need not outlive the server,
        // but another server of the same home may have to read it.
        if (home.IsShared)
            services.AddDataProtection().SetApplicationName("varve").AddKeyManagementOptions(o => o.XmlRepository = new FormKeyTable(home));
        else
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(o =>
            (o.Cookie.Name, o.Cookie.SameSite, o.Cookie.SecurePolicy) = (
                "varve_form",
                SameSiteMode.Strict,
                CookieSecurePolicy.SameAsRequest
            )
        );
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
        TenantsPage.Map(pages);
        ApiPage.Map(pages);
        NoticesPage.Map(pages);
        AccessPage.Map(pages);
        foreach (var (name, type) in s_assets)
            Asset(app, name, type, Read(name));
        Asset(app, "keys-policy.json", "application/json", Keys(PolicyKeys.All));
        Asset(app, "keys-query.json", "application/json", Keys(QueryKeys.All));
    }

    private static void Asset(WebApplication app, string name, string type, byte[] bytes)
    {
        var tag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        app.MapGet(
                $"/assets/{name}",
                (HttpContext http) =>
                {
                    http.Response.Headers.CacheControl = "no-cache";
                    return Results.Bytes(bytes, type, entityTag: tag);
                }
            )
            .NeedsNothing()
            .ExcludeFromDescription();
    }

    /// <summary>What may stand where in a text: what the reader of it knows too.</summary>
    private static byte[] Keys(IReadOnlyList<PolicyKey> keys) =>
        JsonSerializer.SerializeToUtf8Bytes(
            keys.Where(k => !k.IsLater)
                .Select(k => new
                {
                    path = k.Path,
                    name = k.Name,
                    parent = k.Parent,
                    kind = k.Kind.ToString(),
                    choices = k.Choices,
                    word = k.Word,
                    @short = k.Short,
                    meaning = k.Meaning,
                })
        );

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
