using System.CommandLine;

namespace Varve.Cli.Commands;

/// <summary><c>varve demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<string?> Keep = new("--keep")
    {
        HelpName = "DIR",
        Description = "Leave database, policies and picture here; default: a folder for temporary files",
    };

    internal static Command Create() =>
        new CliCommand("demo", "Show all of it on a year of flights and weather, offline", [Keep, CommonOptions.Debug], ActAsync)
        {
            Examples = ["varve demo", "varve demo --keep ./varve-demo"],
        };

    private static Task<int> ActAsync(CommandContext call) => Demo.Tour.RunAsync(call, call.Parse.GetValue(Keep));
}
