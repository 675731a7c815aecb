using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Varve.Cli.Commands;

namespace Varve.Cli;

/// <summary>The tree of commands.</summary>
internal static class Root
{
    private const int HelpWidth = 100;

    internal static RootCommand Create()
    {
        var root = new RootCommand(
            "Varve rolls up and expires time-series tables by policy: it plans first, proves each step, and removes nothing unproven."
        )
        {
            InitCommand.Create(),
            ImportCommand.Create(),
            CheckCommand.Create(),
            ApplyCommand.Create(),
            PlanCommand.Create(),
            DiffCommand.Create(),
            RunCommand.Create(),
            StatusCommand.Create(),
            QueryCommand.Create(),
            GraphCommand.Create(),
            SqlCommand.Create(),
            ForecastCommand.Create(),
            HistoryCommand.Create(),
            AuditCommand.Create(),
            PolicyCommand.Create(),
            TagsCommand.Create(),
            VerifyCommand.Create(),
            InvalidateCommand.Create(),
            RepairCommand.Create(),
            EraseCommand.Create(),
            RelocateCommand.Create(),
            ArchiveCommand.Create(),
            RestoreCommand.Create(),
            DoctorCommand.Create(),
            CompactCommand.Create(),
            ServeCommand.Create(),
            HealthcheckCommand.Create(),
            DemoCommand.Create(),
            CompletionCommand.Create(),
            VersionCommand.Create(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Description = "Show help";
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
            help.Aliases.Remove("-?");
            help.Action = new HelpWithExamples();
        }

        foreach (var version in root.Options.OfType<VersionOption>())
        {
            version.Description = "Show the version";
            version.Aliases.Add("-V");
        }

        return root;
    }

    private sealed class HelpWithExamples : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            new HelpAction { MaxWidth = HelpWidth }.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            switch (parseResult.CommandResult.Command)
            {
                case RootCommand:
                    output.WriteLine("New here? varve demo shows all of it on a year of flights, in a folder of its own.");
                    break;
                case CliCommand { Examples: { Count: > 0 } examples }:
                    output.WriteLine("Examples:");
                    foreach (var example in examples)
                        output.WriteLine($"  {example}");
                    output.WriteLine();
                    break;
            }

            return ExitCode.Done;
        }
    }
}
