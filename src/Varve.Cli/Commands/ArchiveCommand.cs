using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve archive list|verify|prune|repository</c>.</summary>
internal static class ArchiveCommand
{
    private static readonly Option<bool> Again = new("--again")
    {
        Description =
            "Let the next run archive parts again that are broken, or were written before the table changed, and whose rows the source still has",
    };

    private static readonly Option<string> OlderThan = new("--older-than")
    {
        HelpName = "KEEP",
        Description = "Parts whose range ended longer ago than this: 5y",
        Required = true,
    };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Remove them without asking" };

    private static IReadOnlyList<Symbol> Common => [CommonOptions.Archive, .. CommonOptions.Anywhere];

    internal static Command Create() =>
        new CliCommand(
            "archive",
            "List, check and prune what was archived before it expired",
            new CliCommand("list", "List the parts of archives", [CommonOptions.Names, .. CommonOptions.Anywhere], ListAsync)
            {
                Examples = ["varve archive list flights"],
            },
            new CliCommand(
                "verify",
                "Read every part back and compare it with its manifest and the catalog",
                [CommonOptions.Names, Again, .. Common],
                VerifyAsync
            )
            {
                Examples = ["varve archive verify", "varve archive verify flights --again"],
            },
            new CliCommand(
                "prune",
                "Remove parts of archives for good, by age",
                [CommonOptions.Names, OlderThan, Yes, .. Common],
                PruneAsync
            )
            {
                Examples = ["varve archive prune flights --older-than 5y"],
            },
            RepositoryCommand.Create()
        );

    private static async Task<int> ListAsync(CommandContext call)
    {
        var lifecycle = call.Read();
        var parts = await CommonOptions.OrNoneAsync(call, lifecycle, lifecycle.ArchivesAsync(Names(call), call.Cancellation));
        if (call.IsJson)
            call.Print(new ArchiveListShape([.. parts.Select(p => PartShape.Of(p))]));
        else
            ArchiveScreen.List(call.Screen, parts);
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Again))
            return await AgainAsync(call);
        var report = await call.Read().VerifyArchivesAsync(Names(call), call.Cancellation);
        if (call.IsJson)
            call.Print(ArchiveReportShape.Of(report));
        else
            ArchiveScreen.Report(call.Screen, report);
        return report.Agrees ? ExitCode.Done : ExitCode.Person;
    }

    private static async Task<int> AgainAsync(CommandContext call)
    {
        if (Names(call) is not [var policy])
            throw CommonOptions.Usage("--again is a person's word about one policy: varve archive verify POLICY --again.");
        var again = await call.Write().ArchiveAgainAsync(policy, call.Cancellation);
        if (call.IsJson)
            call.Print(AgainShape.Of(policy, again));
        else
            ArchiveScreen.Again(call.Screen, policy, again);
        return again.Left.Count == 0 ? ExitCode.Done : ExitCode.Person;
    }

    private static async Task<int> PruneAsync(CommandContext call)
    {
        var text = call.Parse.GetRequiredValue(OlderThan);
        if (!Keep.TryParse(text, out var keep, out var error))
            throw CommonOptions.Usage($"--older-than: {error}");
        var lifecycle = call.Write();
        var pruning = await lifecycle.PruningAsync(Names(call), keep, call.Cancellation);
        if (!call.IsJson)
            ArchiveScreen.Pruning(call.Screen, pruning);
        var agreed = pruning.Parts.Count == 0 || call.Parse.GetValue(Yes) || await TypedYes.AskAsync(call, "Remove these parts for good?");
        if (agreed && pruning.Parts.Count + pruning.Begun.Count > 0)
            pruning = await lifecycle.PruneArchivesAsync(Names(call), keep, call.Cancellation);
        if (call.IsJson)
            call.Print(PruningShape.Of(pruning, agreed));
        else if (!agreed)
            call.Screen.Warn(
                new Span("Nothing was removed: these rows are in no other place. Say --yes, or type yes when asked.", Palette.Warn)
            );
        else if (pruning.Parts.Count > 0)
            call.Screen.Line(
                new("pruned  ", Palette.Good),
                $"{HumanText.Count(pruning.Parts.Count, "part")}, {HumanText.Count(pruning.Parts.Sum(p => p.Rows), "row")}"
            );
        return agreed ? ExitCode.Done : ExitCode.Person;
    }

    private static IReadOnlyList<string> Names(CommandContext call) => call.Parse.GetValue(CommonOptions.Names) ?? [];
}
