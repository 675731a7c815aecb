using System.CommandLine;
using Varve.Catalog;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary><c>varve apply FILES</c>.</summary>
internal static class ApplyCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Policy files or folders",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Prune = new("--prune")
    {
        Description = "Remove stored policies that are in none of the files; their relations stay",
    };

    private static readonly Option<int?> Expected = new("--expect-revision")
    {
        HelpName = "N",
        Description = "Only if nobody changed the policy since: its revision by policy show, 0 for a new one",
    };

    internal static Command Create() =>
        new CliCommand(
            "apply",
            "Store policies: all of them or, where one is refused, none",
            [Files, Prune, Expected, CommonOptions.Archive, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve apply policies/ --db duckdb:metrics.duckdb", "varve apply flights.yaml --expect-revision 3"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var documents = PolicyFiles.Read(call.Parse.GetRequiredValue(Files));
        var results = call.Parse.GetValue(Expected) is { } revision
            ? await call.Write().ApplyAsync(documents, Of(documents, revision, call), call.Cancellation)
            : await call.Write().ApplyAsync(documents, call.Parse.GetValue(Prune), call.Cancellation);
        if (call.IsJson)
            call.Print(new ApplyShape([.. results.Select(AppliedPolicy.Of)]));
        else
            Show(call.Screen, results);
        return ExitCode.Done;
    }

    private static Dictionary<string, int> Of(IReadOnlyList<PolicyDocument> documents, int revision, CommandContext call)
    {
        if (documents is not [var only] || call.Parse.GetValue(Prune))
            throw CommonOptions.Usage("--expect-revision is of one policy: give one file with one, and no --prune.");
        return new() { [only.Policy.Name] = revision };
    }

    internal static void Show(Screen screen, IReadOnlyList<ApplyResult> results)
    {
        Table(screen, results);
        foreach (var note in results.Where(r => r.Pattern is null).SelectMany(r => r.Notes))
            Failures.Show(screen, note);
        PatternScreen.Notes(
            results.Where(r => r.Pattern is not null).SelectMany(r => r.Notes),
            note => screen.Line("  ", new("warning ", Palette.Warn), note)
        );
        if (results.Any(r => r.Outcome is ApplyOutcome.Changed))
            screen.Line(new Span("  The next run follows what changed. See what it will do: varve plan", Palette.Dim));
        else if (results.Any(r => r.Outcome is ApplyOutcome.Created))
            screen.Line(new Span("  Nothing has run yet. Next: varve plan", Palette.Dim));
    }

    internal static void Table(Screen screen, IReadOnlyList<ApplyResult> results)
    {
        var columns = new Columns("policy", ">revision", "outcome", "pattern");
        foreach (var result in results)
        {
            columns.Add(
                new Span(result.Policy, Palette.Bold),
                HumanText.Number(result.Revision),
                Outcome(result.Outcome),
                result.Pattern ?? ""
            );
        }

        columns.Write(screen);
    }

    private static Span Outcome(ApplyOutcome outcome) =>
        outcome switch
        {
            ApplyOutcome.Created => new("created", Palette.Good),
            ApplyOutcome.Changed => new("changed", Palette.Warn),
            ApplyOutcome.Deleted => new("deleted", Palette.Bad),
            _ => new("unchanged", Palette.Dim),
        };
}
