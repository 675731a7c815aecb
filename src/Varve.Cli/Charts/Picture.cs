using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>A chart of lines for a report, on a sheet of pixels or of vectors.</summary>
internal sealed class Picture
{
    /// <summary>More lines cannot be told apart.</summary>
    internal const int MostLines = 12;

    private const double TitleSize = 20;
    private const double Strip = 20;

    private readonly Series _series;
    private readonly Sheet _sheet;
    private readonly Palette _palette;
    private readonly Scale _scale;
    private readonly Plot _plot;
    private readonly IReadOnlyList<Curve> _lines;
    private readonly Curve? _rest;
    private readonly int _others;
    private readonly IReadOnlyList<string> _said;
    private readonly Legend _legend;

    private Picture(Series series, Sheet sheet, Palette palette)
    {
        (_series, _sheet, _palette) = (series, sheet, palette);
        (_lines, _rest, _others) = series.Drawn(MostLines);
        _scale = series.ScaleOf(MostLines, Math.Clamp(sheet.Height / 90, 3, 10));
        _said = [.. Said(series, _others, _scale)];
        _legend = new(["last", "average", "maximum"], Entries(), sheet.Width - 56);
        var right = series.Asked.Thresholds.Select(t => Lettering.Width(Label(t), Plot.Small)).DefaultIfEmpty(0).Max() + 12;
        var top = 52.0 + (_said.Count > 0 ? 20 : 0) + Strip + 4;
        right = series.Asked.Thresholds.Count > 0 ? Math.Min(right, sheet.Width / 4.0) : 0;
        _plot = new(sheet, palette, _scale, series.From, series.To, top, right, _legend.Height + 8);
    }

    internal static void SavePixels(Series series, PictureForm form, string file)
    {
        using var sheet = form.Pixels();
        new Picture(series, sheet, form.Palette).Draw();
        sheet.Save(file);
    }

    internal static void SaveVectors(Series series, PictureForm form, string file)
    {
        using var sheet = form.Vectors(series.Asked.Title);
        new Picture(series, sheet, form.Palette).Draw();
        sheet.Save(file);
    }

    private void Draw()
    {
        var box = _plot.Box;
        _sheet.Box(new(0, 0, _sheet.Width, _sheet.Height), _palette.Ground);
        var title = Lettering.Fitted(_series.Asked.Title, TitleSize, _sheet.Width - 56, bold: true);
        _sheet.Text(title, 28, 38, TitleSize, _palette.Ink, bold: true);
        _sheet.Text(Lettering.Fitted(string.Join("; ", _said), Plot.Small, _sheet.Width - 56), 28, 60, Plot.Small, _palette.Faint);
        Tiers();
        _plot.Grid();
        _sheet.Within(box, Curves);
        Limits();
        Beyond();
        _plot.Axes(_series.Asked.Zone, $"{LocalText.Range(_series.From, _series.To, _series.Asked.Zone)}  {_series.Asked.Zone.Id}");
        _legend.Draw(_sheet, _palette, 28, _plot.Below);
    }

    /// <summary>Who answered, in a strip above the data; behind the data only a breath of it.</summary>
    private void Tiers()
    {
        var box = _plot.Box;
        for (var i = 0; i < _series.Stretches.Count; i++)
        {
            var stretch = _series.Stretches[i];
            var (left, right) = (_plot.X(stretch.From), _plot.X(stretch.To));
            if (right - left < 0.5)
                continue;
            var colour = _palette.Layer(_series.Stretches.Count - 1 - i);
            _sheet.Box(new(left, box.Top - Strip - 2, right, box.Top - 2), colour, 0.9);
            _sheet.Box(new(left, box.Top, right, box.Bottom), colour, 0.13);
            if (left > box.Left)
                _sheet.Stroke([(left, box.Top - Strip - 2), (left, box.Bottom)], _palette.Faint, 1, 4);
            var name = Lettering.Fitted(stretch.Relation, Plot.Small, right - left - 8);
            if (name.Length > 1)
                _sheet.Text(name, (left + right) / 2, box.Top - 7, Plot.Small, _palette.Ink, Anchor.Middle);
        }
    }

    private void Curves()
    {
        if (_rest is not null)
            Band(_rest, _palette.Faint, 0.28);
        if (_series.HasBand)
            Band(_lines[0], _palette.Band, 0.5);
        for (var i = 0; i < _lines.Count; i++)
        {
            foreach (var run in _lines[i].Runs(p => p.Middle is { } middle && _scale.Has(middle)))
            {
                var width = _lines.Count > 1 ? 1.6 : 1.9;

                // A value by itself is as long as its bucket, and never too short to be seen.
                var points = run.Select(p => (_plot.X(p.Centre), _plot.Y(p.Middle!.Value))).ToList();
                if (points is [var (x, y)])
                    points = [(Math.Min(_plot.X(run[0].From), x - 1.5), y), (Math.Max(_plot.X(run[0].To), x + 1.5), y)];
                _sheet.Stroke(points, _palette.Line(i), width);
            }
        }
    }

    /// <summary>
    /// Each bucket is a step: its extremes hold for all of it. What is narrower than a pixel is joined to one, so that no spike
    /// fades.
    /// </summary>
    private void Band(Curve curve, string colour, double opacity)
    {
        foreach (var run in curve.Runs(p => p is { Low: not null, High: not null }))
        {
            List<(double Left, double Right, double Low, double High)> steps = [];
            foreach (var point in run)
            {
                var (left, right, low, high) = (_plot.X(point.From), _plot.X(point.To), point.Low!.Value, point.High!.Value);
                if (right - left < 1)
                    (left, right) = (Math.Floor(left), Math.Floor(left) + 1);
                if (steps is not [.., var last] || last.Left != left || last.Right != right)
                    steps.Add((left, right, low, high));
                else
                    steps[^1] = (left, right, Math.Min(last.Low, low), Math.Max(last.High, high));
            }

            _sheet.Fill(
                [
                    .. steps.SelectMany(s => new[] { (s.Left, _plot.Y(s.High) - 0.5), (s.Right, _plot.Y(s.High) - 0.5) }),
                    .. Enumerable.Reverse(steps).SelectMany(s => new[] { (s.Right, _plot.Y(s.Low) + 0.5), (s.Left, _plot.Y(s.Low) + 0.5) }),
                ],
                colour,
                opacity
            );
        }
    }

    private void Limits()
    {
        var box = _plot.Box;
        foreach (var limit in _series.Asked.Thresholds)
        {
            if (_scale.IsBeyond(limit.Value))
                continue;
            var y = _plot.Y(limit.Value);
            _sheet.Stroke([(box.Left, y), (box.Right, y)], _palette.Limit, 1.4, 6);
            _sheet.Text(
                Lettering.Fitted(Label(limit), Plot.Small, _sheet.Width - box.Right - 10),
                box.Right + 6,
                y + 4.5,
                Plot.Small,
                _palette.Limit
            );
        }
    }

    /// <summary>A mark at the edge over each bucket that reaches beyond it.</summary>
    private void Beyond()
    {
        var box = _plot.Box;
        HashSet<(int, bool)> marked = [];
        foreach (var point in _lines.SelectMany(c => c.Points).Concat(_rest?.Points ?? []))
        {
            var (low, high) = _series.HasBand || point.Middle is null ? (point.Least, point.Most) : (point.Middle, point.Middle);
            var x = _plot.X(point.Centre);
            if (high > _scale.High && marked.Add(((int)(x / 5), true)))
                Arrow(x, box.Top, 7);
            if (low < _scale.Low && !_scale.IsLog && marked.Add(((int)(x / 5), false)))
                Arrow(x, box.Bottom, -7);
        }
    }

    private void Arrow(double x, double tip, double length) =>
        _sheet.Fill([(x, tip), (x - 4, tip + length), (x + 4, tip + length)], _palette.Limit, 0.9);

    private static IEnumerable<string> Said(Series series, int others, Scale scale)
    {
        if (others > 0)
            yield return $"{HumanText.Number(MostLines)} of {HumanText.Number(series.Curves.Count)} series are lines, those with the greatest average";
        if (scale.Said is { } said)
            yield return said;
        foreach (var missing in series.Missing)
            yield return $"nothing is left of {LocalText.Range(missing.From, missing.To, series.Asked.Zone)}";
    }

    private List<LegendEntry> Entries()
    {
        List<LegendEntry> entries = [.. _lines.Select(Entry)];
        if (_series.HasBand)
            entries.Add(new("minimum to maximum", _palette.Band, Swatch.Area, []));
        if (_rest is not null)
            entries.Add(new($"{_rest.Name}, least to greatest {_series.Asked.Middle}", _palette.Faint, Swatch.Area, []) { Opacity = 0.28 });
        return entries;
    }

    private LegendEntry Entry(Curve line, int number)
    {
        var unit = _series.Unit;
        var name = _lines.Count == 1 ? $"{line.Name} {_series.Asked.Middle}" : line.Name;
        return new(name, _palette.Line(number), Swatch.Line, [unit.Value(line.Last), unit.Value(line.Mean), unit.Value(line.Most)]);
    }

    private string Label((double Value, string Name) limit) => limit.Name.Length > 0 ? limit.Name : _series.Unit.Value(limit.Value);
}
