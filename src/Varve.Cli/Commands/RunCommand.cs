using System.CommandLine;
using NodaTime;
using Varve.Catalog;
using Varve.Cli.Backends;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary><c>varve run</c>.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> PlanOption = new("--plan")
    {
        HelpName = "FILE",
        Description = "Run only what this plan says and what still holds",
    };

    private static readonly Option<string[]> Confirm = new("--confirm")
    {
        HelpName = "HASH",
        Description = "Release the brake that plan printed. May be repeated",
    };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Release every brake" };

    private static readonly Option<Duration?> For = new("--for")
    {
        HelpName = "10m",
        Description = "Stop between two steps after this time; the next run goes on",
        CustomParser = CommonOptions.ReadLength,
    };

    private static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "Print nothing where nothing happened, and no progress: for cron",
    };

    private static readonly Option<string?> Beat = new("--heartbeat")
    {
        HelpName = "URL|FILE",
        Description = "Where to report each run that ended with exit code 0: by POST, or as a file that is written anew",
    };

    private static readonly Option<string?> Metrics = new("--metrics-file")
    {
        HelpName = "FILE",
        Description = "Write what the run did as a text file for Prometheus, however it ended",
    };

    private static readonly Option<long?> MaxRemove = new("--max-remove")
    {
        HelpName = "N",
        Description = "Remove at most this many rows in all; a step that would remove more is taken back and waits for you",
        CustomParser = CommonOptions.ReadCount,
    };

    private static readonly Option<string?> AuditHead = new("--audit-head")
    {
        HelpName = "HASH",
        Description = "Stop where the audit log does not have this hash, which an earlier run printed: the catalog is older then",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "The same as plan" };

    internal static Command Create() =>
        new CliCommand(
            "run",
            "Bring tables to the state that their policies declare",
            [
                PlanCommand.Subjects,
                CommonOptions.Tags,
                CommonOptions.AsOf,
                PlanOption,
                Confirm,
                Yes,
                For,
                MaxRemove,
                AuditHead,
                DryRun,
                Quiet,
                Beat,
                Metrics,
                CommonOptions.Archive,
                .. CommonOptions.Anywhere.Except([CommonOptions.Output]),
                CommonOptions.Events,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve run",
                "varve run flights --for 10m",
                "varve run --plan tonight.json --confirm 4f0c…",
                "varve run --output ndjson | jq --unbuffered .event",
                "varve run --quiet --wait 60s --for 50m --heartbeat https://beats.example.com/varve",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var report = RunReport.To(call.Parse.GetValue(Beat), call.Parse.GetValue(Metrics));
        using var telemetry = Otlp.Open();
        try
        {
            return await report.TellAsync(call.Screen, await RunAsync(call));
        }
        catch (Exception error)
        {
            await report.TellAsync(call.Screen, new RunOutcome { Broken = Failures.Body(error).ExitCode });
            throw;
        }
    }

    private static async Task<RunOutcome> RunAsync(CommandContext call)
    {
        var selection = await SelectionAsync(call);
        var asOf = call.Parse.GetValue(CommonOptions.AsOf);
        if (call.Parse.GetValue(DryRun))
        {
            if (call.Parse.GetValue(PlanOption) is not null)
                throw CommonOptions.Usage(
                    "--dry-run shows a plan that is made now, and --plan runs one that was made before: leave one of them out."
                );
            PlanCommand.Show(call, await call.Read().PlanAsync(selection, asOf, call.Cancellation));
            return new();
        }

        var plans = await PlansAsync(call);
        if (plans is not null && asOf is not null)
            throw CommonOptions.Usage("--plan has its own instant; leave --as-of out.");
        if (plans is not null && selection is { Names: [], Tags: [] })
            selection = new([.. plans.Select(p => p.Policy)], []);
        var options = new RunOptions
        {
            AsOf = asOf,
            Confirm = call.Parse.GetValue(Confirm) ?? [],
            Yes = call.Parse.GetValue(Yes),
            For = call.Parse.GetValue(For),
            MaxRemove = call.Parse.GetValue(MaxRemove),
            Plans = plans,
            AuditHead = call.Parse.GetValue(AuditHead),
            Stop = Signals.Current!.Stopping,
        };
        var outcome = await RunAsync(call, call.Write(), selection, options);
        if (call.IsLines)
            LineJson.Print(
                call.Screen,
                new("ended", Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow())) { Outcome = outcome.Shape }
            );
        else if (call.IsJson)
            call.Print(outcome.Shape);
        return outcome;
    }

    /// <summary>Only what is stored is run; a file names its policies, and a person hears where it says something else.</summary>
    private static async Task<Selection> SelectionAsync(CommandContext call)
    {
        var (documents, selection) = PlanCommand.Subject(call);
        if (documents.Count == 0)
            return selection;
        var lifecycle = call.Read();
        selection = new([.. documents.Select(d => d.Policy.Name)], CommonOptions.Split(call.Parse.GetValue(CommonOptions.Tags)));
        List<StoredPolicy> stored =
        [
            .. await lifecycle.PoliciesAsync(selection, call.Cancellation),
            .. (await lifecycle.PatternsAsync(selection, call.Cancellation)).Select(p => p.Stored),
        ];
        foreach (var report in await lifecycle.CheckAsync(documents, call.Cancellation))
        {
            if (stored.FirstOrDefault(s => s.Policy.Name == report.Policy.Name) is { } kept && PolicyJson.Hash(report.Policy) != kept.Hash)
                call.Screen.Warn(
                    new Span(
                        $"The file says something else than revision {kept.Revision} of {kept.Policy.Name}, which is what is run: varve apply stores the file.",
                        Palette.Warn
                    )
                );
        }

        return selection;
    }

    private static async Task<RunOutcome> RunAsync(CommandContext call, IBackend lifecycle, Selection selection, RunOptions options)
    {
        var outcome = new RunOutcome { PlanFile = call.Parse.GetValue(PlanOption) };
        var signals = Signals.Current!;
        signals.IsGraceful = true;
        await RunProgress.ShowAsync(call, call.Parse.GetValue(Quiet), outcome, lifecycle.RunAsync(selection, options, call.Cancellation));
        signals.IsGraceful = false;
        foreach (var hash in options.Confirm.Where(hash => !outcome.IsConfirmed(hash)))
            call.Screen.Warn(new("warning ", Palette.Warn), Unconfirmed(hash, outcome));
        if (
            !call.IsJson
            && call.Screen.CanAsk
            && !signals.Stopping.IsCancellationRequested
            && outcome.Braked is { Count: > 0 } braked
            && await BrakeQuestion.AskAsync(call, braked)
        )
        {
            signals.IsGraceful = true;
            await RunProgress.ShowAsync(
                call,
                call.Parse.GetValue(Quiet),
                outcome,
                lifecycle.RunAsync(
                    new([.. braked.Select(b => b.Policy)], []),
                    options with
                    {
                        Confirm = [.. options.Confirm, .. braked.Select(b => b.Brake.Hash)],
                    },
                    call.Cancellation
                )
            );
        }

        if (!call.IsJson)
            RunScreen.Show(call.Screen, outcome, call.Parse.GetValue(Quiet));
        return outcome;
    }

    private static string Unconfirmed(string hash, RunOutcome outcome) =>
        outcome.Braked is [var (policy, brake, _), ..]
            ? $"--confirm {hash} is the hash of no brake. That of {policy} is {brake.Hash}: what would be removed is no longer what that hash was printed for, or it was mistyped."
            : $"--confirm {hash} confirms nothing: no brake of that hash was pulled.";

    private static async Task<IReadOnlyList<Plan>?> PlansAsync(CommandContext call) =>
        call.Parse.GetValue(PlanOption) is { } file ? await ReadPlanAsync(file, call.Cancellation) : null;

    /// <summary>The plans of a file that plan --out wrote.</summary>
    internal static async Task<IReadOnlyList<Plan>> ReadPlanAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return PlanFile.Read(await File.ReadAllTextAsync(file, cancellation));
        }
        catch (PolicyException broken) when (broken.InnerException is not null)
        {
            throw new PolicyException(
                broken.Code,
                $"{file} is no plan file, or it was cut or changed. Write one with varve plan --out {file}.",
                broken
            );
        }
    }
}
