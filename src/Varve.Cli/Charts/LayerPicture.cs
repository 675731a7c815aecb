using ScottPlot;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Layers as a PNG.</summary>
internal static class LayerPicture
{
    private const int ValueTicks = 6;

    // From the source to the coarsest tier: what is young is light.
    private static readonly Color[] Sediment =
    [
        Color.FromHex("#e9dfc7"), Color.FromHex("#c9b994"), Color.FromHex("#a3b8b0"), Color.FromHex("#7fa8a3"), Color.FromHex("#5c7f86"), Color.FromHex("#3f5561"),
    ];

    internal static void Save(Layers layers, string file)
    {
        using var plot = new Plot();
        PictureStyle.Apply(plot, layers.Title, "");
        PictureStyle.Times(plot, layers.At[0], layers.At[^1]);
        double[] days = [.. layers.At.Select(PictureStyle.Day)];
        for (var layer = layers.Stack.Count; layer > 0; layer--)
        {
            var (below, top) = (layer - 1, layer);
            var fill = plot.Add.FillY(days, [.. days.Select((_, i) => layers.Below(below, i))], [.. days.Select((_, i) => layers.Below(top, i))]);
            fill.LegendText = layers.Stack[below].Relation;
            fill.FillColor = Sediment[(layers.Stack.Count - layer) % Sediment.Length];
            fill.LineWidth = 0;
            fill.MarkerSize = 0;
        }

        if (layers.Line is { } all)
        {
            var line = plot.Add.ScatterLine(days, [.. all], PictureStyle.Line);
            line.LineWidth = 2.2f;
            line.LinePattern = LinePattern.Dashed;
            line.LegendText = layers.LineName;
        }

        var step = AxisTicks.Step(layers.High, ValueTicks);
        double[] values = [.. Enumerable.Range(0, (int)Math.Ceiling(layers.High / step) + 1).Select(n => n * step)];
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(values, [.. values.Select(v => HumanText.Bytes((long)v))]);
        plot.Axes.SetLimitsX(days[0], days[^1]);
        plot.Axes.SetLimitsY(0, layers.High * 1.06);
        PictureStyle.Save(plot, file);
    }
}
