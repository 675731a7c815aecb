using System.Runtime.ExceptionServices;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>What a run did for one policy, once it has ended.</summary>
/// <param name="Policy">The policy.</param>
public sealed record RunResult(string Policy)
{
    /// <summary>What was done; null where the run was stopped before its turn came.</summary>
    public RunSummary? Summary { get; init; }

    /// <summary>Set where removals wait for a person's word: nothing was removed, and everything else was done.</summary>
    public Brake? Brake { get; init; }

    /// <summary>What is due and waits.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];

    /// <summary>Steps that were left out because the database is no longer as planned; the next run looks at them again.</summary>
    public IReadOnlyList<PlanStep> Skipped { get; init; } = [];

    /// <summary>True where nothing waits for a person.</summary>
    public bool IsWhole => Brake is null && !Waits.Any(w => w.NeedsPerson);

    internal static async Task<IReadOnlyList<RunResult>> OfAsync(IAsyncEnumerable<RunEvent> events)
    {
        Dictionary<string, RunResult> results = new(StringComparer.Ordinal);
        ExceptionDispatchInfo? first = null;
        await foreach (var happened in events)
        {
            // A pattern has no run of its own: its tables have.
            if (happened is RunEvent.LeftOut or RunEvent.TakenUp)
                continue;
            var result = results.GetValueOrDefault(happened.Policy) ?? new(happened.Policy);
            results[happened.Policy] = happened switch
            {
                RunEvent.Finished finished => result with { Summary = finished.Summary },
                RunEvent.Braked braked => result with { Brake = braked.Brake },
                RunEvent.Waiting waiting => result with { Waits = [.. result.Waits, waiting.Wait] },
                RunEvent.StepSkipped skipped => result with { Skipped = [.. result.Skipped, skipped.Step] },
                _ => result,
            };
            var error = (happened as RunEvent.Failed)?.Error ?? (happened as RunEvent.StepFailed)?.Error;
            if (error is not null)
                first ??= ExceptionDispatchInfo.Capture(error);
        }

        first?.Throw();
        return [.. results.Values];
    }
}
