using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Notices;
using Varve.Server.Runs;

namespace Varve.Server.Scheduling;

/// <content>What is decided at an instant.</content>
internal sealed partial class ScheduleKeeper
{
    /// <summary>
    /// Schedules that are known and asked for no more. Those of the store are asked too: one may have gone while no server ran.
    /// </summary>
    private List<ScheduleKey> Gone(Func<ScheduleKey, bool> isGone)
    {
        lock (_entries)
            return [.. _entries.Keys.Concat(_known!.Keys).Where(isGone).Distinct()];
    }

    private async Task RetireAsync(IReadOnlyList<ScheduleKey> gone, CancellationToken cancellationToken)
    {
        foreach (var key in gone)
        {
            if (Decides)
                await table.RetireAsync(key, cancellationToken);
            lock (_entries)
                _entries.Remove(key);
        }
    }

    /// <summary>What is stored of schedules now; none where nobody else may have changed them.</summary>
    private async Task<IReadOnlyDictionary<ScheduleKey, ScheduleState>> StoredAsync(
        IStatements statements,
        CancellationToken cancellationToken
    ) =>
        home.IsShared
            ? (await table.ListAsync(statements, cancellationToken)).ToDictionary(s => s.Key)
            : new Dictionary<ScheduleKey, ScheduleState>();

    /// <summary>What is stored of a schedule now: another server may have changed it since this one looked.</summary>
    private async Task<ScheduleState> StoredAsync(IStatements statements, Entry entry, CancellationToken cancellationToken) =>
        home.IsShared ? await table.FindAsync(statements, entry.State.Key, cancellationToken) ?? entry.State : entry.State;

    private (ScheduleState State, bool IsNew) Learn(ScheduleKey key, ScheduledPolicy policy)
    {
        ScheduleState? before;
        lock (_entries)
            before = _entries.GetValueOrDefault(key)?.State;
        return policy.Learned(before ?? _known!.GetValueOrDefault(key), key, home.Now());
    }

    private async Task<(IReadOnlyList<Fired> Fired, IReadOnlyList<(Entry, ScheduleState, bool IsFull)> Decided)> DecideAsync(
        IStatements statements,
        IReadOnlyList<Entry> due,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        List<Fired> fired = [];
        List<Fired> asked = [];
        List<(Entry, ScheduleState State, bool)> decided = [];
        var stored = await StoredAsync(statements, cancellationToken);
        foreach (var entry in due)
        {
            var state = stored.GetValueOrDefault(entry.State.Key) ?? entry.State;
            if (state.Pause is { } pause)
            {
                if (pause.Until is not { } until || until > now)
                    continue;

                // The store says when the pause ended, not the moment at which somebody looked.
                state = state with
                {
                    Pause = null,
                    Armed = entry.Query is null ? Instant.Max(state.Armed, until) : state.Armed,
                };
            }

            if (entry.Query is not null)
            {
                (state, var windows, var isFull) = await DecideWindowsAsync(statements, entry, state, now, cancellationToken);
                fired.AddRange(windows);
                decided.Add((entry, await OverdueAsync(statements, entry, state, now, cancellationToken), isFull));
                continue;
            }

            var decision = entry.Times.Decide(state.Armed, now);
            if (decision is Decision.Rearm rearm)
            {
                log.ClockWasSetBack(state.Key.ToString(), now);
                (state, decision) = (state with { Armed = rearm.From }, new Decision.Wait(null));
            }

            if (decision is Decision.Fire or Decision.Skip)
            {
                var (at, missed, reason) = decision switch
                {
                    Decision.Fire fire => (fire.At, fire.Missed, Hindered(entry, state, now)),
                    Decision.Skip skip => (skip.At, skip.Missed, skip.Reason),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
                var run = new ServerRun(
                    ServerRun.IdOf(state.Key, at.Scheduled),
                    state.Key.Connection,
                    state.Key.Policy,
                    RunTrigger.Schedule,
                    now,
                    Caller.Scheduler.Subject
                )
                {
                    Scheduled = at.Scheduled,
                    Missed = missed,
                };
                if (reason is not null)
                    run = run with { State = RunState.Skipped, Finished = now, Reason = reason };
                asked.Add(new(run, at.Due));
                state = state with { Armed = at.Scheduled, SkipBy = decision is Decision.Fire ? null : state.SkipBy };
            }

            decided.Add((entry, await OverdueAsync(statements, entry, state, now, cancellationToken), false));
        }

        // Hundreds may be due in one minute: they are stored with few statements, so that the last of them is not late.
        var added = await runs.AddAsync(statements, [.. asked.Select(f => f.Run)], cancellationToken);
        fired.AddRange(asked.Where(f => added.Contains(f.Run.Id)));
        await table.SaveAsync(statements, [.. decided.Select(d => d.State)], cancellationToken);
        return (fired, decided);
    }

    /// <summary>Lets the windows of a query that are due wait for their turn, each once.</summary>
    private async Task<(ScheduleState State, IReadOnlyList<Fired> Fired, bool IsFull)> DecideWindowsAsync(
        IStatements statements,
        Entry entry,
        ScheduleState state,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        if (state.CircuitUntil > now)
            return (state, [], entry.IsFull);
        List<Fired> fired = [];
        var room = Math.Max(0, MostWindows - Queue!.Open(state.Key));
        var decision = WindowDecision.Of(entry.Windows!, entry.Query!.Query.Catchup, state.Armed, now, room);
        foreach (var (window, leftOut, missed) in decision.Windows)
        {
            var reason = leftOut ?? (state.SkipBy is { } by ? $"left out once, as {by} asked" : null);
            if (leftOut is null)
                state = state with { SkipBy = null };
            var run = new ServerRun(
                ServerRun.IdOf(state.Key, window.To),
                state.Key.Connection,
                state.Key.Policy,
                RunTrigger.Schedule,
                now,
                Caller.Scheduler.Subject
            )
            {
                Scheduled = window.To,
                Missed = missed,
                Window = window,
            };
            if (reason is not null)
                run = run with { State = RunState.Skipped, Finished = now, Reason = reason };
            if (!await runs.AddAsync(statements, run, cancellationToken))
                continue;
            fired.Add(new(run, window.To));
            if (leftOut is not null)
                await notices.MissedAsync(statements, run, now, cancellationToken);
        }

        return (state with { Armed = decision.Armed }, fired, decision.IsMore);
    }

    private async Task<int> SavedAsync(IStatements statements, ScheduleState state, CancellationToken cancellationToken)
    {
        await table.SaveAsync(statements, state, cancellationToken);
        return 0;
    }

    /// <summary>Why what is due does not begin; null where it does.</summary>
    private string? Hindered(Entry entry, ScheduleState state, Instant now)
    {
        if (state.SkipBy is { } by)
            return $"left out once, as {by} asked";
        if (state.CircuitUntil > now)
            return Rests(state);
        var (running, waiting) = Queue!.Of(state.Key);
        if (!running && !waiting)
            return null;
        return entry.Schedule.Overlap == Overlap.Skip ? "the run before it is still under way"
            : waiting ? "one run waits already"
            : null;
    }

    private async Task<ScheduleState> OverdueAsync(
        IStatements statements,
        Entry entry,
        ScheduleState state,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        if (
            entry.Schedule.ExpectWithin is not { } within
            || state.Overdue is not null
            || entry.Expected(state) is not { } expected
            || expected > now
        )
            return state;
        log.IsOverdue(state.Key.ToString(), within.Text);
        await audit.AppendAsync(
            statements,
            Caller.Scheduler,
            "schedule.overdue",
            state.Key.ToString(),
            new() { ["expectWithin"] = within.Text },
            cancellationToken
        );
        await notices.OverdueAsync(statements, state.Key, within.Text, now, cancellationToken);
        return state with { Overdue = now };
    }
}
