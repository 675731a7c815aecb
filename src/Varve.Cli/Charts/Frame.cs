using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Where instants and values stand in a chart for a terminal, and the axes around it.</summary>
internal sealed class Frame
{
    internal const int Rows = 16;
    private const int LeastAxis = 9;
    private const int MostColumns = 120;

    private readonly Instant _from;
    private readonly Duration _span;
    private readonly Scale _scale;
    private readonly DateTimeZone _zone;

    internal Frame(int width, Instant from, Instant to, Scale scale, DateTimeZone zone)
    {
        AxisWidth = Math.Max(LeastAxis, scale.Labels.Max(t => t.Label.Length));
        Columns = Math.Min(MostColumns, width - AxisWidth - 2);
        _from = from;
        _span = Instant.Max(to, from + Duration.FromSeconds(1)) - from;
        (_scale, _zone) = (scale, zone);
    }

    /// <summary>The place for labels on the left.</summary>
    internal int AxisWidth { get; }

    internal int Columns { get; }

    internal Instant From => _from;

    internal Instant To => _from + _span;

    /// <summary>The part of the time that has passed, 0 to 1.</summary>
    internal double Share(Instant at) => Math.Clamp((at - _from) / _span, 0, 1);

    /// <summary>How high a value stands, 0 to 1; outside of that where it does not fit.</summary>
    internal double Height(double value) => _scale.Share(value);

    internal int Column(Instant at) => Math.Min(Columns - 1, (int)(Share(at) * Columns));

    internal int Row(double value) => (int)Math.Round((1 - Math.Clamp(Height(value), 0, 1)) * (Rows - 1));

    /// <summary>Draws the cells of each row between its axis and its end, and the times below.</summary>
    internal void Draw(Screen screen, Func<int, int, Span> cell)
    {
        for (var row = 0; row < Rows; row++)
        {
            var label = Label(row);
            List<Span> spans =
            [
                new($"{label.PadLeft(AxisWidth)} ", Render.Palette.Dim),
                new(label.Length > 0 ? "┤" : "│", Render.Palette.Dim),
            ];
            for (var column = 0; column < Columns; column++)
                spans.Add(cell(row, column));
            screen.Line([.. Joined(spans)]);
        }

        screen.Line(new Span($"{new string(' ', AxisWidth)} └{new string('─', Columns)}", Render.Palette.Dim));
        screen.Line(new Span($"{new string(' ', AxisWidth)}  {Times()}", Render.Palette.Dim));
    }

    private string Label(int row) => _scale.Labels.Where(t => Row(t.Value) == row).Select(t => t.Label).FirstOrDefault("");

    private string Times()
    {
        var text = new char[Columns];
        Array.Fill(text, ' ');
        var free = 0;
        foreach (var (at, label) in AxisTicks.Times(_from, To, Math.Max(2, Columns / 12), _zone))
        {
            var start = Column(at);
            if (start < free || start + label.Length > Columns)
                continue;
            label.CopyTo(0, text, start, label.Length);
            free = start + label.Length + 1;
        }

        return new string(text).TrimEnd();
    }

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
