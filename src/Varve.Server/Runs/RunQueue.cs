using NodaTime;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Runs;

/// <summary>
/// Runs that wait and runs that are under way: so many at once in all, so many for one database, and never two of one
/// policy. One that cannot begin lets those behind it pass, and tenants take turns. Where another server leads, nothing
/// begins here.
/// </summary>
/// <param name="runs">Where they are kept.</param>
/// <param name="action">Carries one out.</param>
/// <param name="limits">How many may be under way.</param>
/// <param name="ended">Writes down how one ended.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where it is said what could not be written down.</param>
internal sealed class RunQueue(
    RunTable runs,
    RunAction action,
    RunLimits limits,
    Func<ServerRun, Task> ended,
    TimeProvider clock,
    ILogger<RunQueue> log
)
{
    private const int FeedsKept = 200;

    /// <summary>What could not be written down, because the home did not answer, is written again after that.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly RunTurns _turns = new(limits);
    private readonly List<ServerRun> _waiting = [];
    private readonly Dictionary<string, Active> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunFeed> _feeds = new(StringComparer.Ordinal);
    private readonly Queue<string> _told = new();
    private bool _closed;
    private bool _isIdle;

    /// <summary>Raised when a run begins or ends.</summary>
    public event Action? Changed;

    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public int Running
    {
        get
        {
            lock (_lock)
                return _active.Count;
        }
    }

    /// <summary>How many of a tenant are under way, and how many wait.</summary>
    public (int Running, int Waiting) OfTenant(string tenant)
    {
        lock (_lock)
        {
            return (_active.Values.Count(a => _turns.TenantOf(a.Run) == tenant), _waiting.Count(r => _turns.TenantOf(r) == tenant));
        }
    }

    /// <summary>A run with why it waits, where it waits here.</summary>
    public ServerRun Told(ServerRun run)
    {
        lock (_lock)
            return run.State == RunState.Queued && _waiting.Exists(r => r.Id == run.Id)
                ? run with
                {
                    Reason = _turns.Hindrance(run, UnderWay()) is { } why ? $"it waits for its turn: {why}" : null,
                }
                : run;
    }

    /// <summary>Whether a run of a policy is under way, and whether one waits.</summary>
    public (bool Running, bool Waiting) Of(ScheduleKey key)
    {
        lock (_lock)
        {
            return (_active.Values.Any(a => IsOf(a.Run, key)), _waiting.Exists(r => IsOf(r, key)));
        }
    }

    /// <summary>How many runs of a schedule wait or are under way.</summary>
    public int Open(ScheduleKey key)
    {
        lock (_lock)
            return _active.Values.Count(a => IsOf(a.Run, key)) + _waiting.Count(r => IsOf(r, key));
    }

    /// <summary>What a run tells; null where it is too long ago.</summary>
    public RunFeed? Feed(string id)
    {
        lock (_lock)
            return _feeds.GetValueOrDefault(id);
    }

    /// <summary>The ids of those that wait.</summary>
    public IReadOnlySet<string> WaitingIds()
    {
        lock (_lock)
            return _waiting.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether a run waits or is under way here.</summary>
    public bool Has(string id)
    {
        lock (_lock)
            return _active.ContainsKey(id) || _waiting.Exists(r => r.Id == id);
    }

    /// <summary>
    /// Takes a run that is stored already; one that it knows is the same run. Where another server leads it is left to that.
    /// </summary>
    public void Admit(ServerRun run)
    {
        lock (_lock)
        {
            if (_isIdle || _active.ContainsKey(run.Id) || _waiting.Exists(r => r.Id == run.Id))
                return;
            _waiting.Add(run);
            _feeds[run.Id] = new();
            _told.Enqueue(run.Id);
            while (_told.Count > FeedsKept && !_active.ContainsKey(_told.Peek()) && !_waiting.Exists(w => w.Id == _told.Peek()))
                _feeds.Remove(_told.Dequeue());
        }

        Pump();
    }

    /// <summary>This server leads: what is admitted from here on is carried out.</summary>
    public void Open()
    {
        lock (_lock)
            _isIdle = false;
    }

    /// <summary>Another server leads: what waits is left to it, and what is under way ends after its statement.</summary>
    public void Leave()
    {
        List<RunFeed> left;
        List<Active> open;
        lock (_lock)
        {
            _isIdle = true;
            (left, open) = ([.. _waiting.Select(r => _feeds[r.Id])], [.. _active.Values]);
            foreach (var run in _waiting)
                _feeds.Remove(run.Id);
            _waiting.Clear();
        }

        foreach (var active in open)
            active.Stop.Cancel();
        foreach (var feed in left)
            feed.End();
    }

    /// <summary>Ends a run: one that waits at once, one that is under way after its statement, or, asked for that, in it.</summary>
    /// <returns>False where it is not open.</returns>
    public async Task<bool> EndAsync(string id, bool now, string by)
    {
        ServerRun? waiting;
        lock (_lock)
        {
            waiting = _waiting.Find(r => r.Id == id);
            if (waiting is not null)
                _waiting.Remove(waiting);
            else if (_active.TryGetValue(id, out var active))
                (now ? active.Cancel : active.Stop).Cancel();
            else
                return false;
        }

        if (waiting is not null)
            await EndAsync(
                waiting with
                {
                    State = RunState.Cancelled,
                    Finished = Now(),
                    Reason = $"it was cancelled by {by} before its turn came",
                }
            );
        return true;
    }

    /// <summary>Forgets a run that waits: how it ended is stored already.</summary>
    /// <param name="run">As it is stored.</param>
    public void Drop(ServerRun run)
    {
        lock (_lock)
        {
            if (_waiting.RemoveAll(r => r.Id == run.Id) == 0)
                return;
        }

        Tell(run);
    }

    /// <summary>
    /// Nothing begins any more, and what is under way ends after its statement. Those that wait are taken up by the next start.
    /// </summary>
    public async Task CloseAsync(CancellationToken now)
    {
        List<Active> open;
        lock (_lock)
            (_closed, open) = (true, [.. _active.Values]);
        foreach (var active in open)
            await active.Stop.CancelAsync();
        await using var hurry = now.Register(() =>
        {
            foreach (var active in open)
                active.Cancel.Cancel();
        });
        await Task.WhenAll(open.Select(a => a.Work));
    }

    /// <summary>Waits until nothing is under way and nothing waits.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task[] work;
            lock (_lock)
                work = [.. _active.Values.Select(a => a.Work)];
            if (work.Length == 0)
                return;
            await Task.WhenAll(work);
        }
    }

    private static bool IsOf(ServerRun run, ScheduleKey key) => run.Backfill is null && run.Key == key;

    /// <summary>Begins whatever may begin.</summary>
    public void Pump()
    {
        lock (_lock)
        {
            while (!_closed && !_isIdle && _turns.Next(_waiting, UnderWay()) is { } run)
            {
                _waiting.Remove(run);
                var active = new Active(run);
                _active.Add(run.Id, active);
                active.Work = Task.Run(() => CarryOutAsync(active));
            }
        }
    }

    private List<ServerRun> UnderWay() => [.. _active.Values.Select(a => a.Run)];

    private async Task CarryOutAsync(Active active)
    {
        var run = active.Run with { State = RunState.Running, Started = Now() };

        // Whatever is logged below this has the run with it.
        using var scope = log.BeginScope(
            new KeyValuePair<string, object?>[]
            {
                new("varve.server.run.id", run.Id),
                new("varve.connection", run.Connection),
                new("varve.policy", run.Policy),
            }
        );
        using var span = ServerTelemetry.Began(run);
        try
        {
            if (!await BegunAsync(run, active))
            {
                // It was ended elsewhere before its turn came, or is left to another server: how is written down there.
                Leave(run);
                return;
            }

            Changed?.Invoke();
            var result = await action(run, Feed(run.Id)!, active.Stop.Token, active.Cancel.Token);
            run = run with
            {
                State = result.State,
                Reason = result.Reason,
                ErrorCode = result.Error?.Code,
                Error = result.Error?.Message,
                Result = result.Outcome,
                Removed = result.Removed,
            };
        }
        catch (Exception defect)
        {
            var told = new DefectException(defect);
            run = run with { State = RunState.Failed, ErrorCode = told.Code, Error = told.Message };
        }

        span.Told(run);
        try
        {
            await EndedAsync(run with { Finished = Now() });
        }
        catch (Exception unwritten) when (unwritten is VarveException or IOException)
        {
            // The home still says that it is under way: the next start, or the server that leads, takes it up, and nothing is lost.
            log.EndUnwritten(unwritten, run.Id);
            Feed(run.Id)?.End();
        }
        finally
        {
            lock (_lock)
                _active.Remove(run.Id);
            Pump();
        }
    }

    /// <summary>Writes down that a run begins; while the home does not answer it waits. False where it is not to begin.</summary>
    private async Task<bool> BegunAsync(ServerRun run, Active active)
    {
        while (true)
        {
            try
            {
                return await runs.BeginAsync(run.Id, run.Started!.Value, CancellationToken.None);
            }
            catch (EngineException trouble) when (trouble.IsTransient)
            {
                if (trouble.Code == ServerCodes.NotLeading || active.Stop.IsCancellationRequested || IsLeft())
                    return false;

                // The answer of the home may have been lost behind its commit: the same instant is written again.
                await Task.Delay(s_again);
            }
        }
    }

    /// <summary>Writes down how a run ended, for as long as it takes: it counts as under way until then.</summary>
    private async Task EndedAsync(ServerRun run)
    {
        while (true)
        {
            try
            {
                await EndAsync(run);
                return;
            }
            catch (EngineException trouble) when (trouble.IsTransient && trouble.Code != ServerCodes.NotLeading && !IsLeft())
            {
                log.EndWaits(run.Id, trouble.Message);
                await Task.Delay(s_again);
            }
        }
    }

    private bool IsLeft()
    {
        lock (_lock)
            return _closed || _isIdle;
    }

    private void Leave(ServerRun run)
    {
        lock (_lock)
            _active.Remove(run.Id);
        Feed(run.Id)?.End();
        Pump();
    }

    private async Task EndAsync(ServerRun run)
    {
        await ended(run);
        Tell(run);
    }

    /// <summary>Whoever follows a run hears how it ended.</summary>
    private void Tell(ServerRun run)
    {
        if (Feed(run.Id) is { } feed)
        {
            feed.Tell("ended", ServerJson.Write(ServerRunShape.Of(run)));
            feed.End();
        }

        Changed?.Invoke();
    }

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());

    private sealed class Active(ServerRun run)
    {
        public ServerRun Run => run;

        public CancellationTokenSource Stop { get; } = new();

        public CancellationTokenSource Cancel { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
