using NodaTime;
using Varve.Applying;
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
    private const int PerPage = 25;
    private const int Chips = 24;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/", ShowAsync).Needs(Role.Viewer);

    /// <param name="http">The request.</param>
    /// <param name="connections">The databases.</param>
    /// <param name="find">Part of the name of a policy or its table, or one of its tags; null: all.</param>
    /// <param name="of">One database; null: each.</param>
    /// <param name="after">The policy behind which the shown ones begin.</param>
    private static async Task<IResult> ShowAsync(HttpContext http, ConnectionSet connections, string? find, string? of, string? after)
    {
        var words = string.IsNullOrWhiteSpace(find) ? null : find.Trim();
        var all = connections.Of(http.Caller());
        List<Html> parts = [];
        foreach (var connection in all.Where(c => of is null || c.Name == of))
            parts.Add(await PartAsync(http, connection, words, after));
        return Shell.Page(http, "Policies", all.Count > 0 ? (Html)$"""{Head(words)}{parts}""" : Nothing(http));
    }

    private static Html Head(string? find) =>
        $"""
            <header class="head"><h1>Policies</h1><form class="find" role="search" method="get"><input type="search" name="find" value="{find}" placeholder="Name, table or tag" aria-label="Find policies and tables"><button>Find</button></form></header>
            """;

    private static Html Nothing(HttpContext http) =>
        $"""
            <section class="empty"><h1>No database yet</h1>
            <p>Varve keeps tables of databases that it is told of. Start it with <code>--db duckdb:metrics.duckdb</code>, declare some under <code>connections:</code> of <code>--config FILE</code>, or <a href="{http.Request.PathBase.Value}/access">add one</a>.</p>
            <p>To look around first: <code>varve serve --demo</code></p></section>
            """;

    private static async Task<Html> PartAsync(HttpContext http, ServerConnection connection, string? find, string? after)
    {
        try
        {
            return await connection.UseAsync(
                http.Caller().Subject,
                lifecycle => PartAsync(http, connection, lifecycle, find, after),
                http.RequestAborted
            );
        }
        catch (VarveException trouble)
        {
            return $"""<section><h2>{connection.Name}</h2><p class="trouble" role="alert">{trouble.Code}: {trouble.Message}</p></section>""";
        }
    }

    private static async Task<Html> PartAsync(
        HttpContext http,
        ServerConnection connection,
        Lifecycle lifecycle,
        string? find,
        string? after
    )
    {
        var token = http.RequestAborted;
        var all = await lifecycle.PoliciesAsync(Selection.All, token);
        var found = all.Where(p => find is null || IsFound(p.Policy, find)).OrderBy(p => p.Policy.Name, StringComparer.Ordinal).ToList();
        var shown = found.Where(p => after is null || string.CompareOrdinal(p.Policy.Name, after) > 0).Take(PerPage + 1).ToList();
        var isMore = shown.Count > PerPage;
        shown = [.. shown.Take(PerPage)];
        var status = shown.Count == 0 ? [] : await lifecycle.StatusAsync(new([.. shown.Select(p => p.Policy.Name)], []), null, token);
        var root = $"{http.Request.PathBase.Value}/c/{Uri.EscapeDataString(connection.Name)}";
        var next = isMore ? Next(connection.Name, find, shown[^1].Policy.Name, found.Count) : Html.None;
        return $"""
            <section><h2>{connection.Name} <small>{connection.Setting.Url.Scheme} · {Count(found.Count, all.Count)}</small></h2>
            {(
                status.Count == 0
                    ? (Html)$"""<p class="hint">{(find is null ? "No policy is stored here." : "No policy here is called so.")}</p>"""
                    : Table(root, status)
            )}
            {next}
            {(after is null ? Loose(root, await lifecycle.KeptTablesAsync(token), find) : Html.None)}
            </section>
            """;
    }

    private static string Count(int found, int all) =>
        found == all
            ? $"{Words.Number(all)} {(all == 1 ? "policy" : "policies")}"
            : $"{Words.Number(found)} of {Words.Number(all)} policies";

    private static bool IsFound(Policy policy, string find) =>
        policy.Name.Contains(find, StringComparison.OrdinalIgnoreCase)
        || policy.Table.Text.Contains(find, StringComparison.OrdinalIgnoreCase)
        || policy.Tags.Contains(find, StringComparer.OrdinalIgnoreCase);

    private static Html Next(string connection, string? find, string after, int count)
    {
        var query = $"?of={Uri.EscapeDataString(connection)}&after={Uri.EscapeDataString(after)}";
        if (find is not null)
            query += $"&find={Uri.EscapeDataString(find)}";
        return $"""<p><a href="{query}">The next of {Words.Number(count)} policies</a></p>""";
    }

    /// <summary>Tables that nobody keeps, each with a proposal.</summary>
    private static Html Loose(string root, IReadOnlyList<KeptTable> tables, string? find)
    {
        var loose = tables
            .Where(t => t.Policy is null)
            .Select(t => t.Table)
            .Where(t => find is null || t.Text.Contains(find, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (loose.Count == 0)
            return Html.None;
        var more = loose.Count - Chips;
        return $"""
            <p class="hint loose">Without a policy: {loose
                .Take(Chips)
                .Select(t => (Html)$"""<a class="chip" href="{root}/new?table={Uri.EscapeDataString(t.Text)}">{t.Text}</a> """)}{(
                more > 0 ? (Html)$"and {Words.Count(more, "more table")}, to be found by name" : Html.None
            )}</p>
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
        : status.LastRun is null ? Words.Badge("idle", "not run yet")
        : status.NeedsPerson ? Words.Badge("warn", "waits for you")
        : status.StepsDue > 0 ? Words.Badge("due", "due")
        : Words.Badge("good", "up to date");
}
