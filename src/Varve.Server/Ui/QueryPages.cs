using Varve.Catalog;
using Varve.Queries;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Backfills;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Queries;
using Varve.Server.Scheduling;

namespace Varve.Server.Ui;

/// <summary>Recurrent queries: their text, their windows, and their backfills.</summary>
internal static class QueryPages
{
    private const int Shown = 50;

    private const string Beginning =
        "query: NAME\nsql: |\n  SELECT date_trunc('hour', ts) AS ts, count(*) AS n\n  FROM TABLE WHERE ts >= {from} AND ts < {to} GROUP BY 1\nschedule: \"@hourly\"\nstart_date: 2026-01-01\ninto: TABLE\nwrite: replace\ntime: ts\n";

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/queries", ListAsync).Needs(Role.Viewer);
        pages.MapGet("/c/{connection}/q/{query}", ShowAsync).Needs(Role.Viewer);
        pages.MapGet("/c/{connection}/q-new", New).Needs(Role.Admin);
        pages.MapPost("/c/{connection}/q-preview", PreviewAsync).Needs(Role.Admin);
    }

    private static async Task<IResult> ListAsync(HttpContext http, QueryTable table, ConnectionSet connections, ScheduleChanges changes)
    {
        var own = connections.Of(http.Caller());
        var all = (await table.ListAsync(http.RequestAborted)).Where(q => own.Any(c => c.Name == q.Connection)).ToList();
        var allowed = own.Where(c => c.Setting.Queries).ToList();
        var root = http.Request.PathBase.Value;
        var add =
            http.Caller().Role < Role.Admin
                ? Html.None
                : (Html)
                    $"""<p class="actions">{allowed.Select(c => (Html)$"""<a class="button" href="{root}/c/{Uri.EscapeDataString(c.Name)}/q-new">New query of {c.Name}</a>""")}</p>""";
        if (all.Count == 0)
        {
            return Shell.Page(
                http,
                "Queries",
                $"""
                <section class="empty"><h1>No query yet</h1><p>A query is one statement of yours that is done for each hour, day or month, once, with its ends put in for <code>{"{from}"}</code> and <code>{"{to}"}</code>.</p>
                {(
                    allowed.Count == 0
                        ? (Html)
                            $"""<p class="hint">No connection allows them: whoever runs the server writes <code>queries: true</code> beside its <code>url</code>.</p>"""
                        : add
                )}</section>
                """
            );
        }

        var views = changes.Of(http.Caller()).Where(v => v.Query is not null).ToDictionary(v => v.State.Key);
        return Shell.Page(
            http,
            "Queries",
            $"""
            <h1>Queries</h1>{add}
            <div class="scroll"><table><thead><tr><th>Query</th><th>State</th><th>Schedule</th><th>Into</th><th>Next window begins</th><th>Succeeded last</th></tr></thead>
            <tbody>{all.Select(q => Row(root, q, views.GetValueOrDefault(q.Key), changes))}</tbody></table></div>
            """
        );
    }

    private static Html Row(string? root, StoredQuery q, ScheduleView? view, ScheduleChanges changes) =>
        $"""
            <tr><td>{q.Connection} / <a class="name" href="{root}/c/{Uri.EscapeDataString(q.Connection)}/q/{Uri.EscapeDataString(
                q.Query.Name
            )}">{q.Query.Name}</a></td>
            <td>{(
                view is null ? Words.Badge("idle", "starting") : SchedulesPage.State(view, changes.Now())
            )}</td><td><code>{q.Query.Schedule.Text}</code></td><td>{q.Query.Into?.Text ?? "–"}</td><td>{Words.Time(
                view?.State.Armed
            )}</td><td>{Words.Time(view?.State.Succeeded)}</td></tr>
            """;

    private static async Task<IResult> ShowAsync(
        HttpContext http,
        QueryTable table,
        RunTable runs,
        BackfillTable backfills,
        ScheduleChanges changes,
        string connection,
        string query
    )
    {
        var stored = await table.FindAsync(connection, query, http.RequestAborted) ?? throw QueryStoring.Missing(query);
        var view = changes.Of(http.Caller()).FirstOrDefault(v => v.State.Key == stored.Key);
        var recent = (await runs.ListAsync([connection], query, null, Shown, http.RequestAborted)).Where(r => r.IsQuery).ToList();
        List<(Backfill, IReadOnlyDictionary<RunState, int>)> filled = [];
        foreach (var backfill in (await backfills.ListAsync([connection], Shown, http.RequestAborted)).Where(b => b.Query == query))
            filled.Add((backfill, await backfills.CountsAsync(backfill.Id, http.RequestAborted)));
        var (root, now) = (http.Request.PathBase.Value, changes.Now());
        return Shell.Page(
            http,
            query,
            $"""
            <header class="head"><div><p class="crumb">{connection} · <a href="{root}/queries">queries</a></p><h1>{query}</h1></div>
            <p class="facts">{(
                view is null ? Html.None : SchedulesPage.State(view, now)
            )} <code>{stored.Query.Schedule.Text}</code> <span>revision {stored.Revision}, {Words.Time(
                stored.AppliedAt
            )} by {stored.AppliedBy}</span>{stored.Query.Tags.Select(t => (Html)$""" <span class="chip">{t}</span>""")}</p></header>
            {(view is null ? Html.None : SchedulesPage.Paused(view))}
            {(view is null ? Html.None : SchedulesPage.Actions(http, view, now))}
            <div class="two">
            <section aria-labelledby="windows"><h2 id="windows">Windows</h2>{(
                view is null
                    ? Html.None
                    : (Html)
                        $"""<p>The next one begins {Words.Time(view.State.Armed)}{(stored.Query.Times().Due(view.State.Armed) is { } due ? (Html)$" and is done {Words.Time(due)}" : Html.None)}.</p>"""
            )}{Recent(root, recent)}</section>
            <section aria-labelledby="backfills"><h2 id="backfills">Backfills</h2>{Ask(http, stored)}{filled.Select(b =>
                Filled(http, b.Item1, b.Item2)
            )}</section>
            </div>
            {Editor.Of(http, "query", connection, query, stored.Yaml, stored.Revision, http.Caller().Role >= Role.Admin)}
            """
        );
    }

    private static IResult New(HttpContext http, string connection) =>
        Shell.Page(http, "New query", $"<h1>New query</h1>{Editor.Of(http, "query", connection, null, Beginning, 0, mayWrite: true)}");

    private static async Task<IResult> PreviewAsync(
        HttpContext http,
        QueryStoring storing,
        QueryTable table,
        string connection,
        YamlBody body
    )
    {
        var check = await QueryEndpoints.CheckAsync(http, storing, table, connection, body);
        if (!check.IsSound)
            return Shell.Fragment(Editor.Problems(check.Problems));
        return Shell.Fragment(
            $"""
            {Editor.Problems(check.Problems)}
            <h3>What it changes</h3>{check.Queries.Select(Changes)}
            <h3>Its windows</h3>{QueryYaml.Parse(body.Yaml, "").Select(d => Windows(d.Query, storing.Now()))}
            """
        );
    }

    private static Html Changes(QueryDiffShape diff) =>
        diff.Revision == 0 ? (Html)$"""<p class="hint">It is new.</p>"""
        : diff.Changes.Count == 0 ? (Html)$"""<p class="hint">Nothing: it says what is stored.</p>"""
        : (Html)
            $"""<ul class="diff">{diff.Changes.Select(c => (Html)$"""<li><code>{c.Path}</code> <del>{c.Before ?? "default"}</del> → <ins>{c.After ?? "default"}</ins></li>""")}</ul>""";

    private static Html Windows(RecurrentQuery query, NodaTime.Instant now)
    {
        var times = query.Times();
        var due = times.Due(times.First(now), now, 1_001).Count;
        return $"""
            <p>{(
                due == 0 ? "None has ended since its start."
                : query.Catchup == Catchup.All
                    ? $"{(due > 1_000 ? "More than 1,000" : Words.Number(due))} that have ended since its start are done first, oldest first."
                : "Those that have ended since its start are left out, as catchup says."
            )}</p>
            <ol class="upcoming">{Upcoming(times, now).Select(w =>
                (Html)$"""<li>{Words.Time(w.From)} <span>… {Words.Time(w.To)}</span></li>"""
            )}</ol>
            """;
    }

    private static IEnumerable<Varve.Time.TimeRange> Upcoming(QueryTimes times, NodaTime.Instant now)
    {
        var at = times.Times.Newest(times.First(now), now) ?? times.First(now);
        for (var i = 0; i < 5 && times.Next(at) is { } window; i++)
        {
            yield return window;
            at = window.To;
        }
    }

    private static Html Recent(string? root, IReadOnlyList<ServerRun> runs) =>
        runs.Count == 0
            ? (Html)$"""<p class="hint">No window was done yet.</p>"""
            : (Html)
                $"""
                    <div class="scroll"><table><thead><tr><th>Window</th><th>State</th><th class="n">Rows</th><th>Done</th><th>Why</th></tr></thead>
                    <tbody>{runs.Select(r =>
                        (Html)
                            $"""<tr><td><a href="{root}/runs/{r.Id}">{Words.Between(r.Window!)}</a></td><td>{RunPages.State(r.State)}</td><td class="n">{Rows(r)}</td><td>{Words.Time(r.Finished)}</td><td>{r.Reason ?? r.ErrorCode}</td></tr>"""
                    )}</tbody></table></div>
                    """;

    private static string Rows(ServerRun run) =>
        run.Result is { } result && System.Text.Json.JsonSerializer.Deserialize<Runs.WindowShape>(result, ServerJson.Options) is { } window
            ? Words.Number(window.Rows)
            : "–";

    private static Html Ask(HttpContext http, StoredQuery stored)
    {
        if (http.Caller().Role < Role.Operator)
            return Html.None;
        var all =
            stored.Query.Write == WindowWriting.Replace
                ? (Html)$"""<option value="all">all, also those that are done</option>"""
                : Html.None;
        return $"""
            <form class="line" data-api="POST" data-path="/api/v1/connections/{Uri.EscapeDataString(
                stored.Connection
            )}/backfills" data-then="reload">
            <input type="hidden" name="query" value="{stored.Query.Name}">
            <label>From <input name="from" required placeholder="2026-01-01" size="11"></label><label>To <input name="to" required placeholder="2026-02-01" size="11"></label>
            <label>Windows <select name="windows"><option value="missing">those that are not done</option><option value="untried">those that were never tried</option>{all}</select></label>
            <label>Order <select name="order"><option value="oldest-first">oldest first</option><option value="newest-first">newest first</option></select></label>
            <label>At once <input name="atOnce#" type="number" min="1" max="8" value="1"></label>
            <button class="primary">Begin</button><button type="button" data-dry>List the windows</button></form>
            <div data-listed aria-live="polite"></div>
            """;
    }

    private static Html Filled(HttpContext http, Backfill b, IReadOnlyDictionary<RunState, int> counts)
    {
        var (done, failed) = (counts.GetValueOrDefault(RunState.Done), counts.GetValueOrDefault(RunState.Failed));
        var tone = b.State switch
        {
            BackfillState.Running => "due",
            BackfillState.Paused => "warn",
            BackfillState.Done when failed == 0 => "good",
            BackfillState.Done => "bad",
            _ => "idle",
        };
        var path = $"/api/v1/backfills/{b.Id}";
        Html word = b.State switch
        {
            BackfillState.Running => (Html)
                $"""<form data-api="POST" data-path="{path}/pause" data-then="reload"><input name="reason" placeholder="Why" aria-label="Why it is paused" required size="10"><button class="small">Pause</button></form>""",
            _ => (Html)
                $"""<form data-api="POST" data-path="{path}/resume" data-then="reload"><button class="small">Resume</button></form>""",
        };
        return $"""
            <p class="fine">{Words.Badge(tone, b.State.ToString().ToLowerInvariant())} {Words.Between(b.Range)}: {Words.Number(done)} done{(
                failed > 0 ? $", {Words.Number(failed)} failed" : ""
            )} · {Words.Time(b.Created)} by {b.Subject}{(b.Reason is { } reason ? $" · {reason}" : "")}</p>
            {(
                b.IsOpen && http.Caller().Role >= Role.Operator
                    ? (Html)
                        $"""<div class="actions">{word}<form data-api="POST" data-path="{path}/end" data-then="reload" data-sure="End this backfill? What was done stays."><button class="danger small">End</button></form></div>"""
                    : Html.None
            )}
            """;
    }
}
