using NodaTime;
using ScottPlot;

namespace Varve.Cli.Charts;

/// <summary>A chart as a PNG.</summary>
internal static class Picture
{
    private const double LeastLabelled = 0.03;

    private static readonly Color Band = Color.FromHex("#7fa8a3");

    // Layers of sediment, the oldest the darkest.
    private static readonly Color[] Layers = [Color.FromHex("#d9cfb8"), Color.FromHex("#e4dcc9"), Color.FromHex("#eee8da"), Color.FromHex("#f5f1e8")];

    internal static void Save(Series series, string file)
    {
        using var plot = new Plot();
        PictureStyle.Apply(plot, series.Title, series.Measure);
        if (series.Points.Count > 0) PictureStyle.Times(plot, series.Points[0].From, series.Points[^1].To);
        Tiers(plot, series);
        var first = true;
        foreach (var run in Runs(series.Points, p => p is { Low: not null, High: not null }))
        {
            Fill(plot, run, first ? "minimum to maximum" : "");
            first = false;
        }

        first = true;
        foreach (var run in Runs(series.Points, p => p.Middle is not null))
        {
            var line = plot.Add.ScatterLine(run.Select(Centre).ToArray(), run.Select(p => p.Middle!.Value).ToArray(), PictureStyle.Line);
            line.LineWidth = 1.8f;
            if (first) line.LegendText = series.MiddleName;
            first = false;
        }

        if (series.Points.Count > 0) plot.Axes.SetLimitsX(PictureStyle.Day(series.Points[0].From), PictureStyle.Day(series.Points[^1].To));
        var (low, high) = series.Extremes();
        plot.Axes.SetLimitsY(low - (0.04 * (high - low)), high + (0.10 * (high - low)));
        PictureStyle.Save(plot, file);
    }

    private static void Tiers(Plot plot, Series series)
    {
        var (low, high) = series.Extremes();
        for (var i = 0; i < series.Stretches.Count; i++)
        {
            var stretch = series.Stretches[i];
            var layer = plot.Add.HorizontalSpan(PictureStyle.Day(stretch.From), PictureStyle.Day(stretch.To), Layers[Math.Max(0, Layers.Length - series.Stretches.Count + i)].WithAlpha(.55));
            layer.LineWidth = 0;
            if (i > 0) plot.Add.VerticalLine(PictureStyle.Day(stretch.From), 1.2f, PictureStyle.Faint, LinePattern.Dashed);
            if ((stretch.To - stretch.From) / (series.Stretches[^1].To - series.Stretches[0].From) < LeastLabelled) continue;
            var label = plot.Add.Text(stretch.Relation, (PictureStyle.Day(stretch.From) + PictureStyle.Day(stretch.To)) / 2, high + (0.075 * (high - low)));
            label.LabelFontColor = PictureStyle.Ink;
            label.LabelFontSize = 15;
            label.LabelAlignment = Alignment.MiddleCenter;
        }
    }

    private static void Fill(Plot plot, IReadOnlyList<Point> run, string legend)
    {
        // Each bucket is a step: its extremes hold for all of it, not for its middle alone.
        var xs = run.SelectMany(p => new[] { PictureStyle.Day(p.From), PictureStyle.Day(p.To) }).ToArray();
        var fill = plot.Add.FillY(xs, [.. run.SelectMany(p => new[] { p.Low!.Value, p.Low.Value })], [.. run.SelectMany(p => new[] { p.High!.Value, p.High.Value })]);
        fill.LegendText = legend;
        fill.FillColor = Band.WithAlpha(.45);
        fill.LineWidth = 0;
        fill.MarkerSize = 0;
    }

    /// <summary>Points that follow one another, without a gap.</summary>
    private static IEnumerable<IReadOnlyList<Point>> Runs(IReadOnlyList<Point> points, Func<Point, bool> isKnown)
    {
        List<Point> run = [];
        foreach (var point in points)
        {
            if (run.Count > 0 && (!isKnown(point) || point.From < run[^1].To || point.From - run[^1].To > 2 * (point.To - point.From)))
            {
                yield return run;
                run = [];
            }

            if (isKnown(point)) run.Add(point);
        }

        if (run.Count > 0) yield return run;
    }

    private static double Centre(Point point) => (PictureStyle.Day(point.From) + PictureStyle.Day(point.To)) / 2;
}
