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
internal sealed partial class ScheduleKeeper(
    HomeDatabase home,
    ScheduleTable table,
    RunTable runs,
    ServerAudit audit,
    NoticeBoard notices,
    ILogger<ScheduleKeeper> log
) : IDisposable
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
            lock (_entries)
                return
                [
                    .. _entries
                        .Values.Select(e => new ScheduleView(e.State, e.Schedule, e.Times, e.Query))
                        .OrderBy(v => v.State.Key.Connection, StringComparer.Ordinal)
                        .ThenBy(v => v.State.Key.Policy, StringComparer.Ordinal),
                ];
        }
    }

    /// <summary>Takes up the schedules of one database as they are stored in it now.</summary>
    public Task LearnAsync(string connection, IReadOnlyList<ScheduledPolicy> policies, CancellationToken cancellationToken) =>
        AloneAsync(
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
                if (!Decides && (gone.Count > 0 || learned.Exists(l => l.IsNew)))
                    await home.WriteAsync((s, token) => HomeDatabase.CountAsync(s, HomeSchema.SchedulesName, token), cancellationToken);
                if (Decides && learned.Exists(l => l.IsNew))
                {
                    await home.LeadAsync(
                        async (statements, token) =>
                        {
                            await table.SaveAsync(statements, [.. learned.Where(l => l.IsNew).Select(l => l.State)], token);
                            return 0;
                        },
                        cancellationToken
                    );
                }

                lock (_entries)
                {
                    foreach (var (state, policy, _) in learned)
                        _entries[state.Key] = new(state, policy);
                }

                await RetireAsync(gone, cancellationToken);

                _known = _known.Where(k => k.Key.Connection != connection || k.Key.IsQuery).ToDictionary();
                return 0;
            },
            cancellationToken
        );

    /// <summary>Takes up the queries as they are stored now.</summary>
    public Task LearnAsync(IReadOnlyList<StoredQuery> queries, CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                _known ??= (await table.ListAsync(cancellationToken)).ToDictionary(s => s.Key);
                foreach (var query in queries)
                {
                    ScheduleState? before;
                    lock (_entries)
                        before = _entries.GetValueOrDefault(query.Key)?.State;
                    before ??= _known.GetValueOrDefault(query.Key);

                    // An edit moves nothing: the next window begins where the last one ended, so that none is lost and none overlaps.
                    var state = before ?? new(query.Key, query.Query.Schedule.Text, query.Query.Times().First(query.AppliedAt));
                    if (before is null && Decides)
                        await home.LeadAsync((s, token) => SavedAsync(s, state, token), cancellationToken);
                    lock (_entries)
                        _entries[query.Key] = new(state, query);
                }

                await RetireAsync(Gone(k => k.IsQuery && !queries.Any(q => q.Key == k)), cancellationToken);

                _known = _known.Where(k => !k.Key.IsQuery).ToDictionary();
                return 0;
            },
            cancellationToken
        );

    /// <summary>Forgets what it knew: whoever decides from now on takes up everything from the store.</summary>
    /// <param name="decides">Whether this server decides.</param>
    /// <param name="cancellationToken">Ends the waiting for what is being decided.</param>
    public Task StartAsync(bool decides, CancellationToken cancellationToken) =>
        AloneAsync(
            () =>
            {
                Decides = decides;
                _known = null;
                lock (_entries)
                    _entries.Clear();
                return Task.FromResult(0);
            },
            cancellationToken
        );

    /// <summary>Forgets the schedules of a database that is kept no more; the store keeps them, so that a pause outlives that.</summary>
    public Task ForgetAsync(string connection, CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                var kept = (await table.ListAsync(cancellationToken))
                    .Where(s => s.Key.Connection == connection && !s.Key.IsQuery)
                    .ToDictionary(s => s.Key);
                if (_known is not null)
                    _known = _known.Where(k => k.Key.Connection != connection || k.Key.IsQuery).Concat(kept).ToDictionary();
                lock (_entries)
                {
                    foreach (var key in _entries.Keys.Where(k => k.Connection == connection && !k.IsQuery).ToList())
                        _entries.Remove(key);
                }

                return 0;
            },
            cancellationToken
        );

    /// <summary>Takes up what other servers changed of schedules that are known here.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                foreach (var state in await table.ListAsync(cancellationToken))
                {
                    lock (_entries)
                    {
                        if (_entries.TryGetValue(state.Key, out var entry))
                            entry.Take(state);
                    }
                }

                return 0;
            },
            cancellationToken
        );

    /// <summary>Decides whatever is due now.</summary>
    /// <returns>When something is due next; null where nothing ever is.</returns>
    public Task<Instant?> TickAsync(CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                var now = home.Now();
                List<Entry> due;
                lock (_entries)
                    due = [.. _entries.Values.Where(e => e.IsDue(now))];
                if (due.Count > 0)
                {
                    var (fired, decided) = await home.LeadAsync(
                        (statements, token) => DecideAsync(statements, due, now, token),
                        cancellationToken
                    );

                    // Only what is stored counts: where the store refused, the same is decided again.
                    foreach (var (entry, state, isFull) in decided)
                    {
                        entry.Take(state);
                        entry.IsFull = isFull;
                    }

                    var at = home.Now();
                    foreach (var (run, dueAt) in fired)
                    {
                        ServerTelemetry.Fired(run, at - dueAt);
                        if (run.IsOpen)
                            Queue!.Admit(run);
                        else
                            ServerTelemetry.Ended(run);
                    }

                    notices.Wake();
                }

                // Windows that a pause or a rest held back may begin once that is over.
                Queue!.Pump();
                lock (_entries)
                    return _entries.Values.Select(e => e.Wakes(now)).Min();
            },
            cancellationToken
        );

    public void Dispose() => _turn.Dispose();

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
}
