using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Ui;

/// <summary>Tokens, connections, and what was changed through the server.</summary>
internal static class AccessPage
{
    private const int Entries = 40;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/access", ShowAsync).Needs(Role.Admin);

    // A URL reaches every file that the server can read: whoever is of one tenant names none.
    private static Html AddForm =>
        $"""
            <form class="line" data-api="POST" data-path="/api/v1/connections" data-then="reload">
            <label>Name <input name="name" required></label><label>URL <input name="url" required placeholder="duckdb:/srv/metrics.duckdb" size="34"></label><button class="primary">Try and add</button></form>
            <p class="hint">A URL says where its password is, <code>password_env=NAME</code> or <code>password_file=PATH</code>, and never has one.</p>
            """;

    private static async Task<IResult> ShowAsync(HttpContext http, TokenTable tokens, ConnectionSet connections, ServerAudit audit)
    {
        var all = await tokens.ListAsync(http.Caller().Tenant, http.RequestAborted);
        var log = await audit.ListAsync(http.Caller().Tenant, null, Entries, http.RequestAborted);
        return Shell.Page(
            http,
            "Access",
            $"""
            <h1>Access</h1>
            <section aria-labelledby="tokens"><h2 id="tokens">Tokens and sessions</h2>
            <form class="line" data-api="POST" data-path="/api/v1/tokens" data-then="secret">
            <label>Name <input name="name" required maxlength="100"></label>
            <label>Role <select name="role"><option>Viewer</option><option>Operator</option><option>Admin</option></select></label>
            <label>Good for <input name="expiresIn" value="90d" size="6"></label>
            <button class="primary">Make a token</button></form>
            <p class="secret" data-secret hidden role="status"></p>
            <div class="scroll"><table><thead><tr><th>Name</th><th>Kind</th><th>Role</th><th>Tenant</th><th>Made</th><th>Used</th><th>Expires</th><th><span class="sr">Take away</span></th></tr></thead>
            <tbody>{all.Select(t =>
                (Html)
                    $"""<tr><td>{t.Name}</td><td>{t.Kind.ToString().ToLowerInvariant()}</td><td>{t.Role.ToString().ToLowerInvariant()}</td><td>{t.Tenant}</td><td>{Words.Time(t.CreatedAt)} by {t.CreatedBy}</td><td>{Words.Time(t.UsedAt)}</td><td>{Words.Time(t.ExpiresAt)}</td><td>{(t.RevokedAt is not null ? Words.Badge("idle", "taken away") : (Html)$"""<form data-api="DELETE" data-path="/api/v1/tokens/{t.Id}" data-then="reload" data-sure="Take it away from {t.Name}?"><button class="danger small">Take away</button></form>""")}</td></tr>"""
            )}</tbody></table></div></section>
            <section aria-labelledby="connections"><h2 id="connections">Connections</h2>
            {(http.Caller().Tenant == Caller.AllTenants ? AddForm : (Html)$"")}
            <div class="scroll"><table><thead><tr><th>Name</th><th>URL</th><th>Tenant</th><th>Declared by</th><th>State</th></tr></thead>
            <tbody>{connections.Of(http.Caller()).Select(c =>
                (Html)
                    $"""<tr><td>{c.Name}</td><td><code>{c.Setting.Url.ToString()}</code></td><td>{c.Setting.Tenant}</td><td><span class="chip">{c.Setting.Source}</span></td><td>{(c.Trouble is { } trouble ? (Html)$"""<span class="badge bad" title="{trouble}">trouble</span>""" : Words.Badge("good", "answers"))}</td></tr>"""
            )}</tbody></table></div></section>
            <section aria-labelledby="log"><h2 id="log">What was changed</h2>
            <div class="scroll"><table><thead><tr><th class="n">Nr</th><th>When</th><th>Who</th><th>How known</th><th>What</th><th>To what</th></tr></thead>
            <tbody>{log.Select(e =>
                (Html)
                    $"<tr><td class=\"n\">{e.Seq}</td><td>{Words.Time(e.At)}</td><td>{e.Subject}</td><td>{e.Method}</td><td>{e.Action}</td><td>{e.Target}</td></tr>"
            )}</tbody></table></div></section>
            """
        );
    }
}
