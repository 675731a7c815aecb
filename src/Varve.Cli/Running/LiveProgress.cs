using Spectre.Console;
using Varve.Execution;
using Varve.Planning;
using Screen = Varve.Cli.Render.Screen;

namespace Varve.Cli.Running;

/// <summary>One bar per policy with the step in flight; only this file knows Spectre.Console.</summary>
internal static class LiveProgress
{
    private const int StepWidth = 58;

    internal static async Task ShowAsync(Screen screen, RunOutcome outcome, IAsyncEnumerable<RunEvent> events)
    {
        await screen.Error.FlushAsync(CancellationToken.None);
        var console = AnsiConsole.Create(
            new()
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = screen.HasErrorColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
                Out = new AnsiConsoleOutput(screen.Error),
            }
        );
        await console
            .Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .ExcludeVerticalPadding()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn
                {
                    Width = 24,
                    CompletedStyle = new(Color.Teal),
                    FinishedStyle = new(Color.Green),
                    RemainingStyle = new(Color.Grey),
                },
                new PercentageColumn { CompletedStyle = new(Color.Green) },
                new ElapsedTimeColumn { Style = new(Color.Grey) }
            )
            .StartAsync(async context =>
            {
                Dictionary<string, ProgressTask> bars = [];
                await foreach (var happened in events)
                {
                    outcome.Take(happened);
                    Move(context, bars, happened);
                }

                // Stopping one a second time would count on until now.
                foreach (var bar in bars.Values.Where(b => b.StopTime is null))
                    bar.StopTask();
            });
    }

    private static void Move(ProgressContext context, Dictionary<string, ProgressTask> bars, RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Started { Plan: { IsEmpty: false } plan }:
                bars[happened.Policy] = context.AddTask(Label(happened.Policy, ""), autoStart: true, maxValue: plan.Steps.Count);
                break;
            case RunEvent.StepStarted step when bars.TryGetValue(step.Policy, out var bar):
                bar.Description = Label(step.Policy, PlanText.Describe(step.Step));
                bar.MaxValue = Math.Max(bar.MaxValue, step.Total);
                bar.Value = Math.Max(bar.Value, step.Index);
                break;
            case RunEvent.StepDone step when bars.TryGetValue(step.Policy, out var bar):
                bar.Value = Math.Max(bar.Value, step.Index + 1);
                break;
            case RunEvent.Failed when bars.TryGetValue(happened.Policy, out var bar) && bar.StopTime is null:
                bar.StopTask();
                break;
            case RunEvent.Finished { Summary: var summary } when bars.TryGetValue(happened.Policy, out var bar):
                bar.Description = Label(happened.Policy, $"{Render.HumanText.Count(summary.StepsDone, "step")} done");
                bar.StopTask();
                break;
        }
    }

    private static string Label(string policy, string step)
    {
        var text = step.Length > StepWidth ? $"{step[..(StepWidth - 1)]}…" : step;
        return $"[bold]{Markup.Escape(policy)}[/] [dim]{Markup.Escape(text)}[/]";
    }
}
