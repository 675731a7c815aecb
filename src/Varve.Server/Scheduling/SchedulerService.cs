using NodaTime;
using Varve.Catalog;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Backfills;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Quotas;
using Varve.Server.Runs;

namespace Varve.Server.Scheduling;

/// <summary>
/// Looks after schedules for as long as the server runs: learns them, decides them when they are due, and ends what is under
/// way.
/// </summary>
internal sealed class SchedulerService(
    ScheduleKeeper keeper,
    ConnectionSet connections,
    RunQueue queue,
    RunTable runs,
    QueryTable queries,
    BackfillKeeper backfills,
    Leadership lead,
    TenantQuotas quotas,
    HomeDatabase home,
    ILogger<SchedulerService> log
) : BackgroundService
{
    /// <summary>A clock that jumps, and a laptop that slept, are noticed after that.</summary>
    private static readonly Duration s_look = Duration.FromSeconds(15);

    /// <summary>A policy that somebody stored elsewhere is seen after that.</summary>
    private static readonly Duration s_learn = Duration.FromMinutes(2);

    private static readonly Duration s_retry = Duration.FromSeconds(1);

    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool? _leads;
    private bool _isDoubtful = true;
    private HomeCounts? _counts;
    private Instant _learn;

    /// <summary>True once every database was looked at and schedules are decided.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Something changed: a schedule is to be looked at now.</summary>
    public void Wake() => _wake.TrySetResult();

    /// <summary>Reads the schedules of one database anew.</summary>
    public async Task LearnAsync(ServerConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await connection.OwnAsync(
                Caller.Scheduler.Subject,
                lifecycle => StoredAsync(lifecycle, cancellationToken),
                cancellationToken
            );
            await keeper.LearnAsync(
                connection.Name,
                [.. stored.Where(p => p.Policy.Schedule is not null).Select(p => new ScheduledPolicy(p.Policy, p.AppliedAt))],
                cancellationToken
            );
            (connection.Trouble, connection.Policies) = (null, stored.Count);
        }
        catch (VarveException trouble) when (trouble.Code is not ServerCodes.HomeAway and not ServerCodes.NotLeading)
        {
            // What is known of its schedules stays: the database may only be in use for a moment.
            if (connection.Trouble != trouble.Message)
                log.PoliciesUnread(connection.Name, trouble.Code, trouble.Message);
            connection.Trouble = trouble.Message;
        }
    }

    /// <summary>What waits, what was under way when its server ended, and what another server was asked to end.</summary>
    /// <param name="isNew">True where this server begins to lead: what is under way in the store is so nowhere.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task TakeUpAsync(bool isNew, CancellationToken cancellationToken)
    {
        // Those that wait here were stored before they were admitted: what is not open in the store any more ended there.
        var waiting = queue.WaitingIds();
        var open = await runs.OpenAsync(cancellationToken);
        foreach (var id in waiting.Except(open.Select(r => r.Id)))
        {
            if (await runs.FindAsync(id, cancellationToken) is { IsOpen: false } ended)
                queue.Drop(ended);
        }

        foreach (var run in open)
        {
            if (run.State == RunState.Queued)
                queue.Admit(run);
            if (run.EndAsked is { } asked)
                await queue.EndAsync(run.Id, asked.Now, asked.By);

            // What was asked for while the server starts is this server's own.
            if (run.State == RunState.Queued || !isNew || queue.Has(run.Id))
                continue;
            var isOpen = await keeper.EndedAsync(
                run with
                {
                    State = RunState.Interrupted,
                    Finished = home.Now(),
                    Reason = "the server ended while it was under way; another run goes on",
                }
            );
            if (!isOpen || run.EndAsked is not null)
                continue;
            var next = run with
            {
                Id = ServerRun.NewId(),
                Trigger = RunTrigger.Resumed,
                Queued = home.Now(),
                State = RunState.Queued,
                Scheduled = null,
                Missed = 0,
                Started = null,
            };
            if (await runs.AddAsync(next, cancellationToken))
                queue.Admit(next);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await queue.CloseAsync(cancellationToken);
        try
        {
            await lead.ResignAsync(CancellationToken.None);
        }
        catch (VarveException away)
        {
            // Another server takes the lead when nothing was heard of this one for long enough.
            log.HomeIsAway(away.Code, away.Message);
        }
    }

    /// <summary>Policies and patterns that are stored in one database; what a pattern made of a table is not one of them.</summary>
    internal static async Task<IReadOnlyList<StoredPolicy>> StoredAsync(Lifecycle lifecycle, CancellationToken cancellationToken)
    {
        var own = (await lifecycle.PoliciesAsync(Selection.All, cancellationToken)).Where(p => p.Pattern is null);
        return [.. own, .. (await lifecycle.PatternsAsync(Selection.All, cancellationToken)).Select(p => p.Stored)];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isTold = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var rest = s_look;
            try
            {
                rest = await LookAsync(stoppingToken);
                if (isTold)
                    log.HomeIsBack();
                isTold = false;
            }
            catch (VarveException away)
            {
                // The home is away, or another server leads: nothing is decided meanwhile, and everything is looked at again then.
                if (!isTold)
                    log.HomeIsAway(away.Code, away.Message);
                (isTold, _isDoubtful) = (true, true);
                if (!lead.Leads)
                    await FollowAsync(stoppingToken);
                rest = s_retry;
            }

            // Timers of whole milliseconds may fire a little early: one more look then costs nothing.
            if (rest > Duration.Zero)
                await Task.WhenAny(_wake.Task, Task.Delay(rest.ToTimeSpan() + TimeSpan.FromMilliseconds(1), home.Clock, stoppingToken));
        }
    }

    /// <summary>One look at everything; how long nothing needs another one.</summary>
    private async Task<Duration> LookAsync(CancellationToken stoppingToken)
    {
        var counts = await lead.BeatAsync(stoppingToken);
        if (lead.Leads != _leads)
            await (lead.Leads ? LeadAsync(stoppingToken) : FollowAsync(stoppingToken));
        if (counts?.Schedules != _counts?.Schedules || home.Now() >= _learn || !IsReady)
            await LearnAllAsync(stoppingToken);
        if (counts != _counts || _isDoubtful)
        {
            await SyncAsync(stoppingToken);
            await keeper.RefreshAsync(stoppingToken);
            await quotas.RefreshAsync(stoppingToken);
            await keeper.LearnAsync(await queries.ListAsync(stoppingToken), stoppingToken);
            if (lead.Leads)
                await TakeUpAsync(_isDoubtful, stoppingToken);
            if (lead.Leads)
                await backfills.TakeUpAsync(stoppingToken);
        }

        (_counts, _isDoubtful, IsReady) = (counts, false, true);
        var next = lead.Leads ? await keeper.TickAsync(stoppingToken) : null;
        var now = home.Now();
        var until = Instant.Min(Instant.Min(now + s_look, _learn), next ?? Instant.MaxValue) - now;
        return counts is null ? until : Duration.Min(until, Duration.FromTimeSpan(lead.Beat));
    }

    /// <summary>Takes up everything: from here on this server decides.</summary>
    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        await keeper.StartAsync(decides: true, stoppingToken);
        await backfills.StartAsync(decides: true);
        queue.Open();
        (_leads, _isDoubtful, _learn) = (true, true, Instant.MinValue);
        if (home.IsShared)
            log.Leads(lead.Server);
    }

    /// <summary>Leaves everything to another server.</summary>
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        if (_leads == false)
            return;
        queue.Leave();
        await keeper.StartAsync(decides: false, stoppingToken);
        await backfills.StartAsync(decides: false);
        (_leads, _isDoubtful, _learn) = (false, true, Instant.MinValue);
        log.Follows(lead.Leader ?? "nobody yet");
    }

    /// <summary>Takes up connections that came, went or changed: declared ones, and those that another server saved.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        var (come, gone) = await connections.SyncAsync(cancellationToken);
        foreach (var name in gone)
            await keeper.ForgetAsync(name, cancellationToken);
        foreach (var connection in come)
            await LearnAsync(connection, cancellationToken);
    }

    private async Task LearnAllAsync(CancellationToken stoppingToken)
    {
        foreach (var connection in connections.All)
            await LearnAsync(connection, stoppingToken);
        _learn = home.Now() + s_learn;
    }
}
