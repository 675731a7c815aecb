using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Connections;

namespace Varve.Server.Ui;

/// <summary>Every policy that the reader may see, database by database.</summary>
internal static class OverviewPage
{
    private const int PerPage = 50;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/", ShowAsync).Needs(Role.Viewer);

    private static async Task<IResult> ShowAsync(HttpContext http, ConnectionSet connections, string? after)
    {
        List<Html> parts = [];
        foreach (var connection in connections.Of(http.Caller()))
            parts.Add(await PartAsync(http, connection, after));
        return Shell.Page(http, "Policies", parts.Count > 0 ? (Html)$"<h1>Policies</h1>{parts}" : Nothing(http));
    }

    private static Html Nothing(HttpContext http) =>
        $"""
            <section class="empty"><h1>No database yet</h1>
            <p>Varve keeps tables of databases that it is told of. Start it with <code>--db duckdb:metrics.duckdb</code>, declare some under <code>connections:</code> of <code>--config FILE</code>, or <a href="{http.Request.PathBase.Value}/access">add one</a>.</p>
            <p>To look around first: <code>varve serve --demo</code></p></section>
            """;

    private static async Task<Html> PartAsync(HttpContext http, ServerConnection connection, string? after)
    {
        try
        {
            return await connection.UseAsync(
                http.Caller().Subject,
                lifecycle => PartAsync(http, connection, lifecycle, after),
                http.RequestAborted
            );
        }
        catch (VarveException trouble)
        {
            return $"""<section><h2>{connection.Name}</h2><p class="trouble" role="alert">{trouble.Code}: {trouble.Message}</p></section>""";
        }
    }

    private static async Task<Html> PartAsync(HttpContext http, ServerConnection connection, Lifecycle lifecycle, string? after)
    {
        var token = http.RequestAborted;
        var all = (await lifecycle.PoliciesAsync(Selection.All, token))
            .Where(p => after is null || string.CompareOrdinal(p.Policy.Name, after) > 0)
            .OrderBy(p => p.Policy.Name, StringComparer.Ordinal)
            .ToList();
        var tables = await lifecycle.TablesAsync(token);
        var loose = tables.Where(t => !all.Exists(p => p.Policy.Table.Name == t.Name)).Take(after is null ? 12 : 0).ToList();
        var shown = all.Take(PerPage).ToList();
        var status = shown.Count == 0 ? [] : await lifecycle.StatusAsync(new([.. shown.Select(p => p.Policy.Name)], []), null, token);
        var root = $"{http.Request.PathBase.Value}/c/{Uri.EscapeDataString(connection.Name)}";
        return $"""
            <section><h2>{connection.Name} <small>{connection.Setting.Url.Scheme}</small></h2>
            {(status.Count == 0 ? (Html)$"""<p class="hint">No policy is stored here.</p>""" : Table(root, status))}
            {(
                all.Count > PerPage
                    ? (Html)
                        $"""<p><a href="?after={Uri.EscapeDataString(shown[^1].Policy.Name)}">The next of {all.Count} policies</a></p>"""
                    : Html.None
            )}
            {(
                loose.Count == 0
                    ? Html.None
                    : (Html)
                        $"""<p class="hint">Without a policy: {loose.Select(t => (Html)$"""<a class="chip" href="{root}/new?table={Uri.EscapeDataString(t.Text)}">{t.Text}</a> """)}</p>"""
            )}
            </section>
            """;
    }

    private static Html Table(string root, IReadOnlyList<PolicyStatus> all) =>
        $"""
            <div class="scroll"><table>
            <thead><tr><th>Policy</th><th>State</th><th>Layers</th><th class="n">Rows</th><th class="n">Size</th><th class="n">Behind</th><th>Newest</th><th>Last run</th></tr></thead>
            <tbody>{all.Select(s => Row(root, s))}</tbody>
            </table></div>
            """;

    private static Html Row(string root, PolicyStatus s)
    {
        var behind = s.Relations.Where(r => !r.IsRetired).Select(r => r.Behind).DefaultIfEmpty(Duration.Zero).Max();
        return $"""
            <tr><td><a class="name" href="{root}/p/{Uri.EscapeDataString(s.Policy.Name)}">{s.Policy.Name}</a></td>
            <td>{State(s)}</td>
            <td class="chips">{s.Policy.Tiers.Select(
                (t, i) => (Html)$"""<span class="chip l{Math.Min(i + 1, 5)}">{t.Name ?? t.Every.Name}</span>"""
            )}</td>
            <td class="n">{Words.Number(s.Relations.Sum(r => r.Rows))}</td><td class="n">{Words.Bytes(s.Relations.Sum(r => r.Bytes))}</td>
            <td class="n">{(behind > Duration.Zero ? Words.Length(behind) : "–")}</td>
            <td>{Words.Time(s.Relations.Max(r => r.Last))}</td><td>{Words.Time(s.LastRun?.StartedAt)}</td></tr>
            """;
    }

    /// <summary>What a person with many policies looks for first.</summary>
    internal static Html State(PolicyStatus status) =>
        status.Failure is not null || status.LastError is not null ? Words.Badge("bad", "failed")
        : status.Waits.Any(w => w.NeedsPerson) ? Words.Badge("warn", "waits for you")
        : status.LastRun is null ? Words.Badge("idle", "not run yet")
        : status.StepsDue > 0 ? Words.Badge("due", "due")
        : Words.Badge("good", "up to date");
}
