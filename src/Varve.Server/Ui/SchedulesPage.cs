using NodaTime;
using NodaTime.Text;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Scheduling;

namespace Varve.Server.Ui;

/// <summary>Schedules, with the next ten runs of each by both clocks.</summary>
internal static class SchedulesPage
{
    private static readonly ZonedDateTimePattern s_local = ZonedDateTimePattern.CreateWithInvariantCulture(
        "ddd uuuu'-'MM'-'dd HH':'mm x",
        DateTimeZoneProviders.Tzdb
    );

    private static readonly ZonedDateTimePattern s_day = ZonedDateTimePattern.CreateWithInvariantCulture(
        "dddd",
        DateTimeZoneProviders.Tzdb
    );

    private const int PerPage = 25;

    // Reasons that a button of its own resumes; the others are resumed one by one.
    private const int MostReasons = 5;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/schedules", Show).Needs(Role.Viewer);

    /// <param name="http">The request.</param>
    /// <param name="changes">The schedules.</param>
    /// <param name="find">Part of a name or of a database's; null: all.</param>
    /// <param name="skip">How many stand before the shown ones.</param>
    private static IResult Show(HttpContext http, ScheduleChanges changes, string? find, int? skip)
    {
        var (all, words, before) = (
            changes.Of(http.Caller()),
            string.IsNullOrWhiteSpace(find) ? null : find.Trim(),
            Math.Max(0, skip ?? 0)
        );
        if (all.Count == 0)
            return Shell.Page(
                http,
                "Schedules",
                $"""<section class="empty"><h1>No schedule yet</h1><p>A policy with <code>schedule: "*/15 * * * *"</code> is run by this server.</p></section>"""
            );
        var found = all.Where(v => words is null || IsFound(v, words)).ToList();
        var shown = found.Skip(before).Take(PerPage).ToList();
        return Shell.Page(
            http,
            "Schedules",
            $"""
            <header class="head"><h1>Schedules</h1><form class="find" role="search" method="get"><input type="search" name="find" value="{words}" placeholder="Policy, query or database" aria-label="Find schedules"><button>Find</button></form></header>
            {Together(http, all)}
            {shown.Select(v => One(http, v, changes.Now()))}
            {(shown.Count == 0 ? (Html)$"""<p class="hint">No schedule is called so.</p>""" : Html.None)}
            {(
                before + shown.Count < found.Count
                    ? (Html)
                        $"""<p><a href="?skip={before + shown.Count}{(words is null ? "" : $"&find={Uri.EscapeDataString(words)}")}">The next of {Words.Count(found.Count, "schedule")}</a></p>"""
                    : Html.None
            )}
            """
        );
    }

    private static bool IsFound(ScheduleView view, string words) =>
        view.State.Key.Policy.Contains(words, StringComparison.OrdinalIgnoreCase)
        || view.State.Key.Connection.Contains(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a person can say about all of them at once: a database is about to be moved, or was.</summary>
    private static Html Together(HttpContext http, IReadOnlyList<ScheduleView> all)
    {
        if (all.Count < 2 || http.Caller().Role < Role.Operator)
            return Html.None;
        var paused = all.Count(v => v.State.Pause is not null);
        var databases = all.Select(v => v.State.Key.Connection).Distinct().Order(StringComparer.Ordinal).ToList();
        var reasons = all.Where(v => v.State.Pause is not null)
            .CountBy(v => v.State.Pause!.Reason, StringComparer.Ordinal)
            .OrderByDescending(r => r.Value)
            .ThenBy(r => r.Key, StringComparer.Ordinal)
            .ToList();
        return $"""
            <div class="actions">
            {(
                paused == all.Count
                    ? Html.None
                    : (Html)
                        $"""<form data-api="POST" data-path="/api/v1/schedules/pause" data-then="reload" data-sure="Pause what is armed there? What is under way goes on; what waits for its turn does not begin."><label class="sr" for="why-all">Why</label><input id="why-all" name="reason" placeholder="Why" required>{Database(databases)}<button>Pause all</button></form>"""
            )}
            {(
                paused == 0
                    ? Html.None
                    : (Html)
                        $"""<form data-api="POST" data-path="/api/v1/schedules/resume" data-then="reload"><button>Resume all {Words.Number(paused)}</button></form>"""
            )}
            {reasons.Where(_ => reasons.Count > 1).Take(MostReasons).Select(r =>
                (Html)$"""<form data-api="POST" data-path="/api/v1/schedules/resume?reason={Uri.EscapeDataString(r.Key)}" data-then="reload"><button>Resume {Words.Number(r.Value)}: {r.Key}</button></form>"""
            )}
            </div>
            """;
    }

    private static Html Database(IReadOnlyList<string> databases) =>
        databases.Count < 2
            ? Html.None
            : $"""<label class="sr" for="where-all">Where</label><select id="where-all" name="connection"><option value="">of all databases</option>{databases.Select(d => (Html)$"""<option value="{d}">of {d}</option>""")}</select>""";

    private static Html One(HttpContext http, ScheduleView view, Instant now)
    {
        var (key, state) = (view.State.Key, view.State);
        return $"""
            <section class="card schedule">
            <header class="head"><div><p class="crumb">{key.Connection}</p><h2><a href="{http.Request.PathBase.Value}/c/{Uri.EscapeDataString(
                key.Connection
            )}/{(key.IsQuery ? "q" : "p")}/{Uri.EscapeDataString(key.Policy)}">{key.Policy}</a>{(
                key.IsQuery ? (Html)$""" <small>query</small>""" : Html.None
            )}</h2></div>
            <p class="facts">{State(view, now)} <code>{view.Schedule.Text}</code> <span>{view.Times.Zone.Id}</span></p></header>
            {Paused(view)}
            {(state.SkipBy is { } by ? (Html)$"""<p class="notice">The next run is left out, as {by} asked.</p>""" : Html.None)}
            {Upcoming(view, now, 10)}
            {Actions(http, view, now)}
            </section>
            """;
    }

    /// <summary>Who stopped it, and why.</summary>
    internal static Html Paused(ScheduleView view) =>
        view.State.Pause is { } pause
            ? (Html)
                $"""<p class="notice"><b>Paused</b> since {Words.Time(pause.Since)} by {pause.By}: {pause.Reason}{(pause.Until is { } until ? (Html)$", until {Words.Time(until)}" : Html.None)}</p>"""
            : Html.None;

    /// <summary>What a person can say about it.</summary>
    internal static Html Actions(HttpContext http, ScheduleView view, Instant now)
    {
        if (http.Caller().Role < Role.Operator)
            return Html.None;
        var key = view.State.Key;
        var path =
            $"/api/v1/connections/{Uri.EscapeDataString(key.Connection)}/{(key.IsQuery ? "queries" : "schedules")}/{Uri.EscapeDataString(key.Policy)}";
        var why = $"why-{key.Connection}-{(key.IsQuery ? "q-" : "")}{key.Policy}";
        return $"""
            <div class="actions">{(view.State.Pause is not null || view.State.CircuitUntil > now ? (Html)$"""<form data-api="POST" data-path="{path}/resume" data-then="reload"><button class="primary">Resume</button></form>""" : (Html)$"""
                <form data-api="POST" data-path="{path}/pause" data-then="reload"><label class="sr" for="{why}">Why</label><input id="{why}" name="reason" placeholder="Why" required><button>Pause</button></form>
                <form data-api="POST" data-path="{path}/skip" data-then="reload"><button>Skip once</button></form>
                """)}</div>
            """;
    }

    /// <summary>The next runs, in UTC and by the zone's clock.</summary>
    internal static Html Upcoming(ScheduleView view, Instant now, int count) =>
        $"""
            <ol class="upcoming">{view.Times.Upcoming(now, count).Select(o =>
                (Html)$"""<li>{Words.Time(o.Scheduled)} <span>{Local(o.Scheduled.InZone(view.Times.Zone))}</span></li>"""
            )}</ol>
            """;

    // In UTC the time stands there already.
    private static string Local(ZonedDateTime at) => at.Zone.Id == DateTimeZone.Utc.Id ? s_day.Format(at) : s_local.Format(at);

    internal static Html State(ScheduleView view, Instant now) =>
        view.State.Pause is not null ? Words.Badge("warn", "paused")
        : view.State.CircuitUntil > now ? Words.Badge("bad", FormattableString.Invariant($"rests after {view.State.Failures} failures"))
        : view.State.Overdue is not null ? Words.Badge("bad", "overdue")
        : Words.Badge("good", "armed");
}
