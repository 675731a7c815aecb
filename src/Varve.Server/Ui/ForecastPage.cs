using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Api;

namespace Varve.Server.Ui;

/// <summary>Rows and bytes of what a policy keeps, from now on.</summary>
internal static class ForecastPage
{
    private const int Height = 200;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/c/{connection}/p/{policy}/forecast", ShowAsync).Needs(Role.Viewer);

    private static Task<IResult> ShowAsync(HttpContext http, string connection, string policy) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var found = (await lifecycle.ForecastAsync(Selection.Of(policy), null, token)).Single();
                var body = found.Stored is { } forecast
                    ? Picture(forecast)
                    : (Html)$"""<p class="trouble" role="alert">{found.Failure?.Text}</p>""";
                return Shell.Page(
                    http,
                    $"Forecast of {policy}",
                    $"""
                    <header class="head"><div><p class="crumb">{connection}</p><h1>{policy}</h1></div></header>
                    {PolicyTabs.Of(http, connection, policy, "/forecast")}
                    {body}
                    """
                );
            }
        );

    private static Html Picture(Forecast forecast)
    {
        var (most, span) = (Math.Max(1, forecast.Peak.Bytes), (forecast.Until - forecast.AsOf).TotalSeconds);
        double X(ForecastPoint p) => (p.At - forecast.AsOf).TotalSeconds / span * 1000;
        double Y(ForecastPoint p) => Height - (p.Bytes * (double)Height / most);
        return $"""
            <section><h2>Bytes of all layers</h2>
            <figure><svg class="chart" viewBox="0 0 1000 {Height}" preserveAspectRatio="none" role="img" aria-label="From {Words.Bytes(
                forecast.Total[0].Bytes
            )} now to {Words.Bytes(forecast.Total[^1].Bytes)}, at most {Words.Bytes(forecast.Peak.Bytes)}">
            <polygon points="0,{Height} {forecast.Total.Select(p => (Html)$"{X(p)},{Y(p)} ")}1000,{Height}"></polygon></svg>
            <div class="ends"><span>{Words.Time(forecast.AsOf)}</span><span>at most {Words.Bytes(forecast.Peak.Bytes)}, {Words.Time(
                forecast.Peak.At
            )}</span><span>{Words.Time(forecast.Until)}</span></div></figure></section>
            <section><h2>Layers</h2><div class="scroll"><table><thead><tr><th>Layer</th><th>Stays</th><th class="n">Rows a day</th><th class="n">Rows now</th><th class="n">Rows then</th><th class="n">Bytes then</th><th>Steady from</th></tr></thead>
            <tbody>{forecast.Relations.Select(r =>
                (Html)
                    $"""<tr><td>{r.Relation.Text}</td><td>{r.Keep?.Text ?? "retired"}</td><td class="n">{Words.Number((long)r.Rate.RowsPerDay)}</td><td class="n">{Words.Number(r.Points[0].Rows)}</td><td class="n">{Words.Number(r.Points[^1].Rows)}</td><td class="n">{Words.Bytes(r.Points[^1].Bytes)}</td><td>{Words.Time(r.SteadyFrom)}</td></tr>"""
            )}</tbody></table></div>
            {forecast.Notes.Select(n => (Html)$"""<p class="hint">{n}</p>""")}</section>
            """;
    }
}
