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
                    new Span(now.Table.Name, now.Relation.IsSource ? Palette.Bold : Palette.Plain),
                    was is null ? HumanText.None : HumanText.NumberOrNone(was.Rows),
                    HumanText.Number(now.Rows),
                    Size(was),
                    Size(now),
                    new Span(HumanText.At(was?.First), Palette.Dim),
                    HumanText.At(now.First)
                );
            }
        }

        columns.Write(screen);
    }

    private static string Size(RelationStatus? relation) => relation is { Bytes: > 0 } ? HumanText.Bytes(relation.Bytes) : HumanText.None;
}
