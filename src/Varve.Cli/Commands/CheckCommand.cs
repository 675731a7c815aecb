using System.CommandLine;
using Varve.Catalog;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary><c>varve check FILES</c>.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Policy files or folders",
        Arity = ArgumentArity.OneOrMore,
    };

    internal static Command Create() =>
        new CliCommand(
            "check",
            "Check policy files; with a database also against its tables",
            [Files, CommonOptions.Archive, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve check policies/", "varve check cpu.yaml --db duckdb:metrics.duckdb"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var documents = PolicyFiles.Read(call.Parse.GetRequiredValue(Files));
        var reports = call.HasDatabase
            ? await call.Read().CheckAsync(documents, call.Cancellation)
            : [.. documents.Select(d => new CheckReport(d.Policy, d.Locate(PolicyRules.Check(d.Policy))))];
        var sound = reports.All(r => r.IsSound);
        if (call.IsJson)
        {
            call.Print(
                new CheckShape(
                    sound,
                    [
                        .. reports.Select(r => new CheckedPolicy(
                            r.Policy.Name,
                            r.Policy.Table.Text,
                            r.IsSound,
                            [.. r.Problems.Select(ProblemShape.Of)]
                        )),
                    ]
                )
            );
            return sound ? ExitCode.Done : ExitCode.Usage;
        }

        var written = documents.Select(d => d.Policy.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var problem in reports.Where(r => written.Contains(r.Policy.Name)).SelectMany(r => r.Problems))
            Failures.Print(call.Screen, ProblemShape.Of(problem));
        PatternScreen.Notes(
            reports.Where(r => !written.Contains(r.Policy.Name)).SelectMany(r => r.Problems),
            note => call.Screen.Warn(new Span("warning ", Palette.Warn), note)
        );
        foreach (var report in reports.Where(r => r.IsSound))
            call.Screen.Line(
                new("sound  ", Palette.Good),
                new(report.Policy.Name, Palette.Bold),
                new($"  {report.Policy.Table.Text}", Palette.Dim)
            );
        if (sound && !call.HasDatabase)
            call.Screen.Line(new Span("The files are sound by themselves. With --db they are also compared with the tables.", Palette.Dim));
        return sound ? ExitCode.Done : ExitCode.Usage;
    }
}
