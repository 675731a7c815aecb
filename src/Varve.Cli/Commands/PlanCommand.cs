using System.CommandLine;
using Varve.Cli.Backends;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary><c>varve plan</c>.</summary>
internal static class PlanCommand
{
    internal static readonly Argument<string[]> Subjects = new Argument<string[]>("FILE|POLICY")
    {
        Description = "Policy files, or stored policies by name; none: all stored ones",
        Arity = ArgumentArity.ZeroOrMore,
    }.Policies();

    private static readonly Option<bool> Sql = new("--sql") { Description = "Show the statements too" };

    private static readonly Option<string?> Out = new("--out")
    {
        HelpName = "FILE",
        Description = "Write the plan for varve run --plan FILE",
    };

    private static readonly Option<string?> Shown = new("--show")
    {
        HelpName = "FILE",
        Description = "Show the plan of a file that --out wrote; no database is needed",
    };

    private static readonly Option<bool> Detailed = new("--detailed-exitcode") { Description = "Exit 10 where there is something to do" };

    internal static Command Create() =>
        new CliCommand(
            "plan",
            "Show what a run would do, and change nothing",
            [Subjects, CommonOptions.Tags, CommonOptions.AsOf, Sql, Out, Shown, Detailed, CommonOptions.Archive, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples =
            [
                "varve plan",
                "varve plan flights --as-of 2014-01-01 --sql",
                "varve plan --out tonight.json && varve run --plan tonight.json",
                "varve plan --show tonight.json",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Shown) is { } made)
        {
            if (call.Parse.GetValue(Subjects) is { Length: > 0 } || call.Parse.GetValue(Out) is not null || call.Parse.GetValue(Sql))
                throw CommonOptions.Usage("--show shows the plan of a file as it is: leave names, --out and --sql out.");
            var read = await RunCommand.ReadPlanAsync(made, call.Cancellation);
            Show(call, read);
            return call.Parse.GetValue(Detailed) && read.Any(p => !p.IsEmpty) ? ExitCode.SomethingToDo : ExitCode.Done;
        }

        var file = call.Parse.GetValue(Out) is { } named ? OutputFile.Path("--out", named) : null;
        var lifecycle = call.Read();
        var (documents, selection) = Subject(call);
        var asOf = call.Parse.GetValue(CommonOptions.AsOf);
        var plans =
            documents.Count > 0
                ? await lifecycle.PlanAsync(documents, asOf, call.Cancellation)
                : await lifecycle.PlanAsync(selection, asOf, call.Cancellation);
        var patterns = documents.Count > 0 ? [] : await lifecycle.PatternsAsync(selection, call.Cancellation);
        if (file is not null)
            await OutputFile.WriteAsync("--out", file, PlanFile.Write(plans));
        if (call.Parse.GetValue(Sql))
            await WithStatementsAsync(call, lifecycle, documents, plans);
        else
            Show(call, plans);
        PatternScreen.Warn(call.Screen, patterns);
        return ExitCode.Of(plans.Select(p => p.Failure)) is var failed and not ExitCode.Done ? failed
            : call.Parse.GetValue(Detailed) && plans.Any(p => !p.IsEmpty) ? ExitCode.SomethingToDo
            : ExitCode.Done;
    }

    /// <summary>Prints plans as text, or as the same JSON that --out writes.</summary>
    internal static void Show(CommandContext call, IReadOnlyList<Plan> plans)
    {
        if (call.IsJson)
            call.Screen.Out.Write(PlanFile.Write(plans));
        else
            PlanScreen.Show(call.Screen, plans);
    }

    /// <summary>What the arguments name: files, or stored policies.</summary>
    internal static (IReadOnlyList<PolicyDocument> Documents, Selection Selection) Subject(CommandContext call)
    {
        var subjects = call.Parse.GetValue(Subjects) ?? [];
        if (subjects.FirstOrDefault(s => s.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(s)) is { } plan)
            throw CommonOptions.Usage(
                $"{plan} is no policy file. Is it a plan? varve plan --show {plan} shows it, and varve run --plan {plan} runs it."
            );
        var files = subjects.Where(IsFile).ToList();
        if (files.Count == 0)
            return ([], new(subjects, CommonOptions.Split(call.Parse.GetValue(CommonOptions.Tags))));
        if (files.Count < subjects.Length)
            throw CommonOptions.Usage($"{string.Join(", ", subjects.Except(files))} is no file: name files or stored policies, not both.");
        return (PolicyFiles.Read(files), Selection.All);
    }

    private static bool IsFile(string subject) =>
        File.Exists(subject)
        || Directory.Exists(subject)
        || subject.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
        || subject.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static async Task WithStatementsAsync(
        CommandContext call,
        IBackend lifecycle,
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyList<Plan> plans
    )
    {
        List<PolicyStatements> all = [];
        foreach (var plan in plans)
        {
            var statements = plan.Failure is null ? await lifecycle.StatementsAsync(plan, documents, call.Cancellation) : [];
            all.Add(new(plan.Policy, [.. statements.Select(s => new StepSql(s.Step.Key, s.Statements))]));
            if (call.IsJson)
                continue;
            PlanScreen.Show(call.Screen, [plan]);
            foreach (var step in statements)
            {
                call.Screen.Line();
                call.Screen.Line(new Span($"  -- {PlanText.Describe(step.Step)}", Palette.Dim));
                foreach (var line in step.Statements.SelectMany(s => $"{s.TrimEnd(';', '\n', ' ')};".Split('\n')))
                    call.Screen.Line($"  {line}");
            }
        }

        if (call.IsJson)
            call.Print(new StatementsShape(all));
    }
}
