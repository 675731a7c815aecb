using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Layers for a terminal: each relation in a shade of its own, the line of dots before them.</summary>
internal sealed class LayerChart
{
    private static readonly char[] s_shades = ['░', '▒', '▓', '█', '╱', '╲', '╳', '·'];

    private readonly Layers _layers;
    private readonly Frame _frame;

    private LayerChart(Layers layers, int width)
    {
        _layers = layers;
        _frame = new(width, layers.At[0], layers.At[^1], Scale.UpTo(layers.High, Unit.Of("decbytes"), 4), DateTimeZone.Utc);
    }

    internal static void Show(Screen screen, Layers layers)
    {
        screen.Line(new Span(layers.Title, Render.Palette.Bold));
        new LayerChart(layers, screen.Width).Draw(screen);
    }

    private void Draw(Screen screen)
    {
        var (line, fill) = (Line(), Fill());
        _frame.Draw(
            screen,
            (row, column) =>
                line[row, column] is { } dots ? new Span(dots.ToString(), Render.Palette.Accent)
                : fill[row, column] is { } shade ? new Span(shade.ToString(), Render.Palette.Dim)
                : new Span(" ")
        );
        List<Span> legend = [$"{new string(' ', _frame.AxisWidth)}  "];
        for (var i = _layers.Stack.Count - 1; i >= 0; i--)
            legend.Add(new($"{Shade(i)}{Shade(i)} {_layers.Stack[i].Relation}   ", Render.Palette.Dim));
        if (_layers.Line is not null)
            legend.AddRange([new("⠒⠒", Render.Palette.Accent), new($" {_layers.LineName}", Render.Palette.Dim)]);
        screen.Line([.. legend]);
    }

    // The source is the lightest.
    private char Shade(int layer) => s_shades[(_layers.Stack.Count - 1 - layer) % s_shades.Length];

    private char?[,] Fill()
    {
        var cells = new char?[Frame.Rows, _frame.Columns];
        for (var column = 0; column < _frame.Columns; column++)
        {
            var at = _frame.From + ((_frame.To - _frame.From) * ((column + 0.5) / _frame.Columns));
            var tops = Enumerable.Range(1, _layers.Stack.Count).Select(n => _frame.Height(_layers.Below(n, at))).ToList();
            for (var row = 0; row < Frame.Rows; row++)
            {
                // A cell is of the layer that reaches its middle.
                var height = 1 - (row / (Frame.Rows - 1.0));
                var layer = tops.FindIndex(top => top > height);
                if (layer >= 0)
                    cells[row, column] = Shade(layer);
            }
        }

        return cells;
    }

    private Braille Line()
    {
        var dots = new Braille(_frame.Columns, Frame.Rows);
        if (_layers.Line is not { } line)
            return dots;
        (int X, int Y)? before = null;
        foreach (var (at, bytes) in _layers.At.Zip(line))
        {
            var (x, y) = ((int)(_frame.Share(at) * (dots.Width - 1)), (int)Math.Round((1 - _frame.Height(bytes)) * (dots.Height - 1)));
            if (before is { } last)
                dots.Line(last.X, last.Y, x, y);
            before = (x, y);
        }

        return dots;
    }
}
