using System.CommandLine;
using Varve.Cli.Render;

namespace Varve.Cli;

/// <summary>Every command with its options, as one page: <c>varve help --all</c>, and docs/commands.md.</summary>
internal static class CommandPages
{
    private const string Head = """
        # Commands

        What `varve help --all` prints: every command, with its arguments and options, as the program has them. A test compares this page with it.

        The exit codes are the same everywhere: 0 done, nothing to do, or waiting by design; 1 a defect in Varve, or `healthcheck` asked what is not ready; 2 what was typed, or a policy, must be changed; 3 the plan is stale; 4 the database refused or failed; 5 a person must look; 6 another process has it; 7 everything was done, and not all that it printed could be written; 10 with `--detailed-exitcode`, there is something to do; 130 cancelled.
        """;

    internal static async Task<int> PrintAsync()
    {
        var output = Screen.Current.Out;
        await output.WriteLineAsync(Head.ReplaceLineEndings("\n"));
        var root = Root.Create();
        foreach (var command in Leaves(root))
        {
            var path = CommandHost.Path(command);
            using var help = new StringWriter(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
            var asked = root.Parse([.. path.Split(' ').Skip(1), "--help"]);
            await asked.InvokeAsync(new() { Output = help, EnableDefaultExceptionHandler = false });
            await output.WriteLineAsync($"\n## {path}\n");
            foreach (var line in help.ToString().ReplaceLineEndings("\n").Trim('\n').Split('\n'))
                await output.WriteLineAsync(line.Length == 0 ? "" : $"    {line.TrimEnd()}");
        }

        return ExitCode.Done;
    }

    /// <summary>The commands that do something, in the order of the help.</summary>
    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
