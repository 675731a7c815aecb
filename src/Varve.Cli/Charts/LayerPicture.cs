using NodaTime;

namespace Varve.Cli.Charts;

/// <summary>Layers as a PNG.</summary>
internal static class LayerPicture
{
    private const double TitleSize = 20;

    internal static void Save(Layers layers, string file)
    {
        var (form, palette) = (PictureForm.Usual, Palette.Light);
        using var sheet = form.Pixels();
        var scale = Scale.UpTo(layers.High, Unit.Of("decbytes"), 6);
        var legend = new Legend([], [.. Entries(layers, palette)], form.Width - 56);
        var plot = new Plot(sheet, palette, scale, layers.At[0], layers.At[^1], 60, 0, legend.Height + 8);
        sheet.Box(new(0, 0, form.Width, form.Height), palette.Ground);
        sheet.Text(Lettering.Fitted(layers.Title, TitleSize, form.Width - 56, bold: true), 28, 38, TitleSize, palette.Ink, bold: true);
        for (var layer = layers.Stack.Count; layer > 0; layer--)
        {
            var (below, top) = (layer - 1, layer);
            sheet.Fill(
                [
                    .. layers.At.Select((at, i) => (plot.X(at), plot.Y(layers.Below(top, i)))),
                    .. Enumerable.Range(0, layers.At.Count).Reverse().Select(i => (plot.X(layers.At[i]), plot.Y(layers.Below(below, i)))),
                ],
                palette.Layer(layers.Stack.Count - layer),
                1
            );
        }

        plot.Grid();
        if (layers.Line is { } all)
            sheet.Stroke([.. layers.At.Select((at, i) => (plot.X(at), plot.Y(all[i])))], palette.Line(0), 2.2, 7);
        plot.Axes(DateTimeZone.Utc, $"{LocalText.Range(layers.At[0], layers.At[^1], DateTimeZone.Utc)}  UTC");
        legend.Draw(sheet, palette, 28, plot.Below);
        sheet.Save(file);
    }

    // As they lie: the youngest on top.
    private static IEnumerable<LegendEntry> Entries(Layers layers, Palette palette)
    {
        for (var i = 0; i < layers.Stack.Count; i++)
            yield return new(layers.Stack[^(i + 1)].Relation, palette.Layer(i), Swatch.Area, []) { Opacity = 1 };
        if (layers.Line is not null)
            yield return new(layers.LineName, palette.Line(0), Swatch.Dashes, []);
    }
}
