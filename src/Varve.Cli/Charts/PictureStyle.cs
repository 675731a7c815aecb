using NodaTime;
using ScottPlot;

namespace Varve.Cli.Charts;

/// <summary>How pictures look, and how they are written; besides it only the pictures know ScottPlot.</summary>
internal static class PictureStyle
{
    private const int Width = 1400;
    private const int Height = 640;
    private const int MostTicks = 14;

    private static readonly Color Ground = Color.FromHex("#fbfaf7");
    private static readonly Color Lines = Color.FromHex("#e6e3da");

    internal static Color Ink { get; } = Color.FromHex("#22313a");

    internal static Color Faint { get; } = Color.FromHex("#8a949a");

    internal static Color Line { get; } = Color.FromHex("#b4552d");

    internal static void Apply(Plot plot, string title, string values)
    {
        plot.FigureBackground.Color = Ground;
        plot.DataBackground.Color = Ground;
        plot.Grid.MajorLineColor = Lines;
        plot.Axes.Left.MinimumSize = 90;
        plot.Axes.Right.MinimumSize = 36;
        plot.Axes.Color(Faint);
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.ForeColor = Ink;
        plot.Axes.Title.Label.FontSize = 22;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Left.Label.Text = values;
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

    internal static void Times(Plot plot, Instant from, Instant to)
    {
        var times = AxisTicks.Times(from, to, MostTicks);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. times.Select(t => Day(t.At))], [.. times.Select(t => t.Label)]);
    }

    internal static void Save(Plot plot, string file)
    {
        try
        {
            plot.SavePng(file, Width, Height);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Unwritten("--png", file, error);
        }
    }

    internal static double Day(Instant at) => at.ToDateTimeUtc().ToOADate();
}
