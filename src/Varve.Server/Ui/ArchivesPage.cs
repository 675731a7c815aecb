using Varve.Catalog;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Connections;

namespace Varve.Server.Ui;

/// <summary>What archives hold, whether it is as it was written, and getting rows back.</summary>
internal static class ArchivesPage
{
    private const int Shown = 200;

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/archives", Show).Needs(Role.Viewer);
        pages.MapGet("/archives/{connection}", ShowAsync).Needs(Role.Viewer);
    }

    private static IResult Show(HttpContext http, ConnectionSet connections) => Databases.First(http, connections, "Archives", "/archives");

    private static Task<IResult> ShowAsync(HttpContext http, ConnectionSet connections, string connection, bool? read)
    {
        return read == true && http.Caller().Role >= Role.Operator
            ? http.WithLongAsync(connection, (lifecycle, token) => PageAsync(lifecycle, isRead: true, token))
            : http.WithAsync(connection, (lifecycle, token) => PageAsync(lifecycle, isRead: false, token));

        async Task<IResult> PageAsync(Lifecycle lifecycle, bool isRead, CancellationToken token)
        {
            var parts = await lifecycle.ArchivesAsync([], token);
            var report = isRead ? await lifecycle.VerifyArchivesAsync([], token) : null;
            var api = $"/api/v1/connections/{Uri.EscapeDataString(connection)}";
            return Shell.Page(
                http,
                "Archives",
                $"""
            <h1>Archives</h1>
            {Databases.Tabs(http, connections, connection, "/archives")}
            {(parts.Count == 0 ? Nothing() : (Html)$"""
                {(report is null ? Html.None : Report(report))}
                {parts.GroupBy(p => p.Policy).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Policy(http, api, g.Key, [.. g]))}
                {Care(http, connection, api)}
                """)}
            """
            );
        }
    }

    private static Html Nothing() =>
        $"""
            <section class="empty"><h2>Nothing is archived here</h2>
            <p>A policy with <code>archive: NAME</code> writes its rows to a location, reads them back, and lets them go only then.</p>
            <p class="hint">Locations are declared by whoever runs the server: <code>VARVE_ARCHIVE_NAME=/srv/archive</code> or <code>s3://bucket/prefix</code>.</p></section>
            """;

    private static Html Report(Archiving.ArchiveReport report) =>
        $"""
            <section aria-labelledby="report"><h2 id="report">Read back</h2>
            <p>{(report.Agrees ? Words.Badge("good", "as written") : Words.Badge("bad", "not as written"))} {Words.Count(
                report.Parts.Count,
                "part"
            )} read, and compared with manifest and catalog.</p>
            {report.Parts.Where(c => c.Problem is not null).Select(c => (Html)$"""<p class="trouble">{c.Problem}</p>""")}
            {report.Unknown.Select(u => (Html)$"""<p class="notice">{u.Location}: {u.File} is not in the catalog.</p>""")}
            {report.BeingPruned.Select(p =>
                (Html)$"""<p class="notice">{p.File} is being pruned; the next run of {p.Policy} finishes that.</p>"""
            )}</section>
            """;

    private static Html Policy(HttpContext http, string api, string policy, IReadOnlyList<ArchivedPart> parts)
    {
        var at = $"{api}/policies/{Uri.EscapeDataString(policy)}";
        return $"""
            <section aria-labelledby="of-{policy}"><header class="head"><h2 id="of-{policy}">{policy}</h2>
            <p class="facts"><span>{Words.Count(parts.Count, "part")}</span> <span>{Words.Count(parts.Sum(p => p.Rows), "row")}</span> <span>{Words.Bytes(parts.Sum(p => p.Bytes))}</span></p></header>
            <div class="scroll"><table><thead><tr><th>Location</th><th>From</th><th>To</th><th class="n">Rows</th><th class="n">Size</th><th>Written</th><th>Proven</th></tr></thead>
            <tbody>{parts.OrderByDescending(p => p.Range.From).Take(Shown).Select(p => (Html)$"""<tr><td>{p.Location}</td><td>{Words.Time(p.Range.From)}</td><td>{Words.Time(p.Range.To)}</td><td class="n">{Words.Number(p.Rows)}</td><td class="n">{Words.Bytes(p.Bytes)}</td><td>{Words.Time(p.WrittenAt)}</td><td>{(p.ProvenAt is null ? Words.Badge("idle", "not yet") : Words.Time(p.ProvenAt))}</td></tr>""")}</tbody></table></div>
            {(parts.Count > Shown ? (Html)$"""<p class="hint">The newest {Shown} of {parts.Count} parts.</p>""" : Html.None)}
            {(http.Caller().Role < Role.Operator ? Html.None : (Html)$"""
                <form class="line" data-api="POST" data-path="{at}/restore" data-then="told">
                <label>From <input name="from" size="18" value="{Words.Typed(parts.Min(p => p.Range.From))}"></label><label>To <input name="to" size="18" value="{Words.Typed(parts.Max(p => p.Range.To))}"></label>
                <label>Into the table <input name="into" size="24" placeholder="its name with _restored"></label>
                {(parts.Select(p => p.Location).Distinct().Count() == 1 ? Html.None : (Html)$"""<label>Location <select name="location">{parts.Select(p => p.Location).Distinct().Select(l => (Html)$"<option>{l}</option>")}</select></label>""")}
                <button class="primary">Restore</button></form>
                """)}
            </section>
            """;
    }

    private static Html Care(HttpContext http, string connection, string api) =>
        $"""
            <section aria-labelledby="care"><h2 id="care">Care</h2>
            {PolicyTabs.For(
                http,
                Role.Operator,
                $"""<p><a class="button" href="{http.Request.PathBase.Value}/archives/{Uri.EscapeDataString(connection)}?read=true">Read every part back</a> <span class="hint">compares each with its manifest and with the catalog; nothing is changed</span></p>"""
            )}
            {PolicyTabs.For(
                http,
                Role.Admin,
                $"""<form class="line" data-ask="POST" data-path="{api}/archives/prune"><label>Remove parts older than <input name="olderThan" required placeholder="5y" size="8"></label><button class="danger">Prune …</button></form>"""
            )}</section>
            """;
}
