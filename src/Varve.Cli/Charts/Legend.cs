namespace Varve.Cli.Charts;

/// <summary>How a line of the legend shows what it speaks of.</summary>
internal enum Swatch
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A filled area.</summary>
    Area,

    /// <summary>Dashes.</summary>
    Dashes,
}

/// <summary>One line of a legend: a name, and numbers under the legend's heads.</summary>
internal sealed record LegendEntry(string Name, string Colour, Swatch Swatch, IReadOnlyList<string> Numbers)
{
    /// <summary>Of an area.</summary>
    internal double Opacity { get; init; } = 0.5;
}

/// <summary>What the colours of a picture mean, as a table in as many columns as fit beside one another.</summary>
internal sealed class Legend
{
    private const double Row = 20;
    private const double Mark = 30;
    private const double Gap = 18;
    private const double LongestName = 230;
    private const double ShortestName = 40;

    private readonly IReadOnlyList<string> _heads;
    private readonly IReadOnlyList<LegendEntry> _entries;
    private readonly double _name;
    private readonly List<double> _numbers;
    private readonly int _columns;

    internal Legend(IReadOnlyList<string> heads, IReadOnlyList<LegendEntry> entries, double width)
    {
        (_heads, _entries) = (heads, entries);
        _name = Widest(entries.Where(e => HasNumbers(e) || heads.Count == 0).Select(e => e.Name));
        _numbers = [.. heads.Select((head, i) => Widest(entries.Where(HasNumbers).Select(e => e.Numbers[i]).Append(head)))];

        // What has no numbers may reach over their places.
        _name = Math.Min(LongestName, Math.Max(_name, Widest(entries.Select(e => e.Name)) - _numbers.Sum(n => n + Gap)));
        _name = Math.Min(_name, Math.Max(ShortestName, width - Mark - _numbers.Sum(n => n + Gap)));
        _columns = Math.Clamp((int)((width + Gap) / (Wide + (2 * Gap))), 1, entries.Count);
        _columns = (int)Math.Ceiling(entries.Count / Math.Ceiling(entries.Count / (double)_columns));
    }

    internal double Height => (Lines + (_heads.Count > 0 ? 1 : 0)) * Row;

    private int Lines => (int)Math.Ceiling(_entries.Count / (double)_columns);

    private double Wide => Mark + _name + _numbers.Sum(n => n + Gap);

    internal void Draw(Sheet sheet, Palette palette, double left, double top)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var (column, line) = (i / Lines, i % Lines);
            var (x, y) = (left + (column * (Wide + (2 * Gap))), top + 14 + ((line + (_heads.Count > 0 ? 1 : 0)) * Row));
            if (line == 0 && _entries.Skip(i).Take(Lines).Any(HasNumbers))
                Numbers(sheet, _heads, x, top + 14, palette.Faint);
            var entry = _entries[i];
            if (entry.Swatch == Swatch.Area)
                sheet.Box(new(x, y - 10, x + 20, y), entry.Colour, entry.Opacity);
            else
                sheet.Stroke([(x, y - 4.5), (x + 20, y - 4.5)], entry.Colour, 2.4, entry.Swatch == Swatch.Dashes ? 5 : null);
            sheet.Text(
                Lettering.Fitted(entry.Name, Plot.Small, 1 + (HasNumbers(entry) ? _name : Wide - Mark)),
                x + Mark,
                y,
                Plot.Small,
                palette.Ink
            );
            Numbers(sheet, entry.Numbers, x, y, palette.Ink);
        }
    }

    private static double Widest(IEnumerable<string> texts) => texts.Select(t => Lettering.Width(t, Plot.Small)).DefaultIfEmpty(0).Max();

    private static bool HasNumbers(LegendEntry entry) => entry.Numbers.Count > 0;

    private void Numbers(Sheet sheet, IReadOnlyList<string> numbers, double x, double y, string colour)
    {
        x += Mark + _name;
        for (var i = 0; i < numbers.Count; i++)
        {
            x += _numbers[i] + Gap;
            sheet.Text(numbers[i], x, y, Plot.Small, colour, Anchor.End);
        }
    }
}
