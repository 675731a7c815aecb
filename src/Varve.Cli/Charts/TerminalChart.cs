using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>A chart for a terminal: the band from minimum to maximum shaded, the middle as a line of dots, the tiers below.</summary>
internal sealed class TerminalChart
{
    private const int Rows = 16;
    private const int AxisWidth = 9;
    private const int MostColumns = 120;

    private readonly Series _series;
    private readonly Instant _from;
    private readonly Duration _span;
    private readonly double _low;
    private readonly double _step;
    private readonly double _high;
    private readonly int _columns;

    private TerminalChart(Series series, int width)
    {
        _series = series;
        _columns = Math.Min(MostColumns, width - AxisWidth - 2);
        _from = series.Points[0].From;
        _span = Instant.Max(series.Points[^1].To, series.Points[^1].From + Duration.FromSeconds(1)) - _from;
        var (low, high) = series.Extremes();
        _step = Ticks.Step(high - low, 4);
        _low = Math.Floor(low / _step) * _step;
        _high = Math.Ceiling(high / _step) * _step;
    }

    internal static void Show(Screen screen, Series series)
    {
        screen.Line(new Span(series.Title, Ink.Bold));
        if (series.Points.Count == 0)
        {
            screen.Line(new Span("  no values in this range", Ink.Dim));
            return;
        }

        new TerminalChart(series, screen.Width).Draw(screen);
    }

    private void Draw(Screen screen)
    {
        var (line, band, edges) = (Line(), Band(), Edges());
        for (var row = 0; row < Rows; row++)
        {
            List<Span> spans = [new($"{Label(row),AxisWidth} ", Ink.Dim), new(Label(row).Length > 0 ? "┤" : "│", Ink.Dim)];
            for (var column = 0; column < _columns; column++)
            {
                spans.Add(line[row, column] is { } dots ? new Span(dots.ToString(), Ink.Accent)
                    : band[row, column] ? new Span("░", Ink.Dim)
                    : edges.Contains(column) ? new Span("┊", Ink.Dim)
                    : new Span(" "));
            }

            screen.Line([.. Joined(spans)]);
        }

        screen.Line(new Span($"{"",AxisWidth} └{new string('─', _columns)}", Ink.Dim));
        screen.Line(new Span($"{"",AxisWidth}  {Times()}", Ink.Dim));
        screen.Line(new Span($"{"from",AxisWidth}  ", Ink.Dim), Tiers());
        screen.Line(new Span($"{"",AxisWidth}  ", Ink.Dim), new("⠒⠒", Ink.Accent), new($" {_series.MiddleName}   ░░ minimum to maximum   the line below the axis says who answered", Ink.Dim));
        foreach (var note in _series.Notes) screen.Line(new($"{"note",AxisWidth}  ", Ink.Warn), note);
    }

    private Braille Line()
    {
        var dots = new Braille(_columns, Rows);
        (int X, int Y, Point Point)? before = null;
        foreach (var point in _series.Points)
        {
            if (point.Middle is not { } middle)
            {
                before = null;
                continue;
            }

            var (x, y) = ((int)(Share(point.From + ((point.To - point.From) / 2)) * (dots.Width - 1)), (int)Math.Round((1 - Height(middle)) * (dots.Height - 1)));
            // A missing bucket or two is a gap in the line.
            if (before is { } last && point.From - last.Point.To <= 2 * (point.To - point.From)) dots.Line(last.X, last.Y, x, y);
            else dots.Dot(x, y);
            before = (x, y, point);
        }

        return dots;
    }

    private bool[,] Band()
    {
        var band = new bool[Rows, _columns];
        foreach (var point in _series.Points)
        {
            if (point is not { Low: { } low, High: { } high }) continue;
            var (left, right) = (Column(point.From), Math.Max(Column(point.From), Column(point.To) - 1));
            var (top, bottom) = (Row(high), Row(low));
            for (var row = top; row <= bottom; row++)
            {
                for (var column = left; column <= right; column++) band[row, column] = true;
            }
        }

        return band;
    }

    private HashSet<int> Edges() => [.. _series.Stretches.Skip(1).Select(s => Column(s.From))];

    private string Label(int row)
    {
        for (var value = _low; value <= _high + (_step / 2); value += _step)
        {
            if (Row(value) == row) return Ticks.Value(value);
        }

        return "";
    }

    private string Times()
    {
        var text = new char[_columns];
        Array.Fill(text, ' ');
        var free = 0;
        foreach (var (at, label) in Ticks.Times(_from, _from + _span, Math.Max(2, _columns / 12)))
        {
            var start = Column(at);
            if (start < free || start + label.Length > _columns) continue;
            label.CopyTo(0, text, start, label.Length);
            free = start + label.Length + 1;
        }

        return new string(text).TrimEnd();
    }

    private string Tiers()
    {
        var text = new char[_columns];
        Array.Fill(text, ' ');
        foreach (var stretch in _series.Stretches)
        {
            if (stretch.To <= _from || stretch.From >= _from + _span) continue;
            var (left, right) = (Column(stretch.From), Math.Min(_columns, (int)Math.Ceiling(Share(stretch.To) * _columns)));
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

    private double Share(Instant at) => Math.Clamp((at - _from) / _span, 0, 1);

    private double Height(double value) => Math.Clamp((value - _low) / (_high - _low), 0, 1);

    private int Column(Instant at) => Math.Min(_columns - 1, (int)(Share(at) * _columns));

    private int Row(double value) => (int)Math.Round((1 - Height(value)) * (Rows - 1));

    // Neighbours of one colour are one span: fewer escapes.
    private static IEnumerable<Span> Joined(IReadOnlyList<Span> spans)
    {
        var open = spans[0];
        foreach (var span in spans.Skip(1))
        {
            if (span.Ink == open.Ink)
            {
                open = new(open.Text + span.Text, open.Ink);
                continue;
            }

            yield return open;
            open = span;
        }

        yield return open;
    }
}
