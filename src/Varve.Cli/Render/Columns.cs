namespace Varve.Cli.Render;

/// <summary>
/// A table without lines: a dim head, numbers to the right, two blanks between columns. On a terminal that is too narrow for it,
/// long texts are shortened and columns that matter least are left out, and that is said; nothing wraps.
/// </summary>
internal sealed class Columns(params IReadOnlyList<string> heads)
{
    private const string Gap = "  ";

    private readonly List<IReadOnlyList<Span>> _rows = [];

    /// <summary>A head that starts with <c>&gt;</c> is a column of numbers.</summary>
    private IReadOnlyList<string> Heads { get; } = heads;

    /// <summary>Columns that are left out first, by their heads; then the others from the right.</summary>
    internal IReadOnlyList<string> LeastImportant { get; init; } = [];

    /// <summary>Columns that are never left out, from the left.</summary>
    internal int Kept { get; init; } = 2;

    /// <summary>False: the head is left out.</summary>
    internal bool HasHead { get; init; } = true;

    internal int Count => _rows.Count;

    internal void Add(params IReadOnlyList<Span> cells) => _rows.Add(cells);

    internal void Write(Screen screen, string indent = "  ")
    {
        if (_rows.Count == 0)
            return;
        var titles = Heads.Select(h => h.TrimStart('>')).ToList();
        var widths = titles.Select((title, i) => Math.Max(HasHead ? title.Length : 0, _rows.Max(r => r[i].Text.Length))).ToList();
        var hidden = Enumerable.Range(0, titles.Count).Select(i => _rows.TrueForAll(r => r[i].Text.Length == 0)).ToList();
        var fit = new ColumnFit(titles, [.. Heads.Select(h => h.StartsWith('>'))], widths, hidden);
        if (screen.IsTerminal && !screen.IsWide)
            fit.Into(screen.Width - indent.Length, LeastImportant, Kept);
        if (HasHead)
            Put(screen, indent, [.. titles.Select(t => new Span(t, Palette.Dim))], fit);
        foreach (var row in _rows)
            Put(screen, indent, row, fit);
        var leftOut = $"{indent}not shown: {string.Join(", ", fit.LeftOut)} (--wide shows all)";
        if (leftOut.Length > screen.Width)
            leftOut = $"{indent}not shown: {HumanText.Count(fit.LeftOut.Count, "column")} (--wide shows all)";
        if (fit.LeftOut.Count > 0)
            screen.Line(new Span(leftOut, Palette.Dim));
        else if (fit.HasShortened)
            screen.Line(new Span($"{indent}texts are shortened (--wide shows all)", Palette.Dim));
    }

    private void Put(Screen screen, string indent, IReadOnlyList<Span> cells, ColumnFit fit)
    {
        List<Span> line = [indent];
        var last = cells.Select((c, i) => c.Text.Length > 0 && !fit.Hidden[i] ? i : -1).Max();
        for (var i = 0; i <= last; i++)
        {
            if (fit.Hidden[i])
                continue;
            var cell =
                cells[i].Text.Length <= fit.Widths[i] ? cells[i] : cells[i] with { Text = $"{cells[i].Text[..(fit.Widths[i] - 1)]}…" };
            var right = Heads[i].StartsWith('>');
            var padding = new string(' ', fit.Widths[i] - cell.Text.Length);
            if (right)
                line.Add(padding);
            line.Add(cell);
            if (!right && i < last)
                line.Add(padding);
            if (i < last)
                line.Add(Gap);
        }

        screen.Line([.. line]);
    }
}

/// <summary>Which columns are shown, and how wide.</summary>
internal sealed class ColumnFit(IReadOnlyList<string> titles, IReadOnlyList<bool> numbers, List<int> widths, List<bool> hidden)
{
    private const int Gap = 2;
    private const int LongText = 32;
    private const int ShortText = 10;

    private readonly List<string> _leftOut = [];

    internal IReadOnlyList<int> Widths => widths;

    internal IReadOnlyList<bool> Hidden => hidden;

    internal IReadOnlyList<string> LeftOut => _leftOut;

    internal bool HasShortened { get; private set; }

    /// <summary>Long texts become shorter, then columns go, then what is left becomes as short as it must.</summary>
    internal void Into(int room, IReadOnlyList<string> least, int kept)
    {
        Shorten(room, LongText);
        foreach (
            var i in least
                .Select(head => titles.ToList().IndexOf(head))
                .Concat(Enumerable.Range(kept, Math.Max(0, titles.Count - kept)).Reverse())
                .Distinct()
        )
        {
            if (Total() <= room)
                break;
            if (i < 0 || hidden[i])
                continue;
            hidden[i] = true;
            _leftOut.Insert(0, titles[i].Length == 0 ? "…" : titles[i]);
        }

        Shorten(room, ShortText);
    }

    private int Total() => Shown().Sum(i => widths[i]) + (Gap * Math.Max(0, Shown().Count() - 1));

    private IEnumerable<int> Shown() => Enumerable.Range(0, widths.Count).Where(i => !hidden[i]);

    private void Shorten(int room, int least)
    {
        while (
            Total() > room
            && Shown().Where(i => !numbers[i] && widths[i] > least).OrderByDescending(i => widths[i]).Select(i => (int?)i).FirstOrDefault()
                is { } longest
        )
        {
            widths[longest] = Math.Max(least, widths[longest] - (Total() - room));
            HasShortened = true;
        }
    }
}
