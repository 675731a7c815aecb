using System.Text.Json;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Notices;

namespace Varve.Server.Ui;

/// <summary>What was told to others: what is dead first, with a word to send it again.</summary>
internal static class NoticesPage
{
    private const int Shown = 100;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/notices", ShowAsync).Needs(Role.Admin);

    private static async Task<IResult> ShowAsync(HttpContext http, DeliveryTable table, NoticeBoard board)
    {
        var tenant = http.Caller().Tenant;
        var dead = await table.ListAsync(tenant, DeliveryState.Dead, Shown, http.RequestAborted);
        var others = (await table.ListAsync(tenant, null, Shown, http.RequestAborted)).Where(d => d.State != DeliveryState.Dead).ToList();
        return Shell.Page(
            http,
            "Notices",
            board.Targets.Count == 0 && dead.Count + others.Count == 0
                ? Nothing()
                : (Html)
                    $"""
                    <h1>Notices</h1>
                    {Targets(http, board)}
                    <section aria-labelledby="dead"><h2 id="dead">Did not arrive</h2>
                    {(
                        dead.Count == 0
                            ? (Html)$"""<p class="fine">Everything arrived, or is on its way.</p>"""
                            : Table(dead, canSend: true)
                    )}</section>
                    <section aria-labelledby="sent"><h2 id="sent">On their way, and arrived</h2>
                    {(others.Count == 0 ? (Html)$"""<p class="none">Nothing was told yet.</p>""" : Table(others, canSend: false))}</section>
                    """
        );
    }

    private static Html Nothing() =>
        $"""
            <section class="empty"><h1>Nobody is told</h1>
            <p>Failures, halts, brakes and missed windows can be sent to a webhook or by mail: <code>notify:</code> in the configuration file says to whom.</p></section>
            """;

    private static Html Targets(HttpContext http, NoticeBoard board) =>
        http.Caller().Tenant != Caller.AllTenants || board.Targets.Count == 0
            ? Html.None
            : (Html)
                $"""
                    <section aria-labelledby="targets"><h2 id="targets">Who is told</h2>
                    <ul class="row">{board.Targets.Select(t =>
                        (Html)
                            $"""<li><span class="name">{t.Name}</span><form data-api="POST" data-path="/api/v1/targets/{Uri.EscapeDataString(t.Name)}/try" data-then="reload"><button class="small">Try it</button></form></li>"""
                    )}</ul></section>
                    """;

    private static Html Table(IReadOnlyList<Delivery> all, bool canSend) =>
        $"""
            <div class="scroll"><table><thead><tr><th>When</th><th>State</th><th>What</th><th>To</th><th class="n">Tries</th><th>Answer</th>{(
                canSend ? (Html)$"""<th><span class="sr">Send again</span></th>""" : Html.None
            )}</tr></thead>
            <tbody>{all.Select(d =>
                (Html)
                    $"""<tr><td>{Words.Time(d.Created)}</td><td>{State(d.State)}</td><td class="wide">{Text(d)}</td><td>{d.Target}</td><td class="n">{d.Attempts}</td><td class="wide">{d.Answer}</td>{(canSend ? (Html)$"""<td><form data-api="POST" data-path="/api/v1/deliveries/{d.Id}/retry" data-then="reload"><button class="small">Send again</button></form></td>""" : Html.None)}</tr>"""
            )}</tbody></table></div>
            """;

    private static string Text(Delivery delivery) =>
        JsonSerializer.Deserialize<Notice>(delivery.Body, ServerJson.Options) is { } notice ? notice.Message : delivery.Kind;

    private static Html State(DeliveryState state) =>
        state switch
        {
            DeliveryState.Delivered => Words.Badge("good", "arrived"),
            DeliveryState.Dead => Words.Badge("bad", "dead"),
            _ => Words.Badge("due", "on its way"),
        };
}
