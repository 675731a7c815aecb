using Varve.Cli.Render;
using Varve.Planning;

namespace Varve.Cli.Demo;

/// <summary>Rows, bytes and oldest row of each relation, before and after.</summary>
internal static class BeforeAfter
{
    internal static void Show(Screen screen, IReadOnlyList<PolicyStatus> before, IReadOnlyList<PolicyStatus> after)
    {
        var columns = new Columns("table", ">rows before", ">rows after", ">size before", ">size after", "oldest before", "oldest after");
        foreach (var status in after)
        {
            var old = before.FirstOrDefault(b => b.Policy.Name == status.Policy.Name);
            foreach (var now in status.Relations)
            {
                var was = old?.Relations.FirstOrDefault(r => r.Relation == now.Relation);
                columns.Add(
                    new Span(now.Table.Name, now.Relation == "source" ? Ink.Bold : Ink.Plain),
                    was is null ? Words.None : Words.NumberOrNone(was.Rows),
                    Words.Number(now.Rows),
                    Size(was),
                    Size(now),
                    new Span(Words.At(was?.First), Ink.Dim),
                    Words.At(now.First));
            }
        }

        columns.Write(screen);
    }

    private static string Size(RelationStatus? relation) => relation is { Bytes: > 0 } ? Words.Bytes(relation.Bytes) : Words.None;
}
