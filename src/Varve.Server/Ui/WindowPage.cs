using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Time;

namespace Varve.Server.Ui;

/// <summary>
/// One window of one layer: what is known of it, the steps that made it, and on request the comparison with what it was built
/// from.
/// </summary>
internal static class WindowPage
{
    private const int Steps = 20;

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/c/{connection}/p/{policy}/window", ShowAsync).Needs(Role.Viewer);

    private static Task<IResult> ShowAsync(
        HttpContext http,
        string connection,
        string policy,
        string relation,
        string from,
        string to,
        bool? compare
    ) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var range = Times.Range(from, to);
                var ledger = await lifecycle.LedgerAsync(policy, token);
                var shown = new RelationId(relation);
                var steps = await lifecycle.StepsAsync(policy, shown, range, Steps, token);
                var reports = compare == true ? await lifecycle.VerifyAsync(Selection.Of(policy), range, token) : null;
                var root = PolicyTabs.Root(http, connection, policy);
                var isTier = !shown.IsSource;
                return Shell.Page(
                    http,
                    $"Window of {policy}",
                    $"""
                    <header class="head"><div><p class="crumb">{connection} · <a href="{root}">{policy}</a> · {relation}</p><h1>{Words.Between(
                        range
                    )}</h1></div></header>
                    <section aria-labelledby="known"><h2 id="known">What is known</h2>
                    {Known(ledger.Of(shown), range)}
                    {ledger.Holds.Where(h => h.Range.Overlaps(range) && (h.Relation is null || h.Relation == shown)).Select(h =>
                        (Html)$"""<p class="notice"><b>Held</b> by {h.Who}: {h.Reason}</p>"""
                    )}
                    {(isTier ? Compared(http, shown, range, reports) : Html.None)}</section>
                    <section aria-labelledby="steps"><h2 id="steps">Steps that touched it</h2>
                    {(
                        steps.Count == 0
                            ? (Html)$"""<p class="none">No step that is still in the history did.</p>"""
                            : (Html)$"{steps.Select(StepCard.Of)}"
                    )}</section>
                    """
                );
            }
        );

    private static Html Known(RelationLedger ledger, TimeRange range)
    {
        var window = RangeSet.Of(range);
        (string Name, RangeSet Ranges, string Meaning)[] states =
        [
            ("halted", ledger.Halted, "its proof failed, and a person must look"),
            ("lost", ledger.Lost, "it can no longer be built"),
            ("cut", ledger.CutRanges, "some rows that it was built from are gone; it stays as it was proven"),
            ("dirty", ledger.Dirty, "its input changed since; the next run builds it again"),
            ("covered", ledger.Covered, "proven to agree with what it was built from"),
            ("expired", ledger.Frozen, "its rows have gone from this layer"),
        ];
        var found = states.Where(s => !s.Ranges.Intersect(window).IsEmpty).ToList();
        return found.Count == 0
            ? (Html)$"""<p class="none">Nothing: no run has come to it yet.</p>"""
            : (Html)
                $"""<ul class="known">{found.Select(s => (Html)$"""<li><i class="w-{s.Name}"></i><b>{s.Name}</b> {Words.Ranges(s.Ranges.Intersect(window))}: {s.Meaning}</li>""")}</ul>""";
    }

    private static Html Compared(HttpContext http, RelationId shown, TimeRange range, IReadOnlyList<Execution.VerifyReport>? reports)
    {
        var report = reports?.FirstOrDefault(r => r.Failure is not null || r.Tier == shown);
        if (report is not ({ Buckets: > 0 } or { Failure: not null }))
        {
            var query =
                $"?relation={Uri.EscapeDataString(shown.Text)}&from={Uri.EscapeDataString(InstantText.Format(range.From))}&to={Uri.EscapeDataString(InstantText.Format(range.To))}&compare=true";
            return reports is null
                ? (Html)
                    $"""<p><a class="button" href="{query}">Compare it now</a> <span class="hint">computes it again from what is left; nothing is changed</span></p>"""
                : (Html)$"""<p class="none">Nothing of it can be computed again: what it was built from has expired.</p>""";
        }

        return report.Mismatches.Count == 0 && report.Failure is null
            ? (Html)
                $"""<p>{Words.Badge("good", "agrees")} {Words.Count(report.Buckets, "bucket")} computed again from what is left, and every state compared.</p>"""
            : (Html)
                $"""<p>{Words.Badge("bad", "differs")} {Words.Count(report.Mismatches.Count, "bucket")} of {Words.Number(report.Buckets)} are not what their input gives. {report.Failure?.Text}</p>""";
    }
}
