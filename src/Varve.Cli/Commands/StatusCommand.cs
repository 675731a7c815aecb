using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Planning;

namespace Varve.Cli.Commands;

/// <summary><c>varve status</c>.</summary>
internal static class StatusCommand
{
    private static readonly Option<bool> Short = new("--short") { Description = "One line for each policy" };

    internal static Command Create() =>
        new CliCommand(
            "status",
            "Show how source and tiers stand, what is due and what waits",
            [CommonOptions.Names, CommonOptions.Tags, CommonOptions.AsOf, Short, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve status", "varve status --short", "varve status flights --output json"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var (lifecycle, selection) = (call.Read(), CommonOptions.Selection(call.Parse));
        var all = await CommonOptions.OrNoneAsync(
            call,
            lifecycle,
            lifecycle.StatusAsync(selection, call.Parse.GetValue(CommonOptions.AsOf), call.Cancellation)
        );
        var patterns = await lifecycle.PatternsAsync(selection, call.Cancellation);
        var code = ExitCode.Of(all.Select(s => s.Failure));
        if (call.IsJson)
        {
            call.Print(new StatusShape([.. all.Select(PolicyStanding.Of)], [.. patterns.Select(p => PatternShape.Of(p))]));
            return code;
        }

        if (all.Count == 0)
            call.Screen.Line(new Span(PolicyCommand.Empty, Palette.Dim));
        if (call.Parse.GetValue(Short))
            StatusScreen.Short(call.Screen, all);
        else
            for (var i = 0; i < all.Count; i++)
            {
                if (i > 0)
                    call.Screen.Line();
                StatusScreen.Show(call.Screen, all[i]);
            }

        PatternScreen.Warn(call.Screen, patterns);
        return code;
    }
}
