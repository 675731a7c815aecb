using Varve.Diagnosis;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Connections;

namespace Varve.Server.Ui;

/// <summary>What is not as it should be, and what the audit log says, database by database.</summary>
internal static class UpkeepPage
{
    private const int Entries = 30;

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/upkeep", Show).Needs(Role.Viewer);
        pages.MapGet("/upkeep/{connection}", ShowAsync).Needs(Role.Viewer);
    }

    private static IResult Show(HttpContext http, ConnectionSet connections) => Databases.First(http, connections, "Upkeep", "/upkeep");

    private static async Task<IResult> ShowAsync(HttpContext http, ConnectionSet connections, AuditAnchor anchors, string connection)
    {
        var anchored = (await anchors.OfAsync(connection, http.RequestAborted)).LastOrDefault();
        var body = await http.Connection(connection)
            .UseAsync(
                http.Caller().Subject,
                async (lifecycle, database) =>
                {
                    var doctor = await ReadingEndpoints.DiagnoseAsync(
                        http.Connection(connection).Setting.Url,
                        lifecycle,
                        database,
                        null,
                        http.RequestAborted
                    );
                    var verdict = await lifecycle.VerifyAuditAsync(anchored?.Head, http.RequestAborted);
                    var audit = await lifecycle.AuditAsync(Entries, http.RequestAborted);
                    return (Html)
                        $"""
                            <section aria-labelledby="doctor"><h2 id="doctor">Doctor</h2>{Findings(doctor.Findings)}</section>
                            <section aria-labelledby="audit"><h2 id="audit">Audit log</h2>
                            <p>{(
                                verdict.Findings.Count == 0
                                    ? Words.Badge("good", "the chain holds")
                                    : Words.Badge("bad", "the chain is broken")
                            )} {Words.Number(verdict.Entries)} entries, head <code>{verdict.Head[..12]}</code>{(
                                anchored is null ? Html.None : (Html)$", anchored {Words.Time(anchored.At)}"
                            )}</p>
                            {verdict.Findings.Select(f => (Html)$"""<p class="trouble">{f}</p>""")}
                            <div class="scroll"><table><thead><tr><th class="n">Nr</th><th>When</th><th>Who</th><th>What</th><th>Policy</th></tr></thead>
                            <tbody>{audit.Select(e =>
                                (Html)
                                    $"<tr><td class=\"n\">{e.Seq}</td><td>{Words.Time(e.At)}</td><td>{e.SystemUser}</td><td>{e.Action}</td><td>{e.Policy}</td></tr>"
                            )}</tbody></table></div></section>
                            """;
                },
                http.RequestAborted
            );
        return Shell.Page(
            http,
            "Upkeep",
            $"""
            <h1>Upkeep</h1>
            {Databases.Tabs(http, connections, connection, "/upkeep")}
            {body}
            """
        );
    }

    private static Html Findings(IReadOnlyList<Finding> findings) =>
        findings.Count == 0
            ? (Html)$"""<p class="fine">Nothing was found.</p>"""
            : (Html)
                $"""<ul class="problems">{findings.OrderByDescending(f => f.Severity).Select(f => (Html)$"""<li class="{(f.Severity is Severity.Error ? "bad" : f.Severity is Severity.Warning ? "warn" : "idle")}"><b>{f.Check}</b> {f.Policy} {f.Found} <span class="hint">{f.WayOut}</span></li>""")}</ul>""";
}
