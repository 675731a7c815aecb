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

/// <summary>A policy, or a pattern, that has a schedule.</summary>
/// <param name="Policy">What it says.</param>
/// <param name="AppliedAt">When this revision was stored.</param>
internal sealed record ScheduledPolicy(Policy Policy, Instant AppliedAt);

/// <summary>
/// Every schedule of a server: what is due becomes a run, once for each instant, and what becomes none is written down with
/// the reason. What is decided is stored in the same transaction, so that a restart decides nothing twice.
/// </summary>
internal sealed partial class ScheduleKeeper(HomeDatabase home, ScheduleTable table, RunTable runs, ServerAudit audit, NoticeBoard notices, ILogger<ScheduleKeeper> log) : IDisposable
{
    private static readonly Duration s_firstCircuit = Duration.FromMinutes(1);
    private static readonly Duration s_longestCircuit = Duration.FromHours(1);

    // As many windows of one query wait at once; those behind them are decided when some have ended.
    private const int MostWindows = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<ScheduleKey, Entry> _entries = [];
    private IReadOnlyDictionary<ScheduleKey, ScheduleState>? _known;

    /// <summary>Where runs go; set before the first tick.</summary>
    public RunQueue? Queue { get; set; }

    /// <summary>Every schedule as it stands.</summary>
    public IReadOnlyList<ScheduleView> All
    {
        get
        {
            lock (_entries) return [.. _entries.Values.Select(e => new ScheduleView(e.State, e.Schedule, e.Times, e.Query)).OrderBy(v => v.State.Key.Connection, StringComparer.Ordinal).ThenBy(v => v.State.Key.Policy, StringComparer.Ordinal)];
        }
    }

    /// <summary>Takes up the schedules of one database as they are stored in it now.</summary>
    public Task LearnAsync(string connection, IReadOnlyList<ScheduledPolicy> policies, CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            _known ??= (await table.ListAsync(cancellationToken)).ToDictionary(s => s.Key);
            HashSet<ScheduleKey> asked = [];
            List<(ScheduleState State, Policy Policy, bool IsNew)> learned = [];
            foreach (var policy in policies)
            {
                var key = new ScheduleKey(connection, policy.Policy.Name);
                asked.Add(key);
                var (state, isNew) = Learn(key, policy);
                learned.Add((state, policy.Policy, isNew));
            }

            if (learned.Exists(l => l.IsNew))
            {
                await home.WriteAsync(
                    async (statements, token) =>
                    {
                        foreach (var one in learned.Where(l => l.IsNew)) await table.SaveAsync(statements, one.State, token);
                        return 0;
                    },
                    cancellationToken);
            }

            lock (_entries)
            {
                foreach (var (state, policy, _) in learned) _entries[state.Key] = new(state, policy);
            }

            // Those of the store are asked too: one may have gone while no server ran.
            foreach (var gone in _entries.Keys.Concat(_known.Keys).Where(k => k.Connection == connection && !k.IsQuery && !asked.Contains(k)).Distinct().ToList())
            {
                await table.RetireAsync(gone, cancellationToken);
                lock (_entries) _entries.Remove(gone);
            }

            _known = _known.Where(k => k.Key.Connection != connection || k.Key.IsQuery).ToDictionary();
            return 0;
        },
        cancellationToken);

    /// <summary>Takes up the queries as they are stored now.</summary>
    public Task LearnAsync(IReadOnlyList<StoredQuery> queries, CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            _known ??= (await table.ListAsync(cancellationToken)).ToDictionary(s => s.Key);
            foreach (var query in queries)
            {
                ScheduleState? before;
                lock (_entries) before = _entries.GetValueOrDefault(query.Key)?.State;
                before ??= _known.GetValueOrDefault(query.Key);

                // An edit moves nothing: the next window begins where the last one ended, so that none is lost and none overlaps.
                var state = before ?? new(query.Key, query.Query.Schedule.Text, query.Query.Times().First(query.AppliedAt));
                if (before is null) await home.WriteAsync(async (s, token) => await SavedAsync(s, state, token), cancellationToken);
                lock (_entries) _entries[query.Key] = new(state, query);
            }

            foreach (var gone in _entries.Keys.Concat(_known.Keys).Where(k => k.IsQuery && !queries.Any(q => q.Key == k)).Distinct().ToList())
            {
                await table.RetireAsync(gone, cancellationToken);
                lock (_entries) _entries.Remove(gone);
            }

            _known = _known.Where(k => !k.Key.IsQuery).ToDictionary();
            return 0;
        },
        cancellationToken);

    /// <summary>Decides whatever is due now.</summary>
    /// <returns>When something is due next; null where nothing ever is.</returns>
    public Task<Instant?> TickAsync(CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            var now = home.Now();
            List<Entry> due;
            lock (_entries) due = [.. _entries.Values.Where(e => e.IsDue(now))];
            if (due.Count > 0)
            {
                var begun = await home.WriteAsync((statements, token) => DecideAsync(statements, due, now, token), cancellationToken);
                foreach (var run in begun) Queue!.Admit(run);
                notices.Wake();
            }

            lock (_entries) return _entries.Values.Select(e => e.Wakes(now)).Min();
        },
        cancellationToken);

    /// <summary>Changes what is kept of a schedule, and writes down who did.</summary>
    /// <returns>False where there is no such schedule.</returns>
    public Task<bool> ChangeAsync(ScheduleKey key, Caller caller, string tenant, string action, JsonObject detail, Func<ScheduleState, ScheduleState> change, CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            Entry? entry;
            lock (_entries) entry = _entries.GetValueOrDefault(key);
            if (entry is null) return false;
            var changed = change(entry.State);
            await home.WriteAsync(
                async (statements, token) =>
                {
                    await table.SaveAsync(statements, changed, token);
                    await audit.AppendAsync(statements, caller with { Tenant = tenant }, action, key.ToString(), detail, token);
                    return 0;
                },
                cancellationToken);
            entry.Take(changed);
            return true;
        },
        cancellationToken);

    /// <summary>Writes down how a run ended, and what that means for its schedule.</summary>
    public Task EndedAsync(ServerRun run) => AloneAsync(
        async () =>
        {
            Entry? entry;
            lock (_entries) entry = _entries.GetValueOrDefault(run.Key);
            var after = entry is null ? null : After(run, entry);
            await home.WriteAsync(
                async (statements, token) =>
                {
                    if (await runs.EndAsync(statements, run, token)) await notices.AddAsync(statements, run, home.Now(), token);
                    if (after is not null) await table.SaveAsync(statements, after, token);
                    if (after is { Pause: { } pause } && entry!.State.Pause is null)
                        await audit.AppendAsync(statements, Caller.Scheduler, "schedule.paused", after.Key.ToString(), new() { ["reason"] = pause.Reason }, token);
                    return 0;
                },
                CancellationToken.None);
            if (after is not null) entry!.Take(after);
            if (entry is not null) entry.IsFull = false;
            notices.Wake();
            ServerTelemetry.Ended(run);
            LogEnd(run);
            return 0;
        },
        CancellationToken.None);

    public void Dispose() => _turn.Dispose();

    private (ScheduleState State, bool IsNew) Learn(ScheduleKey key, ScheduledPolicy policy)
    {
        var rule = PolicyJson.Canonical(new() { Name = "", Table = new(null, ""), Time = "", Zone = policy.Policy.Zone, Schedule = policy.Policy.Schedule });
        ScheduleState? before;
        lock (_entries) before = _entries.GetValueOrDefault(key)?.State;
        before ??= _known!.GetValueOrDefault(key);
        if (before?.Rule == rule) return (before, false);

        // An edit counts from its own instant on, and a schedule that is seen for the first time from now on: neither fires a run by itself.
        var now = home.Now();
        var armed = before is null ? now : Instant.Min(now, Instant.Max(before.Armed, policy.AppliedAt));
        return ((before ?? new ScheduleState(key, rule, armed)) with { Rule = rule, Armed = armed }, true);
    }

    private async Task<IReadOnlyList<ServerRun>> DecideAsync(IStatements statements, IReadOnlyList<Entry> due, Instant now, CancellationToken cancellationToken)
    {
        List<ServerRun> begun = [];
        foreach (var entry in due)
        {
            var state = entry.State;
            if (state.Pause is { } pause)
            {
                if (pause.Until is not { } until || until > now) continue;

                // The store says when the pause ended, not the moment at which somebody looked.
                state = state with { Pause = null, Armed = entry.Query is null ? Instant.Max(state.Armed, until) : state.Armed };
            }

            if (entry.Query is not null)
            {
                (state, var windows) = await DecideWindowsAsync(statements, entry, state, now, cancellationToken);
                begun.AddRange(windows);
                state = await OverdueAsync(statements, entry, state, now, cancellationToken);
                await table.SaveAsync(statements, state, cancellationToken);
                entry.Take(state);
                continue;
            }

            var decision = entry.Times.Decide(state.Armed, now);
            if (decision is Decision.Rearm rearm)
            {
                LogClock(state.Key.ToString(), now);
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
                var run = new ServerRun(ServerRun.IdOf(state.Key, at.Scheduled), state.Key.Connection, state.Key.Policy, RunTrigger.Schedule, now, Caller.Scheduler.Subject) { Scheduled = at.Scheduled, Missed = missed };
                if (reason is not null) run = run with { State = RunState.Skipped, Finished = now, Reason = reason };
                if (await runs.AddAsync(statements, run, cancellationToken))
                {
                    if (reason is null) begun.Add(run);
                    else ServerTelemetry.Ended(run);
                    ServerTelemetry.Fired(state.Key, now - at.Due, missed);
                }

                state = state with { Armed = at.Scheduled, SkipBy = decision is Decision.Fire ? null : state.SkipBy };
            }

            state = await OverdueAsync(statements, entry, state, now, cancellationToken);
            await table.SaveAsync(statements, state, cancellationToken);
            entry.Take(state);
        }

        return begun;
    }

    /// <summary>Lets the windows of a query that are due wait for their turn, each once.</summary>
    private async Task<(ScheduleState State, IReadOnlyList<ServerRun> Begun)> DecideWindowsAsync(IStatements statements, Entry entry, ScheduleState state, Instant now, CancellationToken cancellationToken)
    {
        if (state.CircuitUntil > now) return (state, []);
        List<ServerRun> begun = [];
        var room = Math.Max(0, MostWindows - Queue!.Open(state.Key));
        var decision = WindowDecision.Of(entry.Windows!, entry.Query!.Query.Catchup, state.Armed, now, room);
        foreach (var (window, leftOut, missed) in decision.Windows)
        {
            var reason = leftOut ?? (state.SkipBy is { } by ? $"left out once, as {by} asked" : null);
            if (leftOut is null) state = state with { SkipBy = null };
            var run = new ServerRun(ServerRun.IdOf(state.Key, window.To), state.Key.Connection, state.Key.Policy, RunTrigger.Schedule, now, Caller.Scheduler.Subject) { Scheduled = window.To, Missed = missed, Window = window };
            if (reason is not null) run = run with { State = RunState.Skipped, Finished = now, Reason = reason };
            if (!await runs.AddAsync(statements, run, cancellationToken)) continue;
            if (reason is null) begun.Add(run);
            else ServerTelemetry.Ended(run);
            ServerTelemetry.Fired(state.Key, now - window.To, missed);
        }

        entry.IsFull = decision.IsMore;
        return (state with { Armed = decision.Armed }, begun);
    }

    private async Task<int> SavedAsync(IStatements statements, ScheduleState state, CancellationToken cancellationToken)
    {
        await table.SaveAsync(statements, state, cancellationToken);
        return 0;
    }

    /// <summary>Why what is due does not begin; null where it does.</summary>
    private string? Hindered(Entry entry, ScheduleState state, Instant now)
    {
        if (state.SkipBy is { } by) return $"left out once, as {by} asked";
        if (state.CircuitUntil is { } until && until > now) return FormattableString.Invariant($"it failed {state.Failures} times one after the other; nothing is tried before {Time.InstantText.Format(until)}");
        var (running, waiting) = Queue!.Of(state.Key);
        if (!running && !waiting) return null;
        return entry.Schedule.Overlap == Overlap.Skip ? "the run before it is still under way"
            : waiting ? "one run waits already"
            : null;
    }

    private async Task<ScheduleState> OverdueAsync(IStatements statements, Entry entry, ScheduleState state, Instant now, CancellationToken cancellationToken)
    {
        if (entry.Schedule.ExpectWithin is not { } within || state.Overdue is not null || entry.Expected(state) is not { } expected || expected > now) return state;
        LogOverdue(state.Key.ToString(), within.Text);
        await audit.AppendAsync(statements, Caller.Scheduler, "schedule.overdue", state.Key.ToString(), new() { ["expectWithin"] = within.Text }, cancellationToken);
        await notices.OverdueAsync(statements, state.Key, within.Text, now, cancellationToken);
        return state with { Overdue = now };
    }

    private static ScheduleState After(ServerRun run, Entry entry)
    {
        var state = entry.State;
        if (run.State is RunState.Done or RunState.Braked or RunState.Waits) return state with { Failures = 0, CircuitUntil = null, Succeeded = run.Finished, Overdue = null };

        // Somebody else who has the database for a moment is no fault of the policy, nor is a person who ends a run.
        if (run.State != RunState.Failed || run.ErrorCode == "VRV301") return state;
        var failures = state.Failures + 1;
        var rest = Duration.Min(s_longestCircuit, s_firstCircuit * (1L << Math.Min(failures - 1, 10)));
        state = state with { Failures = failures, CircuitUntil = run.Finished + rest };
        return entry.Schedule.PauseAfter <= failures && state.Pause is null
            ? state with { Pause = new(run.Finished!.Value, Caller.Scheduler.Subject, FormattableString.Invariant($"{failures} failures one after the other, the last: {run.ErrorCode}"), null) }
            : state;
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void LogEnd(ServerRun run)
    {
        if (run.State == RunState.Failed) LogFailed(run.Id, run.Connection, run.Policy, run.ErrorCode ?? "", run.Error ?? "");
        else LogEnded(run.Id, run.Connection, run.Policy, run.State);
    }

    [LoggerMessage(1, LogLevel.Information, "run {Run} of {Connection}/{Policy}: {State}")]
    private partial void LogEnded(string run, string connection, string policy, RunState state);

    [LoggerMessage(2, LogLevel.Error, "run {Run} of {Connection}/{Policy} failed: {Code}: {Message}")]
    private partial void LogFailed(string run, string connection, string policy, string code, string message);

    [LoggerMessage(3, LogLevel.Warning, "{Schedule}: nothing succeeded within {Within}")]
    private partial void LogOverdue(string schedule, string within);

    [LoggerMessage(4, LogLevel.Warning, "{Schedule}: the clock was set back to {Now}; its instants count from here on")]
    private partial void LogClock(string schedule, Instant now);
}
