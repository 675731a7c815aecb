namespace Varve.Cli.Render;

/// <summary>A table without lines: a dim head, numbers to the right, two blanks between columns.</summary>
internal sealed class Columns(params IReadOnlyList<string> heads)
{
    private const string Gap = "  ";

    private readonly List<IReadOnlyList<Span>> _rows = [];

    /// <summary>A head that starts with <c>&gt;</c> is a column of numbers.</summary>
    private IReadOnlyList<string> Heads { get; } = heads;

    internal int Count => _rows.Count;

    internal void Add(params IReadOnlyList<Span> cells) => _rows.Add(cells);

    internal void Write(Screen screen, string indent = "  ")
    {
        if (_rows.Count == 0) return;
        var titles = Heads.Select(h => h.TrimStart('>')).ToList();
        var widths = titles.Select((title, i) => _rows.Max(r => r[i].Text.Length) is var widest && widest > title.Length ? widest : title.Length).ToList();
        var empty = Enumerable.Range(0, titles.Count).Select(i => _rows.TrueForAll(r => r[i].Text.Length == 0)).ToList();
        Put(screen, indent, [.. titles.Select(t => new Span(t, Palette.Dim))], widths, empty);
        foreach (var row in _rows) Put(screen, indent, row, widths, empty);
    }

    private void Put(Screen screen, string indent, IReadOnlyList<Span> cells, List<int> widths, List<bool> empty)
    {
        List<Span> line = [indent];
        var last = cells.Select((c, i) => c.Text.Length > 0 && !empty[i] ? i : -1).Max();
        for (var i = 0; i <= last; i++)
        {
            if (empty[i]) continue;
            var right = Heads[i].StartsWith('>');
            var padding = new string(' ', widths[i] - cells[i].Text.Length);
            if (right) line.Add(padding);
            line.Add(cells[i]);
            if (!right && i < last) line.Add(padding);
            if (i < last) line.Add(Gap);
        }

        screen.Line([.. line]);
    }
}
