using NodaTime;
using Varve.Policies;
using Varve.Server.Api;
using Varve.Time;

namespace Varve.Server.Ui;

/// <summary>The layers of a policy as bars on one axis of age, and what is known of their windows.</summary>
internal static class Strata
{
    // Segments of one width each: hours and decades are on one picture.
    private static readonly (string Name, Duration Age)[] s_ticks =
    [
        ("now", Duration.Zero),
        ("1 h", Duration.FromHours(1)),
        ("1 d", Duration.FromDays(1)),
        ("1 w", Duration.FromDays(7)),
        ("1 mo", Duration.FromDays(30)),
        ("1 y", Duration.FromDays(365)),
        ("10 y", Duration.FromDays(3_650)),
    ];

    /// <summary>How long each layer stays; read from right to left, from now into the past.</summary>
    internal static Html Timeline(Policy policy)
    {
        var layers = policy
            .Tiers.Select((t, i) => Layer(t.Name ?? t.Every.Name, t.Keep, i + 1, policy))
            .Prepend(Layer("source", policy.Keep, 0, policy));
        return $"""
            <figure class="strata"><div role="img" aria-label="How long each layer stays: {Said(policy)}">
            {layers}
            <div class="layer axis"><span></span><div class="ticks">{s_ticks.Reverse().Select(t =>
                (Html)$"<span>{t.Name}</span>"
            )}</div><span></span></div></div>
            <figcaption>Age of a bucket, after its end. {Margins(policy)}</figcaption>
            </figure>
            """;
    }

    /// <summary>What is known of each window of a span; each leads to its steps.</summary>
    internal static Html Grid(string root, CoverageShape coverage)
    {
        if (coverage.Relations.All(r => r.Windows.All(w => w.State == WindowState.Open)))
            return $"""<p class="hint">Nothing is known of any window yet: the first run builds them, and then each leads to its proof.</p>""";
        var span = (coverage.Range.To - coverage.Range.From).TotalSeconds;
        double X(Instant at) => (at - coverage.Range.From).TotalSeconds / span * 1000;
        return $"""
            <figure class="windows">
            {coverage.Relations.Select(r => (Html)$"""
                <div class="layer"><span>{r.Relation}</span>
                <svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="group" aria-label="{r.Relation}: {Counted(r)}">
                {r.Windows.Where(w => w.State != WindowState.Open).Select(w => (Html)$"""<a href="{Place(root, r.Relation, w)}" aria-label="{r.Relation} {Name(w.State)}: {Words.At(w.From)} … {Words.At(w.To)}"><rect class="w-{Name(w.State)}" x="{X(w.From)}" y="0" width="{X(w.To) - X(w.From)}" height="10"><title>{Name(w.State)}: {Words.At(w.From)} … {Words.At(w.To)}</title></rect></a>""")}
                {coverage.Holds.Where(h => IsHeld(r, h, coverage.Range)).Select(h => Held(h, coverage.Range, X))}
                </svg></div>
                """)}
            <div class="layer axis"><span></span><div class="ends"><span>{Words.Time(coverage.Range.From)}</span><span>{Words.Time(coverage.Range.To)}</span></div></div>
            <figcaption class="legend">{Enum.GetValues<WindowState>().Where(s => s != WindowState.Open).Select(s => (Html)$"""<span><i class="w-{Name(s)}"></i>{Name(s)}</span>""")}<span><i class="w-held"></i>held</span></figcaption>
            </figure>
            """;
    }

    private static string Name(WindowState state) => state.ToString().ToLowerInvariant();

    private static string Place(string root, string relation, CoverageWindow window) =>
        $"{root}/window?relation={Uri.EscapeDataString(relation)}&from={Uri.EscapeDataString(InstantText.Format(window.From))}&to={Uri.EscapeDataString(InstantText.Format(window.To))}";

    private static bool IsHeld(RelationCoverage relation, Planning.Hold hold, TimeRange shown) =>
        hold.Range.Overlaps(shown) && (hold.Relation is null || hold.Relation.Text == relation.Relation);

    private static Html Held(Planning.Hold hold, TimeRange shown, Func<Instant, double> x)
    {
        var (from, to) = (x(Instant.Max(hold.Range.From, shown.From)), x(Instant.Min(hold.Range.To, shown.To)));
        return $"""<rect class="w-held" x="{from}" y="8" width="{to - from}" height="2"><title>held: {hold.Reason}</title></rect>""";
    }

    private static Html Layer(string name, Keep keep, int depth, Policy policy)
    {
        var to = keep.IsForever ? 600 : Math.Min(600, Age(keep.Longest));
        var open = Age(policy.Late.Longest);
        var look = Math.Min(to, Age(Looked(policy)));
        return $"""
            <div class="layer"><span>{name}</span>
            <svg viewBox="0 0 600 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="l{Math.Min(depth, 5)}" x="{600 - to}" y="1" width="{to}" height="12"></rect>
            <rect class="open" x="{600 - open}" y="1" width="{Math.Min(open, to)}" height="12"></rect>
            {(depth == 0 ? (Html)$"""<rect class="look" x="{600 - look}" y="10" width="{look}" height="3"></rect>""" : Html.None)}
            </svg>
            <span class="kept">{(keep.IsForever ? "forever" : keep.Text)}</span></div>
            """;
    }

    /// <summary>How far back each run looks for changes.</summary>
    private static Duration Looked(Policy policy) => policy.Recheck?.Longest ?? Duration.Max(Duration.FromDays(1), policy.Late.Longest * 3);

    private static Html Margins(Policy policy) =>
        $"""{(
            policy.Late.Longest == Duration.Zero
                ? Html.None
                : (Html)$"Shaded: {policy.Late.Text}, in which stragglers are waited for. "
        )}Underlined: {policy.Recheck?.Text ?? Words.Length(Looked(policy))}, in which each run looks for changes.""";

    private static string Said(Policy policy) =>
        string.Join(
            ", ",
            policy
                .Tiers.Select(t => $"{t.Name ?? t.Every.Name} {(t.Keep.IsForever ? "forever" : t.Keep.Text)}")
                .Prepend($"source {(policy.Keep.IsForever ? "forever" : policy.Keep.Text)}")
        );

    private static string Counted(RelationCoverage relation) =>
        string.Join(", ", relation.Windows.GroupBy(w => w.State).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));

    private static double Age(Duration age)
    {
        for (var i = 1; i < s_ticks.Length; i++)
        {
            var (from, to) = (s_ticks[i - 1].Age, s_ticks[i].Age);
            if (age <= to)
                return ((i - 1) + ((age - from) / (to - from))) * 100;
        }

        return 600;
    }
}
