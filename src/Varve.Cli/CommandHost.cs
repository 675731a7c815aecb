using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Varve.Cli.Commands;
using Varve.Cli.Render;

namespace Varve.Cli;

/// <summary>The frame around every command: errors become messages and exit codes, never stack traces.</summary>
internal static partial class CommandHost
{
    private static readonly InvocationConfiguration Plain = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
        Output = Screen.Current.Out,
        Error = Screen.Current.Error,
    };

    internal static async Task<int> RunAsync(IReadOnlyList<string> args) => Screen.Current.End(await AnswerAsync(args));

    private static async Task<int> AnswerAsync(IReadOnlyList<string> args)
    {
        // The version is asked for by scripts all the time: it needs no parser.
        if (args is ["--version"] or ["-V"])
            return Version();
        if (args is ["help", "--all"])
            return await CommandPages.PrintAsync();
        if (args is ["help", "--json"])
            return Schema();
        var first = args.Count == 0 ? "" : args[0];
        Suggestions.AreAsked = first.StartsWith("[suggest", StringComparison.Ordinal);
        if (first == "help")
            args = [.. args.Skip(1), "--help"];
        var parse = Root.Create().Parse(args);
        if (Backends.ServerAddress.Refusal(parse, args) is { } refusal)
        {
            Screen.Current.Warn(new("error  ", Palette.Bad), refusal);
            return ExitCode.Usage;
        }

        if (Mistyped(parse) is { } option)
        {
            var meant = Nearest(option, parse.CommandResult.Command) is { } near ? $" Did you mean '{near}'?" : "";
            Screen.Current.Warn(
                new("error  ", Palette.Bad),
                $"There is no option '{option}'.{meant} What is meant to be a name goes behind --."
            );
            Screen.Current.Warn(new Span($"       See {Path(parse.CommandResult.Command)} --help", Palette.Dim));
            return ExitCode.Usage;
        }

        if (parse.Errors.Count > 0 && parse.Action is ParseErrorAction)
            return args.Count == 0 ? await HelpAsync() : Misuse(parse);
        return await parse.InvokeAsync(Plain, CancellationToken.None);
    }

    internal static async Task<int> ActAsync(ParseResult parse, Func<CommandContext, Task<int>> act, CancellationToken cancellation)
    {
        using var signals = new Signals(cancellation);
        Signals.Current = signals;
        try
        {
            await using var call = new CommandContext(parse, signals.Cancelled);
            return await act(call);
        }
        catch (Exception e)
        {
            return Failures.Report(e, parse);
        }
    }

    private static int Version()
    {
        Screen.Current.Line($"varve {VersionCommand.Own}");
        return ExitCode.Done;
    }

    private static int Schema()
    {
        Screen.Current.Out.Write(Json.OutputSchema.Write());
        Screen.Current.Out.Flush();
        return ExitCode.Done;
    }

    private static async Task<int> HelpAsync()
    {
        await Root.Create().Parse(["--help"]).InvokeAsync(Plain, CancellationToken.None);
        return ExitCode.Usage;
    }

    private static int Misuse(ParseResult parse)
    {
        var screen = Screen.Current;
        if (parse is { UnmatchedTokens: [], CommandResult.Command: { Subcommands.Count: > 0 } group })
        {
            screen.Warn(new("error  ", Palette.Bad), $"Say which: {Path(group)} {string.Join('|', group.Subcommands.Select(c => c.Name))}");
            return ExitCode.Usage;
        }

        // A mistyped command is one mistake, not two.
        var said = parse
            .Errors.Where(e =>
                parse.UnmatchedTokens.Count == 0 || parse.UnmatchedTokens.Any(t => e.Message.Contains(t, StringComparison.Ordinal))
            )
            .Select(e => e.Message)
            .Distinct()
            .ToList();
        foreach (var message in said.Count > 0 ? said : [.. parse.Errors.Select(e => e.Message)])
            screen.Warn(new("error  ", Palette.Bad), Plainly(message));
        if (parse.UnmatchedTokens is [var typed, ..] && Nearest(typed, parse.CommandResult.Command) is { } meant)
            screen.Warn($"       Did you mean '{meant}'?");
        screen.Warn(new Span($"       See {Path(parse.CommandResult.Command)} --help", Palette.Dim));
        return ExitCode.Usage;
    }

    /// <summary>An option that there is none of, and that would be taken for a name; null where there is none such.</summary>
    private static string? Mistyped(ParseResult parse) =>
        parse.Tokens.Any(t => t.Type == TokenType.DoubleDash)
            ? null
            : parse
                .CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(a => a.Tokens)
                .Select(t => t.Value.Split('=')[0])
                .FirstOrDefault(v => v.Length > 2 && v.StartsWith("--", StringComparison.Ordinal));

    /// <summary>What the parser says of a value that is no number has the name of a type of .NET in it.</summary>
    private static string Plainly(string message) => Parsed().Replace(message, "$2 takes a whole number, and '$1' is none.");

    [GeneratedRegex(@"^Cannot parse argument '(.*)' for option '(.*)' as expected type '.*'\.$")]
    private static partial Regex Parsed();

    internal static string Path(Command command)
    {
        List<string> names = [];
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault())
            names.Insert(0, at is RootCommand ? "varve" : at.Name);
        return string.Join(' ', names);
    }

    private static string? Nearest(string typed, Command command) =>
        command
            .Subcommands.Select(c => c.Name)
            .Concat(command.Options.Select(o => o.Name))
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(n => n.Distance <= Math.Max(1, typed.Length / 3))
            .OrderBy(n => n.Distance)
            .Select(n => n.Name)
            .FirstOrDefault();

    // Levenshtein, one row.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
