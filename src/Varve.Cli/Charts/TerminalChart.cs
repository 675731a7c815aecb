using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>A chart for a terminal: lines of dots, a band shaded behind them, the tiers below.</summary>
internal sealed class TerminalChart
{
    /// <summary>Lines in one terminal: as many as there are colours for.</summary>
    private static readonly Render.Palette[] Inks =
    [
        Render.Palette.Accent,
        Render.Palette.Warn,
        Render.Palette.Good,
        Render.Palette.Violet,
        Render.Palette.Blue,
        Render.Palette.Bad,
    ];

    private readonly Series _series;
    private readonly Scale _scale;
    private readonly Frame _frame;
    private readonly IReadOnlyList<Curve> _lines;
    private readonly Curve? _rest;

    private TerminalChart(Series series, int width)
    {
        _series = series;
        (_lines, _rest, _) = series.Drawn(Inks.Length);
        _scale = series.ScaleOf(Inks.Length, 5);
        _frame = new(width, series.From, series.To, _scale, series.Asked.Zone);
    }

    internal static void Show(Screen screen, Series series)
    {
        screen.Line(new Span(series.Asked.Title, Render.Palette.Bold));
        new TerminalChart(series, screen.Width).Draw(screen);
    }

    private void Draw(Screen screen)
    {
        var (lines, band, edges) = (_lines.Select(Line).ToList(), Band(), Edges());
        var limits = _series.Asked.Thresholds.Where(t => !_scale.IsBeyond(t.Value)).Select(t => _frame.Row(t.Value)).ToHashSet();
        _frame.Draw(
            screen,
            (row, column) =>
                Dots(lines, row, column)
                ?? (
                    limits.Contains(row) ? new Span("╌", Render.Palette.Bad)
                    : band[row, column] ? new Span("░", Render.Palette.Dim)
                    : edges.Contains(column) ? new Span("┊", Render.Palette.Dim)
                    : new Span(" ")
                )
        );
        var margin = new string(' ', _frame.AxisWidth);
        screen.Line(
            new Span(
                $"{margin}  {LocalText.Range(_series.From, _series.To, _series.Asked.Zone)}  {_series.Asked.Zone.Id}",
                Render.Palette.Dim
            )
        );
        screen.Line(new Span($"{"from".PadLeft(_frame.AxisWidth)}  ", Render.Palette.Dim), Tiers());
        Legend(screen, margin);
        if (_scale.Said is { } said)
            Note(screen, "scale", said);
        foreach (var (value, name) in _series.Asked.Thresholds)
            screen.Line(
                new($"{"╌╌".PadLeft(_frame.AxisWidth)}  ", Render.Palette.Bad),
                $"{(name.Length > 0 ? $"{name}  " : "")}{_series.Unit.Value(value)}"
            );
        foreach (var note in _series.Notes)
            Note(screen, "note", note);
    }

    private void Note(Screen screen, string head, string text)
    {
        var room = Math.Max(20, screen.Width - _frame.AxisWidth - 2);
        while (text.Length > 0)
        {
            var end =
                text.Length <= room ? text.Length
                : text.LastIndexOf(' ', room) is > 0 and var space ? space
                : room;
            screen.Line(new($"{head.PadLeft(_frame.AxisWidth)}  ", Render.Palette.Warn), text[..end]);
            (head, text) = ("", text[end..].TrimStart());
        }
    }

    private void Legend(Screen screen, string margin)
    {
        var unit = _series.Unit;
        var band = _series.HasBand || _rest is not null;
        var width = Math.Max(4, Math.Min(40, _lines.Max(l => Name(l).Length)));
        var rows = _lines.Select(l => new[] { unit.Value(l.Last), unit.Value(l.Mean), unit.Value(l.Most) }).ToList();
        string[] heads = ["last", "average", "maximum"];
        var widths = heads.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToList();
        screen.Line(
            new Span(
                $"{margin}  {"",3}{"".PadRight(width)}{string.Concat(heads.Select((h, i) => $"  {h.PadLeft(widths[i])}"))}",
                Render.Palette.Dim
            )
        );
        foreach (var ((line, row), number) in _lines.Zip(rows).Select((pair, i) => (pair, i)))
        {
            var name = Name(line);
            if (name.Length > width)
                name = $"{name[..(width - 1)]}…";
            screen.Line(
                $"{margin}  ",
                new("⠒⠒", Inks[number]),
                new($" {name.PadRight(width)}", Render.Palette.Dim),
                string.Concat(row.Select((v, i) => $"  {v.PadLeft(widths[i])}"))
            );
        }

        if (band)
            screen.Line(
                new Span(
                    $"{margin}  ░░ {(_rest is null ? "minimum to maximum" : $"{_rest.Name}, least to greatest {_series.Asked.Middle}")}",
                    Render.Palette.Dim
                )
            );
    }

    private string Name(Curve line) => _lines.Count == 1 ? $"{line.Name} {_series.Asked.Middle}" : line.Name;

    private static Span? Dots(List<Braille> lines, int row, int column)
    {
        for (var i = 0; i < lines.Count; i++)
            if (lines[i][row, column] is { } dots)
                return new(dots.ToString(), Inks[i]);
        return null;
    }

    private Braille Line(Curve curve)
    {
        var dots = new Braille(_frame.Columns, Frame.Rows);
        foreach (var run in curve.Runs(p => p.Middle is { } middle && _scale.Has(middle)))
        {
            (int X, int Y)? before = null;
            foreach (var point in run)
            {
                var (x, y) = (
                    (int)(_frame.Share(point.Centre) * (dots.Width - 1)),
                    (int)Math.Round((1 - _frame.Height(point.Middle!.Value)) * (dots.Height - 1))
                );
                if (before is { } last)
                    dots.Line(last.X, last.Y, x, y);
                else
                    dots.Dot(x, y);
                before = (x, y);
            }
        }

        return dots;
    }

    private bool[,] Band()
    {
        var band = new bool[Frame.Rows, _frame.Columns];
        foreach (var point in _rest?.Points ?? (_series.HasBand ? _lines[0].Points : []))
        {
            if (point is not { Low: { } low, High: { } high })
                continue;
            var (left, right) = (_frame.Column(point.From), Math.Max(_frame.Column(point.From), _frame.Column(point.To) - 1));
            var (top, bottom) = (_frame.Row(high), _frame.Row(low));
            for (var row = top; row <= bottom; row++)
            {
                for (var column = left; column <= right; column++)
                    band[row, column] = true;
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
            if (stretch.To <= _frame.From || stretch.From >= _frame.To)
                continue;
            var (left, right) = (
                _frame.Column(stretch.From),
                Math.Min(_frame.Columns, (int)Math.Ceiling(_frame.Share(stretch.To) * _frame.Columns))
            );
            for (var i = left; i < right; i++)
                text[i] = '─';
            text[left] = '├';
            if (stretch == _series.Stretches[^1])
                text[right - 1] = '┤';
            var room = right - left - 3;
            if (room <= 0)
                continue;
            var name = stretch.Relation.Length > room ? $"{stretch.Relation[..(room - 1)]}…" : stretch.Relation;
            $" {name} "
                .AsSpan(0, Math.Min(name.Length + 2, right - left - 1))
                .CopyTo(text.AsSpan(left + 1 + ((right - left - 2 - name.Length) / 2)));
        }

        return new string(text).TrimEnd();
    }
}
