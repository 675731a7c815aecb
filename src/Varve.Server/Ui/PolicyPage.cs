using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Home;

namespace Varve.Server.Ui;

/// <summary>One policy: its text, what that would change, its layers, its windows, what the next run does, and what runs did.</summary>
internal static class PolicyPage
{
    private const int Windows = 240;
    private const int Runs = 10;

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/c/{connection}/p/{policy}", ShowAsync).Needs(Role.Viewer);
        pages.MapGet("/c/{connection}/new", NewAsync).Needs(Role.Viewer);
        pages.MapPost("/c/{connection}/preview", PreviewAsync).Needs(Role.Viewer);
    }

    private static Task<IResult> ShowAsync(HttpContext http, ScheduleChanges schedules, string connection, string policy) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var stored = await PolicyEndpoints.FindAsync(lifecycle, policy, token);
                if (stored.Policy.Table.IsPattern)
                    return Shell.Page(
                        http,
                        policy,
                        Pattern(http, connection, stored, (await lifecycle.PatternsAsync(Selection.Of(policy), token)).First())
                    );
                var status = (await lifecycle.StatusAsync(Selection.Of(policy), null, token)).Single();
                var plan = (await lifecycle.PlanAsync(Selection.Of(policy), null, token)).Single();
                var history = await lifecycle.HistoryAsync(Selection.Of(policy), Runs, idle: false, token);
                var grid = status.Failure is null
                    ? Strata.Grid(
                        PolicyTabs.Root(http, connection, policy),
                        Coverage.Of(
                            policy,
                            await lifecycle.LedgerAsync(policy, token),
                            status.Relations.Select(r => r.Relation),
                            ReadingEndpoints.Span(status, null, null),
                            Windows
                        )
                    )
                    : Html.None;
                var schedule = schedules.Of(http.Caller()).FirstOrDefault(v => v.State.Key == new ScheduleKey(connection, policy));
                return Shell.Page(
                    http,
                    policy,
                    $"""
                    {Head(connection, status, stored)}
                    {PolicyTabs.Of(http, connection, policy, "")}
                    {Actions(http, connection, policy, plan)}
                    <div class="two">
                    <section aria-labelledby="layers"><h2 id="layers">Layers</h2>{Strata.Timeline(stored.Policy)}{Relations(
                        status
                    )}</section>
                    <section aria-labelledby="next"><h2 id="next">Next run</h2>{Plan(plan)}{(
                        schedule is null
                            ? (Html)$"""<p class="hint">Nothing runs it by itself: it has no <code>schedule</code>.</p>"""
                            : SchedulesPage.Upcoming(schedule, schedules.Now(), 5)
                    )}</section>
                    </div>
                    <section aria-labelledby="windows"><h2 id="windows">Windows</h2>{grid}</section>
                    {Write(http, connection, policy, stored.Yaml, stored.Revision)}
                    <section aria-labelledby="history"><h2 id="history">What runs did</h2>{History(history)}</section>
                    """
                );
            }
        );

    private static Task<IResult> NewAsync(HttpContext http, string connection, string? table) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var text = "policy: \ntable: \ntime: ts\nkeep: 30d\n";
                Html obstacle = Html.None;
                try
                {
                    if (table is not null)
                        text = (await lifecycle.ProposeAsync(TableName.Parse(table), null, token)).Yaml;
                }
                catch (PolicyException none)
                {
                    (text, obstacle) = (
                        $"policy: {table}\ntable: {table}\ntime: ts\nkeep: 30d\n",
                        $"""<p class="trouble" role="alert">{none.Code}: {none.Message}</p>"""
                    );
                }

                return Shell.Page(http, "New policy", $"<h1>New policy</h1>{obstacle}{Write(http, connection, null, text, 0)}");
            }
        );

    /// <summary>What a text says, before it is stored: its problems, its layers, and what it changes.</summary>
    private static Task<IResult> PreviewAsync(HttpContext http, string connection, YamlBody body) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var check = await PolicyStoring.CheckAsync(lifecycle, body.Yaml, token);
                var problems = Editor.Problems(check.Problems);
                if (!check.IsSound)
                    return Shell.Fragment(problems);
                var documents = body.Documents();
                var diffs = await lifecycle.DiffAsync(documents, token);
                var plans = await lifecycle.PlanAsync(documents, null, token);
                return Shell.Fragment(
                    $"""
                    {problems}
                    {documents.Where(d => !d.Policy.Table.IsPattern).Take(1).Select(d => Strata.Timeline(d.Policy))}
                    <h3>What it changes</h3>{Changes(diffs)}
                    <h3>What the next run would do</h3>{plans.Take(3).Select(Plan)}
                    """
                );
            }
        );

    private static Html Head(string connection, PolicyStatus status, StoredPolicy stored) =>
        $"""
            <header class="head" data-zone="{stored.Policy.LocalZone}"><div><p class="crumb">{connection} · {stored.Policy.Table.Text}</p><h1>{stored.Policy.Name}</h1></div>
            <p class="facts">{OverviewPage.State(status)} <span>revision {stored.Revision}, {Words.Time(
                stored.AppliedAt
            )} by {stored.AppliedBy}</span>{(
                stored.Pattern is { } pattern ? (Html)$" <span>from the pattern {pattern}</span>" : Html.None
            )}{stored.Policy.Tags.Select(t => (Html)$""" <span class="chip">{t}</span>""")}{ManagedFile.Badge(stored.Yaml)}</p></header>
            {(status.Failure is { } failure ? (Html)$"""<p class="trouble" role="alert">{failure.Text}</p>""" : Html.None)}
            {(status.LastError is { } error ? (Html)$"""<p class="trouble" role="alert">{error}</p>""" : Html.None)}
            {status.Waits.Where(w => w.NeedsPerson).Select(w =>
                (Html)$"""<p class="notice" role="status"><b>{w.Relation.Text} waits for you.</b> {w.Reason}</p>"""
            )}
            """;

    private static Html Actions(HttpContext http, string connection, string policy, Plan plan)
    {
        if (http.Caller().Role < Role.Operator)
            return Html.None;
        var at = $"/api/v1/connections/{Uri.EscapeDataString(connection)}/runs";
        return $"""
            <div class="actions">
            <form data-api="POST" data-path="{at}" data-then="run"><input type="hidden" name="policies[]" value="{policy}"><button class="primary">Run now</button></form>
            {(plan.Brake is { } brake ? (Html)$"""
                <form data-api="POST" data-path="{at}" data-then="run" data-sure="Remove about {Words.Number(brake.Rows)} rows for good?"><input type="hidden" name="policies[]" value="{policy}"><input type="hidden" name="confirm[]" value="{brake.Hash}"><button class="danger">Let ≈ {Words.Number(brake.Rows)} rows go</button></form>
                <p class="hint">{brake.Reason}</p>
                """ : Html.None)}
            </div>
            """;
    }

    private static Html Relations(PolicyStatus status) =>
        $"""
            <div class="scroll"><table><thead><tr><th>Layer</th><th class="n">Rows</th><th class="n">Size</th><th>Oldest</th><th>Newest</th><th>Not covered</th></tr></thead>
            <tbody>{status.Relations.Select(r =>
                (Html)
                    $"""<tr><td>{r.Relation.Text}</td><td class="n">{Words.Number(r.Rows)}</td><td class="n">{(r.Bytes == 0 ? "–" : Words.Bytes(r.Bytes))}</td><td>{Words.Time(r.First)}</td><td>{Words.Time(r.Last)}</td><td>{Open(r)}</td></tr>"""
            )}</tbody></table></div>
            {(
                status.NextExpiry is { } next
                    ? (Html)
                        $"""<p>Goes next: ≈ {Words.Number(next.Rows)} rows of {next.Relation.Text}, {(next.At <= status.AsOf ? (Html)$"due now" : Words.Time(next.At))}; the first that is lost is of {Words.Time(next.Range.FromStart ? next.Range.To : next.Range.From)}.</p>"""
                    : Html.None
            )}
            {status.Holds.Select(h =>
                (Html)
                    $"""<p class="notice"><b>Held:</b> {h.Relation?.Text ?? "source and tiers"}, {Words.Between(h.Range)}: {h.Reason} ({h.Who})</p>"""
            )}
            """;

    private static Html Open(RelationStatus relation)
    {
        (int Count, string What)[] all = [(relation.Dirty, "dirty"), (relation.Cut, "cut"), (relation.Lost, "lost")];
        var some = string.Join(", ", all.Where(o => o.Count > 0).Select(o => FormattableString.Invariant($"{o.Count} {o.What}")));
        return some.Length == 0 ? (Html)$"""<span class="none">–</span>""" : (Html)$"{some}";
    }

    private static Html Plan(Plan plan) =>
        plan.IsEmpty && plan.Failure is null && plan.Brake is null
            ? (Html)$"""<p class="fine">Nothing is due.</p>"""
            : (Html)
                $"""<pre class="plan">{PlanText.Render(plan).Select(l => (Html)$"""<span class="{l.Tone.ToString().ToLowerInvariant()}">{l.Text}</span>{"\n"}""")}</pre>""";

    private static Html Changes(IReadOnlyList<Applying.PolicyDiff> diffs) =>
        diffs.Sum(d => d.Changes.Count) == 0
            ? (Html)$"""<p class="hint">{(diffs.Any(d => d.Revision == 0) ? "It is new." : "Nothing: it says what is stored.")}</p>"""
            : (Html)
                $"""
                    <ul class="diff">{diffs.SelectMany(d => d.Changes).Select(c =>
                        (Html)$"""<li><code>{c.Path}</code> <del>{c.Before ?? "default"}</del> → <ins>{c.After ?? "default"}</ins></li>"""
                    )}</ul>
                    {(
                        diffs.Any(d => d.RemovesMore)
                            ? (Html)
                                $"""<p class="notice"><b>It removes more</b> than what is stored: saving asks once more, and so does the first removal.</p>"""
                            : Html.None
                    )}
                    """;

    private static Html History(IReadOnlyList<RunRecord> runs) =>
        runs.Count == 0
            ? (Html)$"""<p class="hint">Nothing has run yet.</p>"""
            : (Html)
                $"""
                    <div class="scroll"><table><thead><tr><th>Began</th><th>Ended</th><th class="n">Steps</th><th class="n">Read</th><th class="n">Written</th><th class="n">Removed</th><th>Error</th></tr></thead>
                    <tbody>{runs.Select(r =>
                        (Html)
                            $"""<tr><td>{Words.Time(r.StartedAt)}</td><td>{Words.Badge(r.Status == RunStatus.Done ? "good" : r.Status == RunStatus.Failed ? "bad" : "warn", r.Status.Word())}</td><td class="n">{r.StepsDone}/{r.Steps}</td><td class="n">{Words.Number(r.RowsRead)}</td><td class="n">{Words.Number(r.RowsWritten)}</td><td class="n">{Words.Number(r.RowsRemoved)}</td><td>{r.ErrorCode}</td></tr>"""
                    )}</tbody></table></div>
                    """;

    private static Html Write(HttpContext http, string connection, string? policy, string yaml, int revision) =>
        Editor.Of(http, "policy", connection, policy, yaml, revision, http.Caller().Role >= Role.Operator);

    private static Html Pattern(HttpContext http, string connection, StoredPolicy stored, PatternReport report) =>
        $"""
            <header class="head"><div><p class="crumb">{connection} · {stored.Policy.Table.Text}</p><h1>{stored.Policy.Name}</h1></div><p class="facts"><span class="chip">pattern</span> revision {stored.Revision}</p></header>
            <section><h2>Tables</h2><p>{report.Tables.Select(t =>
                (Html)$"""<span class="chip">{t.Text}</span> """
            )}</p>{report.LeftOut.Select(p => (Html)$"""<p class="notice">{p.Text}</p>""")}</section>
            {Write(http, connection, stored.Policy.Name, stored.Yaml, stored.Revision)}
            """;
}
