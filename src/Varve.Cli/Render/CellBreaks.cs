namespace Varve.Cli.Render;

/// <summary>
/// Lines that are wider than the terminal, broken between cells, which stand two spaces apart. A cell is never broken: a command
/// that is pasted in two is another command.
/// </summary>
internal static class CellBreaks
{
    // What is further to the right is no label.
    private const int MostIndent = 24;

    private const string Gap = "  ";

    /// <summary>The lines; those after the first begin where the second cell does.</summary>
    internal static IEnumerable<IReadOnlyList<Span>> Lines(IReadOnlyList<Span> spans, int width)
    {
        var text = string.Concat(spans.Select(s => s.Text));
        var (indent, from) = (Indent(text), 0);
        while (End(text, from, from == 0 ? width : width - indent, width - indent) is { } end)
        {
            yield return Part(spans, from, end, from == 0 ? 0 : indent);
            from = After(text, end);
        }

        yield return from == 0 ? spans : Part(spans, from, text.Length, indent);
    }

    /// <summary>Where the line is broken; null where the rest fits, or would not fit into the next line either.</summary>
    private static int? End(string text, int from, int room, int rest)
    {
        if (text.Length - from <= room)
            return null;
        for (var gap = LastGap(text, from + room); gap > from; gap = LastGap(text, gap))
            if (text.AsSpan(from, gap - from).Trim().Length > 0 && Cell(text, After(text, gap)) <= rest)
                return gap;
        return null;
    }

    /// <summary>The beginning of the last gap that ends a cell before some place.</summary>
    private static int LastGap(string text, int before)
    {
        var gap = before <= 0 ? -1 : text.LastIndexOf(Gap, Math.Min(before, text.Length - 1), StringComparison.Ordinal);
        while (gap > 0 && text[gap - 1] == ' ')
            gap--;
        return gap;
    }

    private static int After(string text, int gap)
    {
        while (gap < text.Length && text[gap] == ' ')
            gap++;
        return gap;
    }

    private static int Cell(string text, int start)
    {
        var end = text.IndexOf(Gap, start, StringComparison.Ordinal);
        return (end < 0 ? text.Length : end) - start;
    }

    private static int Indent(string text)
    {
        var start = After(text, 0);
        var gap = text.IndexOf(Gap, start, StringComparison.Ordinal);
        return gap < 0 || After(text, gap) > MostIndent ? start : After(text, gap);
    }

    private static List<Span> Part(IReadOnlyList<Span> spans, int from, int end, int indent)
    {
        List<Span> part = [new Span(new string(' ', indent))];
        var at = 0;
        foreach (var span in spans)
        {
            var (first, last) = (Math.Max(from - at, 0), Math.Min(end - at, span.Text.Length));
            if (first < last)
                part.Add(span with { Text = span.Text[first..last] });
            at += span.Text.Length;
        }

        return part;
    }
}
