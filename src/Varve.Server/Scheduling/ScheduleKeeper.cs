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

/// <summary>
/// Every schedule of a server: what is due becomes a run, once for each instant, and what becomes none is written down with
/// the reason. What is decided is stored in the same transaction, so that a restart decides nothing twice.
/// </summary>
internal sealed partial class ScheduleKeeper(HomeDatabase home, ScheduleTable table, RunTable runs, ServerAudit audit, NoticeBoard notices, ILogger<ScheduleKeeper> log) : IDisposable
{
    // As many windows of one query wait at once; those behind them are decided when some have ended.
    private const int MostWindows = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<ScheduleKey, Entry> _entries = [];
    private IReadOnlyDictionary<ScheduleKey, ScheduleState>? _known;

    /// <summary>Where runs go; set before the first tick.</summary>
    public RunQueue? Queue { get; set; }

    /// <summary>True where this server decides; otherwise it knows schedules, and another one decides them.</summary>
    public bool Decides { get; private set; } = true;

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

            var gone = Gone(k => k.Connection == connection && !k.IsQuery && !asked.Contains(k));
            if (!Decides && (gone.Count > 0 || learned.Exists(l => l.IsNew))) await home.WriteAsync((s, token) => HomeDatabase.CountAsync(s, HomeSchema.SchedulesName, token), cancellationToken);
            if (Decides && learned.Exists(l => l.IsNew))
            {
                await home.LeadAsync(
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

            await RetireAsync(gone, cancellationToken);

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
                if (before is null && Decides) await home.LeadAsync((s, token) => SavedAsync(s, state, token), cancellationToken);
                lock (_entries) _entries[query.Key] = new(state, query);
            }

            await RetireAsync(Gone(k => k.IsQuery && !queries.Any(q => q.Key == k)), cancellationToken);

            _known = _known.Where(k => !k.Key.IsQuery).ToDictionary();
            return 0;
        },
        cancellationToken);

    /// <summary>Forgets what it knew: whoever decides from now on takes up everything from the store.</summary>
    /// <param name="decides">Whether this server decides.</param>
    /// <param name="cancellationToken">Ends the waiting for what is being decided.</param>
    public Task StartAsync(bool decides, CancellationToken cancellationToken) => AloneAsync(
        () =>
        {
            Decides = decides;
            _known = null;
            lock (_entries) _entries.Clear();
            return Task.FromResult(0);
        },
        cancellationToken);

    /// <summary>Forgets the schedules of a database that is kept no more; the store keeps them, so that a pause outlives that.</summary>
    public Task ForgetAsync(string connection, CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            var kept = (await table.ListAsync(cancellationToken)).Where(s => s.Key.Connection == connection && !s.Key.IsQuery).ToDictionary(s => s.Key);
            if (_known is not null) _known = _known.Where(k => k.Key.Connection != connection || k.Key.IsQuery).Concat(kept).ToDictionary();
            lock (_entries)
            {
                foreach (var key in _entries.Keys.Where(k => k.Connection == connection && !k.IsQuery).ToList()) _entries.Remove(key);
            }

            return 0;
        },
        cancellationToken);

    /// <summary>Takes up what other servers changed of schedules that are known here.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            foreach (var state in await table.ListAsync(cancellationToken))
            {
                lock (_entries)
                {
                    if (_entries.TryGetValue(state.Key, out var entry)) entry.Take(state);
                }
            }

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
                var (begun, decided) = await home.LeadAsync((statements, token) => DecideAsync(statements, due, now, token), cancellationToken);

                // Only what is stored counts: where the store refused, the same is decided again.
                foreach (var (entry, state, isFull) in decided)
                {
                    entry.Take(state);
                    entry.IsFull = isFull;
                }

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
            var changed = await home.WriteAsync(
                async (statements, token) =>
                {
                    var changed = change(await StoredAsync(statements, entry, token));
                    await table.SaveAsync(statements, changed, token);
                    await audit.AppendAsync(statements, caller with { Tenant = tenant }, action, key.ToString(), detail, token);
                    return changed;
                },
                cancellationToken);
            entry.Take(changed);
            return true;
        },
        cancellationToken);

    /// <summary>Writes down how a run ended, and what that means for its schedule.</summary>
    /// <returns>False where that was written before.</returns>
    public Task<bool> EndedAsync(ServerRun run) => AloneAsync(
        async () =>
        {
            Entry? entry;
            lock (_entries) entry = _entries.GetValueOrDefault(run.Key);
            var (isNew, after) = await home.LeadAsync<(bool, ScheduleState?)>(
                async (statements, token) =>
                {
                    if (!await runs.EndAsync(statements, run, token)) return (false, null);
                    await notices.AddAsync(statements, run, home.Now(), token);
                    if (entry is null) return (true, null);
                    var before = await StoredAsync(statements, entry, token);
                    var after = RunConsequence.Of(run, before, entry.Schedule);
                    await table.SaveAsync(statements, after, token);
                    if (after.Pause is { } pause && before.Pause is null)
                        await audit.AppendAsync(statements, Caller.Scheduler, "schedule.paused", after.Key.ToString(), new() { ["reason"] = pause.Reason }, token);
                    return (true, after);
                },
                CancellationToken.None);
            if (after is not null) entry!.Take(after);
            if (entry is not null) entry.IsFull = false;
            if (!isNew) return false;
            notices.Wake();
            ServerTelemetry.Ended(run);
            LogEnd(run);
            return true;
        },
        CancellationToken.None);

    public void Dispose() => _turn.Dispose();

    /// <summary>Schedules that are known and asked for no more. Those of the store are asked too: one may have gone while no server ran.</summary>
    private List<ScheduleKey> Gone(Func<ScheduleKey, bool> isGone)
    {
        lock (_entries) return [.. _entries.Keys.Concat(_known!.Keys).Where(isGone).Distinct()];
    }

    private async Task RetireAsync(IReadOnlyList<ScheduleKey> gone, CancellationToken cancellationToken)
    {
        foreach (var key in gone)
        {
            if (Decides) await table.RetireAsync(key, cancellationToken);
            lock (_entries) _entries.Remove(key);
        }
    }

    /// <summary>What is stored of a schedule now: another server may have changed it since this one looked.</summary>
    private async Task<ScheduleState> StoredAsync(IStatements statements, Entry entry, CancellationToken cancellationToken) =>
        home.IsShared ? await table.FindAsync(statements, entry.State.Key, cancellationToken) ?? entry.State : entry.State;

    private (ScheduleState State, bool IsNew) Learn(ScheduleKey key, ScheduledPolicy policy)
    {
        ScheduleState? before;
        lock (_entries) before = _entries.GetValueOrDefault(key)?.State;
        return policy.Learned(before ?? _known!.GetValueOrDefault(key), key, home.Now());
    }

    private async Task<(IReadOnlyList<ServerRun> Begun, IReadOnlyList<(Entry, ScheduleState, bool IsFull)> Decided)> DecideAsync(IStatements statements, IReadOnlyList<Entry> due, Instant now, CancellationToken cancellationToken)
    {
        List<ServerRun> begun = [];
        List<(Entry, ScheduleState, bool)> decided = [];
        foreach (var entry in due)
        {
            var state = await StoredAsync(statements, entry, cancellationToken);
            if (state.Pause is { } pause)
            {
                if (pause.Until is not { } until || until > now) continue;

                // The store says when the pause ended, not the moment at which somebody looked.
                state = state with { Pause = null, Armed = entry.Query is null ? Instant.Max(state.Armed, until) : state.Armed };
            }

            if (entry.Query is not null)
            {
                (state, var windows, var isFull) = await DecideWindowsAsync(statements, entry, state, now, cancellationToken);
                begun.AddRange(windows);
                state = await OverdueAsync(statements, entry, state, now, cancellationToken);
                await table.SaveAsync(statements, state, cancellationToken);
                decided.Add((entry, state, isFull));
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
            decided.Add((entry, state, false));
        }

        return (begun, decided);
    }

    /// <summary>Lets the windows of a query that are due wait for their turn, each once.</summary>
    private async Task<(ScheduleState State, IReadOnlyList<ServerRun> Begun, bool IsFull)> DecideWindowsAsync(IStatements statements, Entry entry, ScheduleState state, Instant now, CancellationToken cancellationToken)
    {
        if (state.CircuitUntil > now) return (state, [], entry.IsFull);
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

        return (state with { Armed = decision.Armed }, begun, decision.IsMore);
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
