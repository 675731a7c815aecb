using NodaTime;
using ScottPlot;

namespace Varve.Cli.Charts;

/// <summary>A chart as a PNG; only this file knows ScottPlot.</summary>
internal static class Picture
{
    private const int Width = 1400;
    private const int Height = 640;
    private const int MostTicks = 14;
    private const double LeastLabelled = 0.03;

    private static readonly Color Ground = Color.FromHex("#fbfaf7");
    private static readonly Color Ink = Color.FromHex("#22313a");
    private static readonly Color Faint = Color.FromHex("#8a949a");
    private static readonly Color Lines = Color.FromHex("#e6e3da");
    private static readonly Color Band = Color.FromHex("#7fa8a3");
    private static readonly Color Middle = Color.FromHex("#b4552d");

    // Layers of sediment, the oldest the darkest.
    private static readonly Color[] Layers = [Color.FromHex("#d9cfb8"), Color.FromHex("#e4dcc9"), Color.FromHex("#eee8da"), Color.FromHex("#f5f1e8")];

    internal static void Save(Series series, string file)
    {
        using var plot = new Plot();
        Style(plot, series);
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
            var line = plot.Add.ScatterLine(run.Select(Centre).ToArray(), run.Select(p => p.Middle!.Value).ToArray(), Middle);
            line.LineWidth = 1.8f;
            if (first) line.LegendText = series.MiddleName;
            first = false;
        }

        if (series.Points.Count > 0) plot.Axes.SetLimitsX(Day(series.Points[0].From), Day(series.Points[^1].To));
        var (low, high) = series.Extremes();
        plot.Axes.SetLimitsY(low - (0.04 * (high - low)), high + (0.10 * (high - low)));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        plot.SavePng(file, Width, Height);
    }

    private static void Style(Plot plot, Series series)
    {
        plot.FigureBackground.Color = Ground;
        plot.DataBackground.Color = Ground;
        plot.Grid.MajorLineColor = Lines;
        if (series.Points.Count > 0)
        {
            var times = Ticks.Times(series.Points[0].From, series.Points[^1].To, MostTicks);
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. times.Select(t => Day(t.At))], [.. times.Select(t => t.Label)]);
        }

        plot.Axes.Left.MinimumSize = 90;
        plot.Axes.Right.MinimumSize = 36;
        plot.Axes.Color(Faint);
        plot.Axes.Title.Label.Text = series.Title;
        plot.Axes.Title.Label.ForeColor = Ink;
        plot.Axes.Title.Label.FontSize = 22;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Left.Label.Text = series.Measure;
        plot.Axes.Left.Label.ForeColor = Ink;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Legend.BackgroundColor = Ground;
        plot.Legend.OutlineColor = Lines;
        plot.Legend.FontColor = Ink;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
    }

    private static void Tiers(Plot plot, Series series)
    {
        var (low, high) = series.Extremes();
        for (var i = 0; i < series.Stretches.Count; i++)
        {
            var stretch = series.Stretches[i];
            var layer = plot.Add.HorizontalSpan(Day(stretch.From), Day(stretch.To), Layers[Math.Max(0, Layers.Length - series.Stretches.Count + i)].WithAlpha(.55));
            layer.LineWidth = 0;
            if (i > 0) plot.Add.VerticalLine(Day(stretch.From), 1.2f, Faint, LinePattern.Dashed);
            if ((stretch.To - stretch.From) / (series.Stretches[^1].To - series.Stretches[0].From) < LeastLabelled) continue;
            var label = plot.Add.Text(stretch.Relation, (Day(stretch.From) + Day(stretch.To)) / 2, high + (0.075 * (high - low)));
            label.LabelFontColor = Ink;
            label.LabelFontSize = 15;
            label.LabelAlignment = Alignment.MiddleCenter;
        }
    }

    private static void Fill(Plot plot, IReadOnlyList<Point> run, string legend)
    {
        // Each bucket is a step: its extremes hold for all of it, not for its middle alone.
        var xs = run.SelectMany(p => new[] { Day(p.From), Day(p.To) }).ToArray();
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

    private static double Centre(Point point) => (Day(point.From) + Day(point.To)) / 2;

    private static double Day(Instant at) => at.ToDateTimeUtc().ToOADate();
}
