using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Api;

namespace Varve.Server.Ui;

/// <summary>What a person does to one table beside its runs: holds, building again, erasing, and taking the policy out of force.</summary>
internal static class CarePage
{
    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/c/{connection}/p/{policy}/care", ShowAsync).Needs(Role.Viewer);

    private static Task<IResult> ShowAsync(HttpContext http, string connection, string policy) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var stored = await PolicyEndpoints.FindAsync(lifecycle, policy, token);
                var api = $"/api/v1/connections/{Uri.EscapeDataString(connection)}/policies/{Uri.EscapeDataString(policy)}";
                var status = stored.Policy.Table.IsPattern
                    ? null
                    : (await lifecycle.StatusAsync(Selection.Of(policy), null, token)).Single();
                return Shell.Page(
                    http,
                    $"Care of {policy}",
                    $"""
                    <header class="head"><div><p class="crumb">{connection} · {stored.Policy.Table.Text}</p><h1>{policy}</h1></div><p class="facts"><span>times are UTC, such as 2026-01-31 or 2026-01-31T06:00Z; an end that is left out is open</span></p></header>
                    {PolicyTabs.Of(http, connection, policy, "/care")}
                    {(status is null ? Html.None : Table(http, api, status))}
                    <section aria-labelledby="delete"><h2 id="delete">Take it out of force</h2>
                    <p class="hint">Nothing of it is rolled up or removed any more. Its source, tiers and views stay as they are.</p>
                    {PolicyTabs.For(
                        http,
                        Role.Admin,
                        $"""<form class="line" data-ask="DELETE" data-path="{api}" data-revision="{stored.Revision}" data-then="/"><button class="danger">Take {policy} out of force …</button></form>"""
                    )}</section>
                    """
                );
            }
        );

    private static Html Table(HttpContext http, string api, PolicyStatus status) =>
        $"""
            {Holds(http, api, status)}
            {Waits(http, api, status)}
            <section aria-labelledby="again"><h2 id="again">Build again</h2>
            <p class="hint">Marks covered buckets whose input is whole. The next run builds them again, and the coarser ones around them.</p>
            {PolicyTabs.For(
                http,
                Role.Operator,
                $"""<form class="line" data-api="POST" data-path="{api}/invalidate" data-then="told">{Range(required: true)}<button>Mark them</button></form>"""
            )}</section>
            <section aria-labelledby="erase"><h2 id="erase">Erase by value</h2>
            <p class="hint">Removes rows of a series from the source and from every tier that counted them. Archives are left as they are; the audit log has columns and counts, never the values.</p>
            {PolicyTabs.For(
                http,
                Role.Admin,
                $"""<form class="line" data-ask="POST" data-path="{api}/erase"><label>Which rows <input name="where*" required placeholder="host=web1, region=eu" size="30"></label>{Range(required: false)}<button class="danger">Erase …</button></form>"""
            )}</section>
            {Retired(http, api, status)}
            {Source(http, api)}
            """;

    private static Html Holds(HttpContext http, string api, PolicyStatus status) =>
        $"""
        <section aria-labelledby="holds"><h2 id="holds">Holds</h2>
        <p class="hint">Nothing that is held is removed, whatever the policy says.</p>
        {(status.Holds.Count == 0 ? (Html)$"""<p class="none">Nothing is held.</p>""" : (Html)$"""
            <div class="scroll"><table><thead><tr><th>What</th><th>Of which time</th><th>Why</th><th>Who</th><th>Until</th><th><span class="sr">Release</span></th></tr></thead>
            <tbody>{status.Holds.Select(h => (Html)$"""<tr><td>{h.Relation?.Text ?? "source and tiers"}</td><td>{Words.Between(h.Range)}</td><td class="wide">{h.Reason}</td><td>{h.Who}</td><td>{Words.Time(h.Until)}</td><td>{(http.Caller().Role < Role.Operator ? Html.None : (Html)$"""<form data-ask="POST" data-path="{api}/holds/release"><input type="hidden" name="hold" value="{h.Id}"><button class="danger small">Release …</button></form>""")}</td></tr>""")}</tbody></table></div>
            """)}
        {PolicyTabs.For(http, Role.Operator, $"""
            <form class="line" data-api="POST" data-path="{api}/holds" data-then="reload">
            <label>Why <input name="reason" required placeholder="case 4711" size="24"></label>
            <label>What <select name="relation"><option value="">source and tiers</option>{status.Relations.Where(r => !r.IsRetired).Select(r => (Html)$"<option>{r.Relation.Text}</option>")}</select></label>
            {Range(required: false)}<label>Until <input name="until" placeholder="released" size="18"></label><button class="primary">Hold</button></form>
            """)}</section>
        """;

    private static Html Waits(HttpContext http, string api, PolicyStatus status)
    {
        var waits = status.Waits.Where(w => w.NeedsPerson).ToList();
        if (waits.Count == 0)
            return Html.None;
        return $"""
            <section aria-labelledby="waits"><h2 id="waits">Waits for you</h2>
            {waits.Select(w => (Html)$"""<p class="notice"><b>{w.Relation.Text}</b> {Words.Between(w.Range)}: {w.Reason}</p>""")}
            {PolicyTabs.For(
                http,
                Role.Admin,
                $"""<form class="line" data-api="POST" data-path="{api}/accept" data-then="told" data-sure="Let it go on although it was not proven?">{Range(required: true)}<button class="danger">Accept as it is</button></form>"""
            )}</section>
            """;
    }

    private static Html Retired(HttpContext http, string api, PolicyStatus status)
    {
        var retired = status.Relations.Where(r => r.IsRetired).ToList();
        if (retired.Count == 0)
            return Html.None;
        return $"""
            <section aria-labelledby="retired"><h2 id="retired">Tiers that it no longer has</h2>
            <ul>{retired.Select(r => (Html)$"""<li><code>{r.Table.Text}</code>, {Words.Count(r.Rows, "row")}</li>""")}</ul>
            {PolicyTabs.For(
                http,
                Role.Admin,
                $"""<form class="line" data-ask="POST" data-path="{api}/retired/drop"><button class="danger">Drop them …</button></form>"""
            )}</section>
            """;
    }

    private static Html Source(HttpContext http, string api) =>
        $"""
        <section aria-labelledby="source"><h2 id="source">When the table is not what it was</h2>
        {PolicyTabs.For(http, Role.Admin, $"""
            <dl class="acts">
            <div><dt>Columns have other types</dt><dd><form data-api="POST" data-path="{api}/accept-types" data-then="told"><button>Take over the types</button></form></dd></div>
            <div><dt>It is another table under the same name</dt><dd><form data-api="POST" data-path="{api}/adopt-source" data-then="told" data-sure="What is built becomes history of its own, and is not built again. Go on?"><button>Go on with the new table</button></form></dd></div>
            <div><dt>It is the same table, made anew</dt><dd><form data-api="POST" data-path="{api}/adopt-source" data-then="told"><input type="hidden" name="same?" value="true"><button>Follow what changed in it</button></form></dd></div>
            <div><dt>The catalog came from an older backup</dt><dd><form data-api="POST" data-path="{api}/adopt" data-then="told" data-sure="Take buckets that the catalog does not know for built as they are?"><button>Adopt what is built</button></form></dd></div>
            </dl>
            """)}</section>
        """;

    private static Html Range(bool required) =>
        required
            ? (Html)$"""<label>From <input name="from" size="18" required></label><label>To <input name="to" size="18" required></label>"""
            : (Html)
                $"""<label>From <input name="from" size="18" placeholder="the beginning"></label><label>To <input name="to" size="18" placeholder="now and later"></label>""";
}
