using Varve.Diagnosis;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Connections;

namespace Varve.Server.Ui;

/// <summary>What is not as it should be, what the audit log says, and what archives hold, database by database.</summary>
internal static class UpkeepPage
{
    private const int Entries = 30;

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/upkeep", Show).Needs(Role.Viewer);
        pages.MapGet("/upkeep/{connection}", ShowAsync).Needs(Role.Viewer);
    }

    private static IResult Show(HttpContext http, ConnectionSet connections) => connections.Of(http.Caller()) is [var first, ..]
        ? Results.Redirect($"{http.Request.PathBase.Value}/upkeep/{Uri.EscapeDataString(first.Name)}")
        : Shell.Page(http, "Upkeep", $"""<section class="empty"><h1>No database yet</h1></section>""");

    private static async Task<IResult> ShowAsync(HttpContext http, ConnectionSet connections, string connection)
    {
        var body = await http.Connection(connection).UseAsync(
            http.Caller().Subject,
            ServerConnection.Impatient,
            async (lifecycle, database) =>
            {
                var doctor = await ReadingEndpoints.DiagnoseAsync(lifecycle, database, null, http.RequestAborted);
                var verdict = await lifecycle.VerifyAuditAsync(null, http.RequestAborted);
                var (audit, archives) = (await lifecycle.AuditAsync(Entries, http.RequestAborted), await lifecycle.ArchivesAsync([], http.RequestAborted));
                return (Html)$"""
                    <section aria-labelledby="doctor"><h2 id="doctor">Doctor</h2>{Findings(doctor.Findings)}</section>
                    <section aria-labelledby="archives"><h2 id="archives">Archives</h2>{(archives.Count == 0 ? (Html)$"""<p class="hint">Nothing is archived here.</p>""" : Parts(archives))}</section>
                    <section aria-labelledby="audit"><h2 id="audit">Audit log</h2>
                    <p>{(verdict.Findings.Count == 0 ? Words.Badge("good", "the chain holds") : Words.Badge("bad", "the chain is broken"))} {Words.Number(verdict.Entries)} entries, head <code>{verdict.Head[..12]}</code></p>
                    {verdict.Findings.Select(f => (Html)$"""<p class="trouble">{f}</p>""")}
                    <div class="scroll"><table><thead><tr><th class="n">Nr</th><th>When</th><th>Who</th><th>What</th><th>Policy</th></tr></thead>
                    <tbody>{audit.Select(e => (Html)$"<tr><td class=\"n\">{e.Seq}</td><td>{Words.Time(e.At)}</td><td>{e.SystemUser}</td><td>{e.Action}</td><td>{e.Policy}</td></tr>")}</tbody></table></div></section>
                    """;
            },
            http.RequestAborted);
        var root = http.Request.PathBase.Value;
        return Shell.Page(http, "Upkeep", $"""
            <h1>Upkeep</h1>
            <nav class="tabs" aria-label="Databases">{connections.Of(http.Caller()).Select(c => c.Name == connection ? (Html)$"""<a href="{root}/upkeep/{Uri.EscapeDataString(c.Name)}" aria-current="page">{c.Name}</a>""" : (Html)$"""<a href="{root}/upkeep/{Uri.EscapeDataString(c.Name)}">{c.Name}</a>""")}</nav>
            {body}
            """);
    }

    private static Html Findings(IReadOnlyList<Finding> findings) => findings.Count == 0
        ? (Html)$"""<p class="fine">Nothing was found.</p>"""
        : (Html)$"""<ul class="problems">{findings.OrderByDescending(f => f.Severity).Select(f => (Html)$"""<li class="{(f.Severity is Severity.Error ? "bad" : f.Severity is Severity.Warning ? "warn" : "idle")}"><b>{f.Check}</b> {f.Policy} {f.Found} <span class="hint">{f.WayOut}</span></li>""")}</ul>""";

    private static Html Parts(IReadOnlyList<Catalog.ArchivedPart> parts) => $"""
        <div class="scroll"><table><thead><tr><th>Policy</th><th>Location</th><th>From</th><th>To</th><th class="n">Rows</th><th class="n">Size</th><th>Proven</th></tr></thead>
        <tbody>{parts.Take(200).Select(p => (Html)$"<tr><td>{p.Policy}</td><td>{p.Location}</td><td>{Words.Time(p.Range.From)}</td><td>{Words.Time(p.Range.To)}</td><td class=\"n\">{Words.Number(p.Rows)}</td><td class=\"n\">{Words.Bytes(p.Bytes)}</td><td>{Words.Time(p.ProvenAt)}</td></tr>")}</tbody></table></div>
        """;
}
