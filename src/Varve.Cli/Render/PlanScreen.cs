using Varve.Planning;

namespace Varve.Cli.Render;

/// <summary>Colours what <see cref="PlanText"/> renders.</summary>
internal static class PlanScreen
{
    internal static void Show(Screen screen, IReadOnlyList<Plan> plans)
    {
        if (plans.Count == 0)
            screen.Line(new Span("No policy is stored that this selects. Store one: varve apply policy.yaml", Palette.Dim));
        for (var i = 0; i < plans.Count; i++)
        {
            if (i > 0)
                screen.Line();
            Show(screen, plans[i]);
        }
    }

    internal static void Show(Screen screen, Plan plan)
    {
        foreach (var line in PlanText.Render(plan))
            screen.Line(new Span(line.Text, Of(line.Tone)));
    }

    private static Palette Of(PlanTone tone) =>
        tone switch
        {
            PlanTone.Title => Palette.Bold,
            PlanTone.Create or PlanTone.Build => Palette.Good,
            PlanTone.Remove => Palette.Bad,
            PlanTone.Detail or PlanTone.Mark => Palette.Dim,
            PlanTone.Warning => Palette.Warn,
            _ => Palette.Plain,
        };
}
