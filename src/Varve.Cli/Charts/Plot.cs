using NodaTime;

namespace Varve.Cli.Charts;

/// <summary>The part of a picture that has the axes: what is in it is placed by time and value.</summary>
internal sealed class Plot
{
    internal const double Small = 13;
    private const double Line = 20;
    private const double Edge = 28;

    private readonly Sheet _sheet;
    private readonly Palette _palette;
    private readonly Scale _scale;
    private readonly Instant _from;
    private readonly Duration _span;

    /// <summary>
    /// Leaves room for the labels of its scale to the left, for what stands to the right, and for a legend of so many lines
    /// below.
    /// </summary>
    internal Plot(Sheet sheet, Palette palette, Scale scale, Instant from, Instant to, double top, double right, double legend)
    {
        (_sheet, _palette, _scale, _from) = (sheet, palette, scale, from);
        _span = Duration.Max(to - from, Duration.FromSeconds(1));
        var labels = scale.Labels.Max(t => Lettering.Width(t.Label, Small));
        var bottom = Math.Max(top + 60, sheet.Height - (2 * Line) - 12 - legend);
        Box = new(Math.Min(Edge + labels + 10, sheet.Width / 2.0), top, sheet.Width - Math.Max(Edge, right + 12), bottom);
    }

    internal Box Box { get; }

    /// <summary>Where a legend begins.</summary>
    internal double Below => Box.Bottom + (2 * Line) + 4;

    internal Instant To => _from + _span;

    internal double X(Instant at) => Box.Left + (Math.Clamp((at - _from) / _span, 0, 1) * Box.Width);

    internal double Y(double value) => Box.Bottom - (_scale.Share(value) * Box.Height);

    /// <summary>The lines behind everything.</summary>
    internal void Grid()
    {
        foreach (var (value, _) in _scale.Labels)
            _sheet.Stroke([(Box.Left, Y(value)), (Box.Right, Y(value))], _palette.Grid, 1);
    }

    /// <summary>Axes and their labels; the zone and both ends of the time in full.</summary>
    internal void Axes(DateTimeZone zone, string caption)
    {
        var last = double.MaxValue;
        foreach (var (value, label) in _scale.Labels)
        {
            if (last - Y(value) < Small + 3)
                continue;
            last = Y(value);
            _sheet.Text(label, Box.Left - 8, last + 4.5, Small, _palette.Faint, Anchor.End);
        }

        _sheet.Stroke([(Box.Left, Box.Top), (Box.Left, Box.Bottom), (Box.Right, Box.Bottom)], _palette.Faint, 1);
        var free = 0.0;
        foreach (var (at, label) in AxisTicks.Times(_from, To, Math.Max(2, (int)(Box.Width / 95)), zone))
        {
            _sheet.Stroke([(X(at), Box.Bottom), (X(at), Box.Bottom + 5)], _palette.Faint, 1);
            var half = Lettering.Width(label, Small) / 2;
            if (X(at) - half < free || X(at) + half > _sheet.Width - 8)
                continue;
            _sheet.Text(label, X(at), Box.Bottom + Line, Small, _palette.Faint, Anchor.Middle);
            free = X(at) + half + 8;
        }

        _sheet.Text(
            Lettering.Fitted(caption, Small, Box.Right - 8),
            Box.Right,
            Box.Bottom + (2 * Line) - 2,
            Small,
            _palette.Faint,
            Anchor.End
        );
    }
}
