using Varve.Server.Access;

namespace Varve.Server.Ui;

/// <summary>The pages of one policy.</summary>
internal static class PolicyTabs
{
    private static readonly (string Path, string Name)[] s_pages = [("", "Overview"), ("/forecast", "Forecast"), ("/care", "Care")];

    internal static string Root(HttpContext http, string connection, string policy) =>
        $"{http.Request.PathBase.Value}/c/{Uri.EscapeDataString(connection)}/p/{Uri.EscapeDataString(policy)}";

    internal static Html Of(HttpContext http, string connection, string policy, string here)
    {
        var root = Root(http, connection, policy);
        return $"""
            <nav class="tabs" aria-label="Pages of {policy}">{s_pages.Select(p =>
                p.Path == here
                    ? (Html)$"""<a href="{root}{p.Path}" aria-current="page">{p.Name}</a>"""
                    : (Html)$"""<a href="{root}{p.Path}">{p.Name}</a>"""
            )}</nav>
            """;
    }

    /// <summary>What only some may do: shown to them, and to others what it takes.</summary>
    internal static Html For(HttpContext http, Role role, Html shown) =>
        http.Caller().Role >= role ? shown : (Html)$"""<p class="hint">This takes the role {role.ToString().ToLowerInvariant()}.</p>""";
}
