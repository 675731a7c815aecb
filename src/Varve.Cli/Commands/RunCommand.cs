using System.CommandLine;
using NodaTime;
using Varve.Catalog;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve run</c>.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> PlanOption = new("--plan") { HelpName = "FILE", Description = "Run only what this plan says and what still holds" };

    private static readonly Option<string[]> Confirm = new("--confirm") { HelpName = "HASH", Description = "Release the brake that plan printed. May be repeated" };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Release every brake" };

    private static readonly Option<string?> For = new("--for") { HelpName = "10m", Description = "Stop between two steps after this time; the next run goes on" };

    private static readonly Option<string?> AuditHead = new("--audit-head") { HelpName = "HASH", Description = "Stop where the audit log does not have this hash, which an earlier run printed: the catalog is older then" };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "The same as plan" };

    internal static Command Create() => new CliCommand("run", "Bring tables to the state that their policies declare", [PlanCommand.Subjects, CommonOptions.Tags, CommonOptions.AsOf, PlanOption, Confirm, Yes, For, AuditHead, DryRun, CommonOptions.Archive, .. CommonOptions.Database], ActAsync)
    {
        Examples = ["varve run", "varve run flights --for 10m", "varve run --plan tonight.json --confirm 4f0c…"],
    };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var selection = await SelectionAsync(call);
        var asOf = call.Parse.GetValue(CommonOptions.AsOf);
        if (call.Parse.GetValue(DryRun))
        {
            if (call.Parse.GetValue(PlanOption) is not null) throw CommonOptions.Usage("--dry-run shows a plan that is made now, and --plan runs one that was made before: leave one of them out.");
            PlanCommand.Show(call, await call.Read().PlanAsync(selection, asOf, call.Cancellation));
            return ExitCode.Done;
        }

        var plans = await PlansAsync(call);
        if (plans is not null && asOf is not null) throw CommonOptions.Usage("--plan has its own instant; leave --as-of out.");
        if (plans is not null && selection is { Names: [], Tags: [] }) selection = new([.. plans.Select(p => p.Policy)], []);
        var options = new RunOptions
        {
            AsOf = asOf,
            Confirm = call.Parse.GetValue(Confirm) ?? [],
            Yes = call.Parse.GetValue(Yes),
            For = Limit(call.Parse.GetValue(For)),
            Plans = plans,
            AuditHead = call.Parse.GetValue(AuditHead),
            Stop = Signals.Current!.Stopping,
        };
        var outcome = await RunAsync(call, call.Write(), selection, options);
        if (call.IsJson) call.Print(outcome.Shape);
        return outcome.ExitCode;
    }

    /// <summary>Only what is stored is run; a file names its policies, and a person hears where it says something else.</summary>
    private static async Task<Selection> SelectionAsync(CommandContext call)
    {
        var (documents, selection) = PlanCommand.Subject(call);
        if (documents.Count == 0) return selection;
        var lifecycle = call.Read();
        selection = new([.. documents.Select(d => d.Policy.Name)], CommonOptions.Split(call.Parse.GetValue(CommonOptions.Tags)));
        List<StoredPolicy> stored = [.. await lifecycle.PoliciesAsync(selection, call.Cancellation), .. (await lifecycle.PatternsAsync(selection, call.Cancellation)).Select(p => p.Stored)];
        foreach (var report in await lifecycle.CheckAsync(documents, call.Cancellation))
        {
            if (stored.FirstOrDefault(s => s.Policy.Name == report.Policy.Name) is { } kept && PolicyJson.Hash(report.Policy) != kept.Hash)
                call.Screen.Warn(new Span($"The file says something else than revision {kept.Revision} of {kept.Policy.Name}, which is what is run: varve apply stores the file.", Palette.Warn));
        }

        return selection;
    }

    private static async Task<RunOutcome> RunAsync(CommandContext call, Lifecycle lifecycle, Selection selection, RunOptions options)
    {
        var outcome = new RunOutcome();
        var signals = Signals.Current!;
        signals.IsGraceful = true;
        await RunProgress.ShowAsync(call, outcome, lifecycle.RunAsync(selection, options, call.Cancellation));
        signals.IsGraceful = false;
        if (!call.IsJson && call.Screen.CanAsk && !signals.Stopping.IsCancellationRequested && outcome.Braked is { Count: > 0 } braked && await BrakeQuestion.AskAsync(call, braked))
        {
            signals.IsGraceful = true;
            await RunProgress.ShowAsync(call, outcome, lifecycle.RunAsync(
                new([.. braked.Select(b => b.Policy)], []),
                options with { Confirm = [.. options.Confirm, .. braked.Select(b => b.Brake.Hash)] },
                call.Cancellation));
        }

        if (!call.IsJson) RunScreen.Show(call.Screen, outcome);
        return outcome;
    }

    private static async Task<IReadOnlyList<Plan>?> PlansAsync(CommandContext call)
    {
        if (call.Parse.GetValue(PlanOption) is not { } file) return null;
        try
        {
            return PlanFile.Read(await File.ReadAllTextAsync(file, call.Cancellation));
        }
        catch (PolicyException broken) when (broken.InnerException is not null)
        {
            throw new PolicyException(broken.Code, $"{file} is no plan file, or it was cut or changed. Write one with varve plan --out {file}.", broken);
        }
    }

    private static Duration? Limit(string? text)
    {
        if (text is null) return null;
        if (text == "0") return Duration.Zero;
        if (!Keep.TryParse(text, out var keep, out var error)) throw CommonOptions.Usage($"--for: {error}");
        return keep.Shortest;
    }
}
