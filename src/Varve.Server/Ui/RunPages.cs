using System.Text.Json.Nodes;
using Varve.Catalog;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Ui;

/// <summary>The server's runs, and one of them while it goes on.</summary>
internal static class RunPages
{
    private const int Shown = 100;

    private const int Detailed = 5;
    private const int ShownSteps = 50;

    internal static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/runs", ListAsync).Needs(Role.Viewer);
        pages.MapGet("/runs/{id}", ShowAsync).Needs(Role.Viewer);
    }

    private static async Task<IResult> ListAsync(HttpContext http, RunTable runs, ConnectionSet connections, RunQueue queue)
    {
        var stored = await runs.ListAsync([.. connections.Of(http.Caller()).Select(c => c.Name)], null, null, Shown, http.RequestAborted);
        IReadOnlyList<ServerRun> all = [.. stored.Select(queue.Told)];
        return Shell.Page(
            http,
            "Runs",
            $"""
            <h1>Runs</h1>
            {(all.Count == 0 ? (Html)$"""<section class="empty"><h2>Nothing has run yet</h2><p>A policy runs by its schedule, or from its page.</p></section>""" : (Html)$"""
                <div class="scroll"><table><thead><tr><th>Run</th><th>State</th><th>Policy</th><th>By</th><th>Scheduled</th><th>Began</th><th>Ended</th><th>Why</th></tr></thead>
                <tbody>{all.Select(r => (Html)$"""<tr><td><a href="{http.Request.PathBase.Value}/runs/{r.Id}" title="{r.Id}">…{r.Id[^8..]}</a></td><td>{State(r.State)}</td><td>{r.Connection} / {Named(r)}</td><td>{r.Subject}</td><td>{Words.Time(r.Scheduled)}{(r.Missed > 0 ? (Html)$" <small>for {r.Missed} before it too</small>" : Html.None)}</td><td>{Words.Time(r.Started)}</td><td>{Words.Time(r.Finished)}</td><td>{r.Reason ?? r.ErrorCode}</td></tr>""")}</tbody></table></div>
                """)}
            """
        );
    }

    private static async Task<IResult> ShowAsync(HttpContext http, RunTable runs, ConnectionSet connections, RunQueue queue, string id)
    {
        if (await runs.FindAsync(id, http.RequestAborted) is not { } stored || connections.Find(http.Caller(), stored.Connection) is null)
            throw new PolicyException(ServerCodes.Missing, $"There is no run {id}.");
        var run = queue.Told(stored);
        var details = await DetailsAsync(http, connections.Find(http.Caller(), run.Connection)!, run);
        var may = http.Caller().Role >= Role.Operator && run.IsOpen;
        return Shell.Page(
            http,
            "Run",
            $"""
            <header class="head"><div><p class="crumb">{run.Connection} · {Named(run)}</p><h1>Run</h1></div><p class="facts">{State(
                run.State
            )} <span>asked {Words.Time(run.Queued)} by {run.Subject}</span>{(
                run.Scheduled is { } at ? (Html)$" <span>for {Words.Time(at)}</span>" : Html.None
            )}</p></header>
            {(run.Reason is { } reason ? (Html)$"""<p class="notice">{reason}</p>""" : Html.None)}
            {(run.Error is { } error ? (Html)$"""<p class="trouble" role="alert">{run.ErrorCode}: {error}</p>""" : Html.None)}
            {(
                may
                    ? (Html)
                        $"""<div class="actions"><form data-api="POST" data-path="/api/v1/runs/{id}/end" data-then="reload"><button>End after this statement</button></form><form data-api="POST" data-path="/api/v1/runs/{id}/end" data-then="reload"><input type="hidden" name="now?" value="true"><button class="danger">Cancel now</button></form></div>"""
                    : Html.None
            )}
            <section aria-labelledby="steps"><h2 id="steps">Steps</h2>
            <progress max="1" value="{(run.IsOpen ? 0 : 1)}" aria-label="Progress"></progress>
            <ol class="events" data-events="/api/v1/runs/{id}/events" data-open="{(run.IsOpen ? "yes" : "no")}"></ol>
            </section>
            {details}
            """
        );
    }

    /// <summary>The steps of a run that has ended, each with its statement and its counts.</summary>
    private static async Task<Html> DetailsAsync(HttpContext http, ServerConnection connection, ServerRun run)
    {
        if (run.IsOpen || run.IsQuery || run.Result is not { } result)
            return Html.None;
        var ids = JsonNode.Parse(result)!["policies"]!
            .AsArray()
            .Select(p => ((string)p!["policy"]!, (string?)p["runId"]))
            .Where(p => p.Item2 is not null)
            .Take(Detailed)
            .ToList();
        try
        {
            return await connection.UseAsync(
                http.Caller().Subject,
                async lifecycle =>
                {
                    List<Html> parts = [];
                    foreach (var (policy, id) in ids)
                        parts.Add(Detail(http, connection, policy, await lifecycle.StepsAsync(id!, http.RequestAborted)));
                    return (Html)$"{parts}";
                },
                http.RequestAborted
            );
        }
        catch (VarveException away)
        {
            // The run is told all the same.
            return $"""<p class="notice">Its statements are in the database that it worked on, which cannot be read now: {away.Code}: {away.Message}</p>""";
        }
    }

    private static Html Detail(HttpContext http, ServerConnection connection, string policy, IReadOnlyList<StepRecord> steps) =>
        steps.Count == 0
            ? Html.None
            : (Html)
                $"""<section><h2>What was done for <a href="{PolicyTabs.Root(http, connection.Name, policy)}">{policy}</a></h2>{steps.Take(ShownSteps).Select(StepCard.Of)}{(steps.Count > ShownSteps ? (Html)$"""<p class="hint">The first {ShownSteps} of {steps.Count} steps; the API has all.</p>""" : Html.None)}</section>""";

    internal static Html State(RunState state) =>
        Words.Badge(
            state switch
            {
                RunState.Done => "good",
                RunState.Failed or RunState.Interrupted => "bad",
                RunState.Braked or RunState.Waits => "warn",
                RunState.Running => "due",
                _ => "idle",
            },
            state switch
            {
                RunState.Braked => "waits for a word",
                RunState.Waits => "waits for you",
                _ => state.ToString().ToLowerInvariant(),
            }
        );

    private static string Named(ServerRun run) =>
        run.Window is { } window ? $"{run.Policy} {Words.Range(window)}"
        : run.Policy.Length > 0 ? run.Policy
        : run.Asked.Policies.Count > 0 ? string.Join(", ", run.Asked.Policies)
        : "all policies";
}
