using System.CommandLine;

namespace Varve.Cli.Commands;

/// <summary>A command with examples in its help.</summary>
internal sealed class CliCommand : Command
{
    internal CliCommand(string name, string description, IEnumerable<Symbol> symbols, Func<CommandContext, Task<int>> act)
        : base(name, description)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    Add(option);
                    break;
                case Argument argument:
                    Add(argument);
                    break;
                case Command command:
                    Add(command);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        SetAction((parse, cancellation) => CommandHost.ActAsync(parse, act, cancellation));
    }

    /// <summary>A group of commands.</summary>
    internal CliCommand(string name, string description, params IEnumerable<Command> commands)
        : base(name, description)
    {
        foreach (var command in commands)
            Add(command);
    }

    /// <summary>Shown at the end of the help.</summary>
    internal IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Why no server does it, where that is a decision; null: it works on this machine.</summary>
    internal string? NotServed { get; init; }
}
