using System.CommandLine;
using Varve.Catalog;
using Varve.Cli.Json;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve history</c>.</summary>
internal static class HistoryCommand
{
    private static readonly Option<string?> Steps = new("--steps")
    {
        HelpName = "RUN",
        Description = "The steps of one run; its id may be shortened",
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        HelpName = "N",
        Description = "How many runs",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<bool> All = new("--all") { Description = "Also runs that had nothing to do" };

    internal static Command Create() =>
        new CliCommand(
            "history",
            "Show runs, newest first, or the steps of one",
            [CommonOptions.Names, CommonOptions.Tags, Steps, Limit, All, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve history", "varve history --steps 0195c1e2"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Steps) is { } run)
        {
            var steps = await call.Read().StepsAsync(run, call.Cancellation);
            if (call.IsJson)
                call.Print(new StepsShape([.. steps.Select(StepLine.Of)]));
            else
                Show(call.Screen, steps);
            return ExitCode.Done;
        }

        var lifecycle = call.Read();
        var runs = await CommonOptions.OrNoneAsync(
            call,
            lifecycle,
            lifecycle.HistoryAsync(
                CommonOptions.Selection(call.Parse),
                CommonOptions.Limit(call.Parse, Limit),
                call.Parse.GetValue(All),
                call.Cancellation
            )
        );
        if (call.IsJson)
            call.Print(new HistoryShape(runs));
        else
            Show(call.Screen, runs);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0)
            screen.Line(
                new Span(
                    "No run yet that had something to do; --all shows those that had not. See what one would do: varve plan",
                    Palette.Dim
                )
            );
        var columns = new Columns("run", "policy", "as of", "started", ">took", "status", ">steps", ">written", ">removed")
        {
            LeastImportant = ["as of", "steps", "took", "written"],
        };
        foreach (var run in runs)
        {
            columns.Add(
                new Span(Short(run.Id), Palette.Dim),
                new Span(run.Policy, Palette.Bold),
                HumanText.At(run.AsOf),
                HumanText.Stamp(run.StartedAt),
                run.FinishedAt is { } end ? HumanText.Time(end - run.StartedAt) : HumanText.None,
                Status(run.Status),
                run.StepsDone == run.Steps
                    ? HumanText.Number(run.Steps)
                    : $"{HumanText.Number(run.StepsDone)}/{HumanText.Number(run.Steps)}",
                HumanText.NumberOrNone(run.RowsWritten),
                HumanText.NumberOrNone(run.RowsRemoved)
            );
        }

        columns.Write(screen, "");
        foreach (var run in runs.Where(r => r.Error is not null))
            screen.Line(new($"{Short(run.Id)}  ", Palette.Dim), new($"{run.ErrorCode}: {run.Error}", Palette.Bad));
    }

    private static void Show(Screen screen, IReadOnlyList<StepRecord> steps)
    {
        if (steps.Count == 0)
        {
            screen.Line(new Span("Nothing was to be done in this run.", Palette.Dim));
            return;
        }

        var columns = new Columns(">#", "step", "relation", "range", "status", ">read", ">written", ">removed", ">took")
        {
            LeastImportant = ["took", "read", "written"],
            Kept = 3,
        };
        foreach (var step in steps)
        {
            columns.Add(
                HumanText.Number(step.Ordinal),
                step.Kind,
                new Span(step.Relation.Text, Palette.Bold),
                Ranges(step.Ranges),
                Status(step.Status),
                HumanText.NumberOrNone(step.RowsIn),
                HumanText.NumberOrNone(step.RowsWritten),
                HumanText.NumberOrNone(step.RowsRemoved),
                step is { StartedAt: { } from, FinishedAt: { } to } ? HumanText.Time(to - from) : HumanText.None
            );
        }

        columns.Write(screen, "");
        foreach (var step in steps.Where(s => s.Note is not null))
            screen.Line(new($"#{HumanText.Number(step.Ordinal)}  ", Palette.Dim), step.Note!);
    }

    /// <summary>The random end of a UUIDv7 differs, its beginning is the time: enough of both to be unique.</summary>
    internal static string Short(string id) => id.Length > 13 ? id[..13] : id;

    private static string Ranges(string text) =>
        text.Replace("T00:00:00Z", "", StringComparison.Ordinal).Replace(":00Z", "Z", StringComparison.Ordinal) is { Length: > 48 } longer
            ? $"{longer[..47]}…"
            : text.Replace("T00:00:00Z", "", StringComparison.Ordinal).Replace(":00Z", "Z", StringComparison.Ordinal);

    private static Span Status(RunStatus status) =>
        new(
            status.Word(),
            status switch
            {
                RunStatus.Done => Palette.Good,
                RunStatus.Failed or RunStatus.Interrupted => Palette.Bad,
                RunStatus.Stopped or RunStatus.Braked => Palette.Warn,
                _ => Palette.Plain,
            }
        );

    private static Span Status(StepStatus status) =>
        new(
            status.Word(),
            status switch
            {
                StepStatus.Done => Palette.Good,
                StepStatus.Failed => Palette.Bad,
                StepStatus.Skipped => Palette.Warn,
                _ => Palette.Plain,
            }
        );
}
