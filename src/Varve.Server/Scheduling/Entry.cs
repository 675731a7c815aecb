using NodaTime;
using Varve.Policies;
using Varve.Queries;
using Varve.Scheduling;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <summary>A schedule in memory: what is kept of it, and when it is to be looked at.</summary>
internal sealed class Entry
{
    private Instant? _next;

    public Entry(ScheduleState state, Policy policy)
    {
        (State, Schedule, Times) = (state, policy.Schedule!, new(policy.Schedule!, policy.Zone, policy.Name));
        Take(state);
    }

    public Entry(ScheduleState state, StoredQuery query)
    {
        (State, Schedule, Query, Windows) = (state, query.Query.Schedule, query, query.Query.Times());
        Times = Windows.Times;
        Take(state);
    }

    public ScheduleState State { get; private set; }

    public Schedule Schedule { get; }

    public Timetable Times { get; }

    /// <summary>The query that it is of; null for a policy.</summary>
    public StoredQuery? Query { get; }

    /// <summary>The windows of the query; null for a policy.</summary>
    public QueryTimes? Windows { get; }

    /// <summary>True where more windows are due than may wait at once: it is looked at again when one has ended.</summary>
    public bool IsFull { get; set; }

    /// <summary>Takes what was stored.</summary>
    public void Take(ScheduleState state)
    {
        State = state;
        _next = Windows is null ? Times.Next(state.Armed)?.Due : Windows.Due(state.Armed);
    }

    /// <summary>When a warning is due because nothing succeeded; null where none is asked for, or it was given.</summary>
    public Instant? Expected(ScheduleState state) =>
        Schedule.ExpectWithin is { } within && state.Overdue is null ? (state.Succeeded ?? state.Armed) + within.Shortest : null;

    /// <summary>
    /// Whether there is something to decide. A clock that was set back is something, but for windows: those that were done stay
    /// done.
    /// </summary>
    public bool IsDue(Instant now) => (Windows is null && State.Armed > now) || Wakes(now) <= now;

    /// <summary>When it is to be looked at next.</summary>
    public Instant? Wakes(Instant now)
    {
        if (State.Pause is { } pause)
            return pause.Until;

        // A window that is due while its query rests waits, and so does one that was decided before: none is lost.
        var next =
            Windows is null ? _next
            : State.CircuitUntil is { } rest && rest > now ? rest
            : IsFull ? null
            : _next;
        return Expected(State) is { } expected && !(next <= expected) ? expected : next;
    }
}

/// <summary>A schedule as people see it.</summary>
internal sealed record ScheduleView(ScheduleState State, Schedule Schedule, Timetable Times, StoredQuery? Query);
