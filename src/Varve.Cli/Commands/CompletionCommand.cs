using System.CommandLine;

namespace Varve.Cli.Commands;

/// <summary>
/// <c>varve completion bash|zsh|fish</c>: each asks the tool itself, through its suggest directive. What comes back is text,
/// never code.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _varve() {
            local found
            COMPREPLY=()
            while IFS= read -r found; do
                if [[ -n $found && $found == "${COMP_WORDS[COMP_CWORD]}"* ]]; then COMPREPLY+=("$(printf '%q' "$found")"); fi
            done < <(varve "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _varve varve
        """;

    private const string Zsh = """
        #compdef varve
        _varve() {
            local -a found
            found=(${(f)"$(varve "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
            compadd -a found || _files
        }
        compdef _varve varve
        """;

    private const string Fish = """
        complete -c varve -a '(varve "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    private static readonly Argument<string> Shell = Among("SHELL", "bash, zsh or fish", "bash", "zsh", "fish");

    internal static Command Create() =>
        new CliCommand("completion", "Print a completion script for a shell", [Shell], ActAsync)
        {
            Examples = ["source <(varve completion bash)", "varve completion fish > ~/.config/fish/completions/varve.fish"],
        };

    private static Task<int> ActAsync(CommandContext call)
    {
        call.Screen.Out.WriteLine(
            call.Parse.GetRequiredValue(Shell) switch
            {
                "zsh" => Zsh,
                "fish" => Fish,
                _ => Bash,
            }
        );
        return Task.FromResult(ExitCode.Done);
    }

    private static Argument<string> Among(string name, string description, params string[] values) =>
        new Argument<string>(name) { Description = description }.AcceptOnlyFromAmong(values);
}
