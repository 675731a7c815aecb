using NodaTime;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Cli.Running;

/// <summary>
/// Shows a run while it goes on: bars on a terminal, a line now and then elsewhere, nothing for a script. All of it goes to
/// standard error.
/// </summary>
internal static class RunProgress
{
    internal static async Task ShowAsync(CommandContext call, bool isQuiet, RunOutcome outcome, IAsyncEnumerable<RunEvent> events)
    {
        if (call.IsLines)
            await LinesAsync(call.Screen, outcome, events);
        else if (call.IsJson || isQuiet)
            await QuietAsync(outcome, events);
        else if (call.Screen.HasErrorTerminal)
            await LiveProgress.ShowAsync(call.Screen, outcome, events);
        else
            await PlainAsync(call.Screen, outcome, events);
    }

    private static async Task LinesAsync(Screen screen, RunOutcome outcome, IAsyncEnumerable<RunEvent> events)
    {
        await foreach (var happened in events)
        {
            outcome.Take(happened);
            LineJson.Print(screen, RunEventShape.Of(happened, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow())));
        }
    }

    private static async Task QuietAsync(RunOutcome outcome, IAsyncEnumerable<RunEvent> events)
    {
        await foreach (var happened in events)
            outcome.Take(happened);
    }

    private static async Task PlainAsync(Screen screen, RunOutcome outcome, IAsyncEnumerable<RunEvent> events)
    {
        Dictionary<string, StepShare> shares = [];
        await foreach (var happened in events)
        {
            outcome.Take(happened);
            switch (happened)
            {
                case RunEvent.Started started when !started.Plan.IsEmpty:
                    Tell(
                        screen,
                        $"{started.Policy}  {HumanText.Count(started.Plan.Steps.Count, "step")}  as of {HumanText.Stamp(started.Plan.AsOf)}"
                    );
                    break;
                case RunEvent.StepDone done when Share(shares, done.Policy).Take(done.Index, done.Total):
                    Tell(screen, $"{done.Policy}  {shares[done.Policy].Percent,3} %  {PlanText.Describe(done.Step)}");
                    break;
                case RunEvent.StepSkipped skipped:
                    Tell(screen, $"{skipped.Policy}  skipped  {PlanText.Describe(skipped.Step)}: {skipped.Reason}");
                    break;
                case RunEvent.StepFailed failed:
                    Tell(screen, $"{failed.Policy}  failed  {PlanText.Describe(failed.Step)}: {failed.Error.Message}");
                    break;
            }
        }
    }

    // Where nobody watches, a line is read later: it says when.
    private static void Tell(Screen screen, string text) =>
        screen.Warn(new($"{HumanText.Stamp(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()))}  ", Palette.Dim), text);

    private static StepShare Share(Dictionary<string, StepShare> shares, string policy) =>
        shares.TryGetValue(policy, out var share) ? share : shares[policy] = new();
}

/// <summary>How much of a run is done. Steps are added while it goes on, for what the proofs find: it never goes back for that.</summary>
internal sealed class StepShare
{
    private const int Lines = 10;
    private int _shown;

    /// <summary>The most that was done of what was known then.</summary>
    internal int Percent { get; private set; }

    /// <summary>One more step is done; true where that reaches the next tenth.</summary>
    internal bool Take(int index, int total)
    {
        Percent = Math.Max(Percent, (int)((index + 1L) * 100 / total));
        var reached = (int)((index + 1L) * Lines / total);
        if (reached <= _shown)
            return false;
        _shown = reached;
        return true;
    }
}
