using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve relocate undo|resume</c>.</summary>
internal static class RelocateCommand
{
    private const int MostShown = 20;

    private static readonly Option<bool> Arrived = new("--arrived")
    {
        Description = "Take back what has come there too, not only what is on its way",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be taken back, and change nothing" };

    internal static Command Create() =>
        new CliCommand(
            "relocate",
            "Take moves of partitions back, or let them go on",
            new CliCommand(
                "undo",
                "Tell partitions to lie where they were before relocate moved them, and stay there",
                [CommonOptions.Name, CommonOptions.From, CommonOptions.To, CommonOptions.Zone, Arrived, DryRun, .. CommonOptions.Anywhere],
                UndoAsync
            )
            {
                Examples =
                [
                    "varve relocate undo flights --dry-run",
                    "varve relocate undo flights --from 2013-06-01 --to 2013-07-01 --arrived",
                ],
            },
            new CliCommand(
                "resume",
                "Let partitions move again whose moves were taken back",
                [CommonOptions.Name, CommonOptions.From, CommonOptions.To, CommonOptions.Zone, .. CommonOptions.Anywhere],
                ResumeAsync
            )
            {
                Examples = ["varve relocate resume flights"],
            }
        );

    private static async Task<int> UndoAsync(CommandContext call)
    {
        var (name, onlyLook) = (call.Parse.GetRequiredValue(CommonOptions.Name), call.Parse.GetValue(DryRun));
        var lifecycle = call.Write();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var parts = await lifecycle.UndoMovesAsync(
            new()
            {
                Policy = name,
                Range = reckoning.Range(call.Parse),
                Arrived = call.Parse.GetValue(Arrived),
                OnlyLook = onlyLook,
            },
            call.Cancellation
        );
        if (call.IsJson)
        {
            call.Print(MoveUndoShape.Of(name, !onlyLook, parts));
            return ExitCode.Done;
        }

        foreach (var part in parts.Take(MostShown))
            call.Screen.Line(
                new(onlyLook ? "would go back  " : "goes back  ", Palette.Warn),
                $"{reckoning.Said(part.Range)}  from {part.From.Text} to {part.To?.Text ?? "where it was"}",
                new($"  {HumanText.Bytes(part.Bytes)}{(part.HasArrived ? "" : ", on its way")}", Palette.Dim)
            );
        if (parts.Count > MostShown)
            call.Screen.Line(new Span($"and {HumanText.Count(parts.Count - MostShown, "more partition")}", Palette.Dim));
        if (!onlyLook)
            call.Screen.Line($"No run moves {(parts.Count == 1 ? "it" : "them")} there again until: varve relocate resume {name}");
        return ExitCode.Done;
    }

    private static async Task<int> ResumeAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var lifecycle = call.Write();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var count = await lifecycle.ResumeMovesAsync(name, reckoning.Range(call.Parse), call.Cancellation);
        return PolicyCommand.Counted(
            call,
            name,
            "resumed",
            count,
            $"{HumanText.Count(count, "range")} of {name} may move again: varve plan {name}"
        );
    }
}
