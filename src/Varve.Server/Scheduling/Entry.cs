using NodaTime;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <summary>A schedule in memory: what is kept of it, and when it is to be looked at.</summary>
internal sealed class Entry
{
    private Instant? _next;

    public Entry(ScheduleState state, Policy policy, Timetable times)
    {
        (State, Policy, Times) = (state, policy, times);
        Take(state);
    }

    public ScheduleState State { get; private set; }

    public Policy Policy { get; }

    public Timetable Times { get; }

    /// <summary>Takes what was stored.</summary>
    public void Take(ScheduleState state)
    {
        State = state;
        _next = Times.Next(state.Armed)?.Due;
    }

    /// <summary>When a warning is due because nothing succeeded; null where none is asked for, or it was given.</summary>
    public Instant? Expected(ScheduleState state) => Policy.Schedule!.ExpectWithin is { } within && state.Overdue is null
        ? (state.Succeeded ?? state.Armed) + within.Shortest
        : null;

    /// <summary>Whether there is something to decide. A clock that was set back is something.</summary>
    public bool IsDue(Instant now) => State.Armed > now || Wakes(now) <= now;

    /// <summary>When it is to be looked at next.</summary>
    public Instant? Wakes(Instant now)
    {
        if (State.Pause is { } pause) return pause.Until;
        return Expected(State) is { } expected && !(_next <= expected) ? expected : _next;
    }
}

/// <summary>A schedule as people see it.</summary>
internal sealed record ScheduleView(ScheduleState State, Policy Policy, Timetable Times);
