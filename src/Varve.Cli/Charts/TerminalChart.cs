using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>A chart for a terminal: the band from minimum to maximum shaded, the middle as a line of dots, the tiers below.</summary>
internal sealed class TerminalChart
{
    private readonly Series _series;
    private readonly Frame _frame;

    private TerminalChart(Series series, int width)
    {
        _series = series;
        var (low, high) = series.Extremes();
        _frame = new(width, series.Points[0].From, series.Points[^1].To, low, high, AxisTicks.Value);
    }

    internal static void Show(Screen screen, Series series)
    {
        screen.Line(new Span(series.Title, Palette.Bold));
        if (series.Points.Count == 0)
        {
            screen.Line(new Span("  no values in this range", Palette.Dim));
            return;
        }

        new TerminalChart(series, screen.Width).Draw(screen);
    }

    private void Draw(Screen screen)
    {
        var (line, band, edges) = (Line(), Band(), Edges());
        _frame.Draw(screen, (row, column) => line[row, column] is { } dots ? new Span(dots.ToString(), Palette.Accent)
            : band[row, column] ? new Span("░", Palette.Dim)
            : edges.Contains(column) ? new Span("┊", Palette.Dim)
            : new Span(" "));
        screen.Line(new Span($"{"from",Frame.AxisWidth}  ", Palette.Dim), Tiers());
        screen.Line(new Span($"{"",Frame.AxisWidth}  ", Palette.Dim), new("⠒⠒", Palette.Accent), new($" {_series.MiddleName}   ░░ minimum to maximum   the line below the axis says who answered", Palette.Dim));
        foreach (var note in _series.Notes) screen.Line(new($"{"note",Frame.AxisWidth}  ", Palette.Warn), note);
    }

    private Braille Line()
    {
        var dots = new Braille(_frame.Columns, Frame.Rows);
        (int X, int Y, Point Point)? before = null;
        foreach (var point in _series.Points)
        {
            if (point.Middle is not { } middle)
            {
                before = null;
                continue;
            }

            var (x, y) = ((int)(_frame.Share(point.From + ((point.To - point.From) / 2)) * (dots.Width - 1)), (int)Math.Round((1 - _frame.Height(middle)) * (dots.Height - 1)));
            // A missing bucket or two is a gap in the line.
            if (before is { } last && point.From - last.Point.To <= 2 * (point.To - point.From)) dots.Line(last.X, last.Y, x, y);
            else dots.Dot(x, y);
            before = (x, y, point);
        }

        return dots;
    }

    private bool[,] Band()
    {
        var band = new bool[Frame.Rows, _frame.Columns];
        foreach (var point in _series.Points)
        {
            if (point is not { Low: { } low, High: { } high }) continue;
            var (left, right) = (_frame.Column(point.From), Math.Max(_frame.Column(point.From), _frame.Column(point.To) - 1));
            var (top, bottom) = (_frame.Row(high), _frame.Row(low));
            for (var row = top; row <= bottom; row++)
            {
                for (var column = left; column <= right; column++) band[row, column] = true;
            }
        }

        return band;
    }

    private HashSet<int> Edges() => [.. _series.Stretches.Skip(1).Select(s => _frame.Column(s.From))];

    private string Tiers()
    {
        var text = new char[_frame.Columns];
        Array.Fill(text, ' ');
        foreach (var stretch in _series.Stretches)
        {
            if (stretch.To <= _frame.From || stretch.From >= _frame.To) continue;
            var (left, right) = (_frame.Column(stretch.From), Math.Min(_frame.Columns, (int)Math.Ceiling(_frame.Share(stretch.To) * _frame.Columns)));
            for (var i = left; i < right; i++) text[i] = '─';
            text[left] = '├';
            if (stretch == _series.Stretches[^1]) text[right - 1] = '┤';
            var room = right - left - 3;
            if (room <= 0) continue;
            var name = stretch.Relation.Length > room ? $"{stretch.Relation[..(room - 1)]}…" : stretch.Relation;
            $" {name} ".AsSpan(0, Math.Min(name.Length + 2, right - left - 1)).CopyTo(text.AsSpan(left + 1 + ((right - left - 2 - name.Length) / 2)));
        }

        return new string(text).TrimEnd();
    }
}
