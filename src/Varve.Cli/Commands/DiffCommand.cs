using System.CommandLine;
using Varve.Applying;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Execution;

namespace Varve.Cli.Commands;

/// <summary><c>varve diff</c>.</summary>
internal static class DiffCommand
{
    private static readonly Option<bool> Detailed = new("--detailed-exitcode") { Description = "Exit 10 where something differs" };

    internal static Command Create() =>
        new CliCommand(
            "diff",
            "Compare stored policies with files, and with what is really in the database",
            [PlanCommand.Subjects, CommonOptions.Tags, Detailed, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve diff policies/", "varve diff flights"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var (documents, selection) = PlanCommand.Subject(call);
        var diffs =
            documents.Count > 0
                ? await call.Read().DiffAsync(documents, call.Cancellation)
                : await call.Read().DiffAsync(selection, call.Cancellation);
        if (call.IsJson)
            call.Print(new DiffListShape(diffs));
        else
            foreach (var diff in diffs)
                Show(call.Screen, diff);
        return call.Parse.GetValue(Detailed) && diffs.Any(d => !d.IsEmpty) ? ExitCode.SomethingToDo : ExitCode.Done;
    }

    private static void Show(Screen screen, PolicyDiff diff)
    {
        screen.Line(
            new(diff.Policy, Palette.Bold),
            new(diff.Revision == 0 ? "  not stored yet" : $"  revision {HumanText.Number(diff.Revision)}", Palette.Dim)
        );
        if (diff.IsEmpty)
            screen.Line(new Span("  nothing differs", Palette.Good));
        foreach (var change in diff.Changes)
        {
            screen.Line(
                change switch
                {
                    { Before: null } => [new("  + ", Palette.Good), new($"{change.Path}: {change.After}")],
                    { After: null } => [new("  - ", Palette.Bad), new($"{change.Path}: {change.Before}")],
                    _ => [new("  ~ ", Palette.Warn), new($"{change.Path}: {change.Before} → {change.After}")],
                }
            );
        }

        if (diff.RemovesMore)
            screen.Line(new Span("  removes more than the stored one: the next run asks first (varve plan FILE shows what)", Palette.Warn));
        foreach (var problem in diff.Problems)
            screen.Line(new("  refused  ", Palette.Bad), problem.Text);
        foreach (var drift in diff.Drift)
            screen.Line(new("  drift  ", Palette.Warn), $"{drift.Table.Text}: {drift.Finding}");
    }
}
