using Microsoft.AspNetCore.Antiforgery;
using Varve.Server.Access;

namespace Varve.Server.Ui;

/// <summary>What stands around every page.</summary>
internal static class Shell
{
    private static readonly (string Path, string Name, Role Role)[] s_places =
    [
        ("/", "Policies", Role.Viewer),
        ("/runs", "Runs", Role.Viewer),
        ("/schedules", "Schedules", Role.Viewer),
        ("/queries", "Queries", Role.Viewer),
        ("/archives", "Archives", Role.Viewer),
        ("/upkeep", "Upkeep", Role.Viewer),
        ("/tenants", "Tenants", Role.Viewer),
        ("/notices", "Notices", Role.Admin),
        ("/access", "Access", Role.Admin),
        ("/api", "API", Role.Viewer),
    ];

    internal static IResult Page(HttpContext http, string title, Html body)
    {
        var (root, caller) = (http.Request.PathBase.Value, http.Caller());
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        http.Response.Headers.CacheControl = "no-store";
        Html page = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} · Varve</title>
            <link rel="stylesheet" href="{root}/assets/varve.css"><link rel="icon" href="{root}/assets/varve.svg" type="image/svg+xml">
            <script src="{root}/assets/varve.js" defer></script><script src="{root}/assets/varve-editor.js" defer></script>
            </head>
            <body data-root="{root}">
            <a class="skip" href="#main">Skip to content</a>
            <header class="bar">
            <a class="brand" href="{root}/"><img src="{root}/assets/varve.svg" alt="" width="26" height="26"><span>Varve</span></a>
            <nav aria-label="Main">{s_places.Where(p => caller.Role >= p.Role).Select(p => Place(http, p.Path, p.Name))}</nav>
            <div class="who">
            <button type="button" class="quiet" data-zone-switch hidden></button>
            <button type="button" class="quiet" data-theme-switch aria-label="Light or dark">◐</button>
            <span class="subject" title="{caller.Role.ToString()} of {(
                caller.Tenant == Caller.AllTenants ? "all tenants" : caller.Tenant
            )}">{caller.Subject}</span>
            <form method="post" action="{root}/logout"><input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}"><button class="quiet">Sign out</button></form>
            </div>
            </header>
            <main id="main" tabindex="-1">
            {body}
            </main>
            <div class="toast" role="status" aria-live="polite" hidden></div>
            </body>
            </html>
            """;
        return Results.Content(page.ToString(), "text/html; charset=utf-8");
    }

    /// <summary>What went wrong, to somebody who looks at pages.</summary>
    internal static Task TroubleAsync(HttpContext http, Api.ProblemAnswer problem) =>
        Page(
                http,
                problem.Title,
                $"""<section class="empty"><h1>{problem.Title}</h1><p class="trouble" role="alert">{problem.Code}: {problem.Detail}</p></section>"""
            )
            .ExecuteAsync(http);

    /// <summary>A part of a page, for a page that asks for it.</summary>
    internal static IResult Fragment(Html body) => Results.Content(body.ToString(), "text/html; charset=utf-8");

    private static Html Place(HttpContext http, string path, string name)
    {
        var at = http.Request.Path.Value ?? "/";
        var isHere =
            path == "/"
                ? at == "/" || (at.StartsWith("/c/", StringComparison.Ordinal) && !IsOfQueries(at))
                : at.StartsWith(path, StringComparison.Ordinal) || (path == "/queries" && IsOfQueries(at));
        return isHere
            ? (Html)$"""<a href="{http.Request.PathBase.Value}{path}" aria-current="page">{name}</a>"""
            : (Html)$"""<a href="{http.Request.PathBase.Value}{path}">{name}</a>""";
    }

    // Pages of one database: /c/metrics/q/NAME is of queries, /c/metrics/p/NAME of policies.
    private static bool IsOfQueries(string path) => path.Split('/') is [_, "c", _, "q" or "q-new", ..];
}
