using NodaTime;
using Varve.Scheduling;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <summary>What the end of a run means for its schedule. Pure.</summary>
internal static class RunConsequence
{
    private static readonly Duration s_firstCircuit = Duration.FromMinutes(1);
    private static readonly Duration s_longestCircuit = Duration.FromHours(1);

    /// <summary>The schedule after a run of it.</summary>
    internal static ScheduleState Of(ServerRun run, ScheduleState state, Schedule schedule)
    {
        if (run.State is RunState.Done or RunState.Braked or RunState.Waits)
            return state with { Failures = 0, CircuitUntil = null, Succeeded = run.Finished, Overdue = null };

        // Somebody else who has the database for a moment is no fault of the policy, nor is a person who ends a run.
        if (run.State != RunState.Failed || run.ErrorCode == WorkCodes.Busy)
            return state;
        var failures = state.Failures + 1;
        var rest = Duration.Min(s_longestCircuit, s_firstCircuit * (1L << Math.Min(failures - 1, 10)));
        state = state with { Failures = failures, CircuitUntil = run.Finished + rest };
        return schedule.PauseAfter <= failures && state.Pause is null
            ? state with
            {
                Pause = new(
                    run.Finished!.Value,
                    Caller.Scheduler.Subject,
                    FormattableString.Invariant($"{failures} failures one after the other, the last: {run.ErrorCode}"),
                    null
                ),
            }
            : state;
    }
}
