using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Charts;

/// <summary>Where instants and values stand in a chart for a terminal, and the axes around it.</summary>
internal sealed class Frame
{
    internal const int Rows = 16;
    internal const int AxisWidth = 9;
    private const int MostColumns = 120;

    private readonly Instant _from;
    private readonly Duration _span;
    private readonly double _low;
    private readonly double _step;
    private readonly double _high;
    private readonly Func<double, string> _name;

    internal Frame(int width, Instant from, Instant to, double low, double high, Func<double, string> name)
    {
        Columns = Math.Min(MostColumns, width - AxisWidth - 2);
        _from = from;
        _span = Instant.Max(to, from + Duration.FromSeconds(1)) - from;
        _step = AxisTicks.Step(high - low, 4);
        _low = Math.Floor(low / _step) * _step;
        _high = Math.Ceiling(high / _step) * _step;
        _name = name;
    }

    internal int Columns { get; }

    internal Instant From => _from;

    internal Instant To => _from + _span;

    /// <summary>The part of the time that has passed, 0 to 1.</summary>
    internal double Share(Instant at) => Math.Clamp((at - _from) / _span, 0, 1);

    /// <summary>How high a value stands, 0 to 1.</summary>
    internal double Height(double value) => Math.Clamp((value - _low) / (_high - _low), 0, 1);

    internal int Column(Instant at) => Math.Min(Columns - 1, (int)(Share(at) * Columns));

    internal int Row(double value) => (int)Math.Round((1 - Height(value)) * (Rows - 1));

    /// <summary>Draws the cells of each row between its axis and its end, and the times below.</summary>
    internal void Draw(Screen screen, Func<int, int, Span> cell)
    {
        for (var row = 0; row < Rows; row++)
        {
            var label = Label(row);
            List<Span> spans = [new($"{label,AxisWidth} ", Palette.Dim), new(label.Length > 0 ? "┤" : "│", Palette.Dim)];
            for (var column = 0; column < Columns; column++) spans.Add(cell(row, column));
            screen.Line([.. Joined(spans)]);
        }

        screen.Line(new Span($"{"",AxisWidth} └{new string('─', Columns)}", Palette.Dim));
        screen.Line(new Span($"{"",AxisWidth}  {Times()}", Palette.Dim));
    }

    private string Label(int row)
    {
        for (var value = _low; value <= _high + (_step / 2); value += _step)
        {
            if (Row(value) == row) return _name(value);
        }

        return "";
    }

    private string Times()
    {
        var text = new char[Columns];
        Array.Fill(text, ' ');
        var free = 0;
        foreach (var (at, label) in AxisTicks.Times(_from, To, Math.Max(2, Columns / 12)))
        {
            var start = Column(at);
            if (start < free || start + label.Length > Columns) continue;
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
