using Varve.Catalog;
using Varve.Policies;

namespace Varve.Cli.Render;

/// <summary>What patterns come to.</summary>
internal static class PatternScreen
{
    private const int Shown = 5;

    /// <summary>One line for each pattern.</summary>
    internal static void List(Screen screen, IReadOnlyList<PatternReport> patterns)
    {
        var columns = new Columns("pattern", "matches", ">revision", ">tables", ">left out", "source", "tiers", "tags", "applied")
        {
            LeastImportant = ["applied", "tags", "revision"],
        };
        foreach (var (stored, tables, leftOut) in patterns)
        {
            columns.Add(
                new Span(stored.Policy.Name, Palette.Bold),
                stored.Policy.Table.Text,
                HumanText.Number(stored.Revision),
                HumanText.Number(tables.Count),
                leftOut.Count == 0 ? HumanText.None : new Span(HumanText.Number(leftOut.Count), Palette.Warn),
                stored.Policy.Keep.Text,
                HumanText.Tiers(stored.Policy),
                string.Join(", ", stored.Policy.Tags),
                new Span($"{HumanText.Stamp(stored.AppliedAt)} {stored.AppliedBy}", Palette.Dim)
            );
        }

        columns.Write(screen, "");
    }

    /// <summary>What patterns leave out, on standard error beside a listing.</summary>
    internal static void Warn(Screen screen, IReadOnlyList<PatternReport> patterns)
    {
        foreach (var pattern in patterns)
            Notes(pattern.LeftOut, note => screen.Warn(new Span("warning ", Palette.Warn), note));
    }

    /// <summary>Some notes, the first of each code in full and the rest counted.</summary>
    internal static void Notes(IEnumerable<Problem> notes, Action<string> say)
    {
        foreach (var alike in notes.GroupBy(n => n.Code))
        {
            foreach (var note in alike.Take(Shown))
                say(note.Text);
            if (alike.Count() is > Shown and var all)
                say($"{alike.Key}: … and {HumanText.Number(all - Shown)} more like these");
        }
    }
}
