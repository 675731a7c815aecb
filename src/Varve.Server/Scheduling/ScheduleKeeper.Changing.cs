using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <content>What people say about schedules, and what the end of a run means for one.</content>
internal sealed partial class ScheduleKeeper
{
    /// <summary>Changes what is kept of a schedule, and writes down who did.</summary>
    /// <returns>False where there is no such schedule.</returns>
    public async Task<bool> ChangeAsync(
        ScheduleKey key,
        Caller caller,
        string tenant,
        string action,
        JsonObject detail,
        Func<ScheduleState, ScheduleState> change,
        CancellationToken cancellationToken
    ) => await ChangeAsync([key], _ => caller with { Tenant = tenant }, action, detail, change, cancellationToken) > 0;

    /// <summary>
    /// Changes what is kept of schedules, all of them or none, and writes down who did. Runs of a policy that wait for their
    /// turn are left out where its schedule is paused: the next instant does what they would have done. Windows of a query are
    /// held back, because each of them has to be done.
    /// </summary>
    /// <param name="keys">Which.</param>
    /// <param name="caller">Who does so, by schedule.</param>
    /// <param name="action">What is done, as the log calls it.</param>
    /// <param name="detail">What the log has beside it.</param>
    /// <param name="change">The change; null: that one stays as it is, and nothing is written down of it.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    /// <returns>How many were changed.</returns>
    public Task<int> ChangeAsync(
        IReadOnlyCollection<ScheduleKey> keys,
        Func<ScheduleKey, Caller> caller,
        string action,
        JsonObject detail,
        Func<ScheduleState, ScheduleState?> change,
        CancellationToken cancellationToken
    ) =>
        AloneAsync(
            async () =>
            {
                List<Entry> entries;
                lock (_entries)
                    entries = [.. keys.Select(k => _entries.GetValueOrDefault(k)).OfType<Entry>()];
                if (entries.Count == 0)
                    return 0;
                var (changed, left) = await home.WriteAsync(
                    async (statements, token) =>
                    {
                        var stored = await StoredAsync(statements, token);
                        var changed = entries
                            .Select(e => (Entry: e, Before: stored.GetValueOrDefault(e.State.Key) ?? e.State))
                            .Select(e => (e.Entry, e.Before, After: change(e.Before)))
                            .Where(e => e.After is not null)
                            .Select(e => (e.Entry, After: e.After!, IsPaused: e.After!.Pause is not null && e.Before.Pause is null))
                            .ToList();
                        await table.SaveAsync(statements, [.. changed.Select(c => c.After)], token);
                        var left = await LeaveOutAsync(statements, [.. changed.Where(c => c.IsPaused).Select(c => c.After)], token);
                        var counts = left.CountBy(r => r.Key).ToDictionary();
                        await audit.AppendAsync(
                            statements,
                            [
                                .. changed.Select(c => new AuditWord(
                                    caller(c.After.Key),
                                    action,
                                    c.After.Key.ToString(),
                                    Said(detail, counts.GetValueOrDefault(c.After.Key))
                                )),
                            ],
                            token
                        );
                        return (changed, left);
                    },
                    cancellationToken
                );
                foreach (var (entry, after, _) in changed)
                    entry.Take(after);
                Drop(left);
                Queue!.Pump();
                return changed.Count;
            },
            cancellationToken
        );

    /// <summary>Writes down how a run ended, and what that means for its schedule.</summary>
    /// <returns>False where that was written before.</returns>
    public Task<bool> EndedAsync(ServerRun run) =>
        AloneAsync(
            async () =>
            {
                Entry? entry;
                lock (_entries)
                    entry = _entries.GetValueOrDefault(run.Key);
                var (isNew, after, left) = await home.LeadAsync<(bool, ScheduleState?, IReadOnlyList<ServerRun>)>(
                    async (statements, token) =>
                    {
                        if (!await runs.EndAsync(statements, run, token))
                            return (false, null, []);
                        if (await runs.IsNewsAsync(statements, run, token))
                            await notices.AddAsync(statements, run, home.Now(), token);
                        if (entry is null)
                            return (true, null, []);
                        var before = await StoredAsync(statements, entry, token);
                        var after = RunConsequence.Of(run, before, entry.Schedule);
                        await table.SaveAsync(statements, after, token);
                        if (after.Pause is not { } pause || before.Pause is not null)
                            return (true, after, []);
                        var left = await LeaveOutAsync(statements, [after], token);
                        await audit.AppendAsync(
                            statements,
                            Caller.Scheduler,
                            "schedule.paused",
                            after.Key.ToString(),
                            Said(new() { ["reason"] = pause.Reason }, left.Count),
                            token
                        );
                        return (true, after, left);
                    },
                    CancellationToken.None
                );
                if (after is not null)
                    entry!.Take(after);
                if (entry is not null)
                    entry.IsFull = false;
                if (!isNew)
                    return false;
                notices.Wake();
                ServerTelemetry.Ended(run);
                LogEnd(run);
                Drop(left);
                return true;
            },
            CancellationToken.None
        );

    /// <summary>Why a run that waits is held back by its schedule; null where it is not.</summary>
    /// <remarks>
    /// Windows of a query are decided many at once, so one that fails, or a person who pauses it, has to stop those that wait.
    /// What a person asked for by hand is not held back, and a backfill has a pause of its own.
    /// </remarks>
    public string? Held(ServerRun run)
    {
        if (run is not { IsQuery: true, Trigger: RunTrigger.Schedule })
            return null;
        ScheduleState? state;
        lock (_entries)
            state = _entries.GetValueOrDefault(run.Key)?.State;
        var now = home.Now();
        return state?.Pause is { } pause && !(pause.Until <= now) ? $"the schedule is paused by {pause.By}: {pause.Reason}"
            : state?.CircuitUntil > now ? Rests(state)
            : null;
    }

    private static string Rests(ScheduleState state) =>
        FormattableString.Invariant(
            $"it failed {state.Failures} times one after the other; nothing is tried before {Time.InstantText.Format(state.CircuitUntil!.Value)}"
        );

    /// <summary>Leaves out the runs of policies that wait for their turn; all of the schedules were paused by one word.</summary>
    private async Task<IReadOnlyList<ServerRun>> LeaveOutAsync(
        IStatements statements,
        IReadOnlyList<ScheduleState> paused,
        CancellationToken cancellationToken
    ) =>
        paused is [{ Pause: { } pause }, ..]
            ? await runs.LeaveOutAsync(
                statements,
                paused.Select(s => s.Key),
                $"the schedule was paused by {pause.By} before its turn came: {pause.Reason}",
                home.Now(),
                cancellationToken
            )
            : [];

    private static JsonObject Said(JsonObject detail, int leftOut)
    {
        var said = detail.DeepClone().AsObject();
        if (leftOut > 0)
            said["leftOut"] = leftOut;
        return said;
    }

    private void Drop(IReadOnlyList<ServerRun> left)
    {
        foreach (var run in left)
        {
            ServerTelemetry.Ended(run);
            Queue!.Drop(run);
        }
    }

    private void LogEnd(ServerRun run)
    {
        if (run.State == RunState.Failed)
            log.ScheduledRunFailed(run.Id, run.Connection, run.Policy, run.ErrorCode ?? "", run.Error ?? "");
        else
            log.ScheduledRunEnded(run.Id, run.Connection, run.Policy, run.State);
    }
}
