using Varve.Server.Access;
using Varve.Server.Quotas;

namespace Varve.Server.Ui;

/// <summary>What each tenant may have and use, where that is declared, and how much of it is used.</summary>
internal static class TenantsPage
{
    // From here on somebody should know before it is used up.
    private const double Nearly = 0.8;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/tenants", ShowAsync).Needs(Role.Viewer);

    private static async Task<IResult> ShowAsync(HttpContext http, TenantUse use)
    {
        var all = await use.OfAsync(http.Caller(), http.RequestAborted);
        return Shell.Page(
            http,
            "Tenants",
            $"""
            <h1>Tenants</h1>
            {(
                all.Count == 0
                    ? (Html)
                        $"""<section class="empty"><h2>No database yet</h2><p>A tenant is there with its first database.</p></section>"""
                    : (Html)$"{all.Select(Tenant)}"
            )}
            <p class="hint">Quotas are declared under <code>quotas</code> in the configuration of the server, for each tenant or for every one. Rows are counted from midnight to midnight by UTC, for runs only.</p>
            """
        );
    }

    private static Html Tenant(TenantShape tenant, int index) =>
        $"""
            <section aria-labelledby="tenant{index}"><h2 id="tenant{index}">{tenant.Tenant}</h2>
            <p class="facts"><span>{(
                tenant.Connections.Count == 0 ? "no database" : string.Join(", ", tenant.Connections)
            )}</span>{(tenant.RunsWaiting > 0 ? (Html)$" <span>{Words.Count(tenant.RunsWaiting, "run")} waiting</span>" : Html.None)}</p>
            <div class="scroll"><table><thead><tr><th>Quota</th><th class="n">Used</th><th class="n">Allowed</th><th>How full</th><th>Declared at</th><th class="n">Refused</th></tr></thead>
            <tbody>{tenant.Quotas.Select(q =>
                (Html)
                    $"""<tr><td>{Quota.All.Single(k => k.Key == q.Quota).Name}</td><td class="n">{Number(q.Used)}</td><td class="n">{(q.Limit is null ? (Html)$"""<span class="none">any</span>""" : Number(q.Limit))}</td><td class="full">{Fullness(q)}</td><td>{(q.From is null ? (Html)$"""<span class="none">–</span>""" : (Html)$"<code>{q.From}</code>")}</td><td class="n">{Number(q.Refused)}</td></tr>"""
            )}</tbody></table></div></section>
            """;

    private static Html Number(long? number) =>
        number is { } known ? (Html)$"{Words.Number(known)}" : (Html)$"""<span class="none">–</span>""";

    private static Html Fullness(QuotaShape quota)
    {
        if (quota is not { Limit: { } limit, Used: { } used })
            return $"""<span class="none">–</span>""";
        var name = Quota.All.Single(k => k.Key == quota.Quota).Name;
        Html meter =
            $"""<progress max="{Math.Max(limit, 1)}" value="{(limit == 0 ? 1 : Math.Min(used, limit))}" aria-label="{name} used"></progress>""";
        var until = quota.Until is { } at ? (Html)$" until {Words.Time(at)}" : Html.None;
        return used >= limit ? (Html)$"{meter} {Words.Badge("warn", "used up")}{until}"
            : used >= limit * Nearly ? (Html)$"{meter} {Words.Badge("due", "nearly used up")}"
            : meter;
    }
}
