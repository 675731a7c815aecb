using NodaTime;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Backfills;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server.Scheduling;

/// <summary>Looks after schedules for as long as the server runs: learns them, decides them when they are due, and ends what is under way.</summary>
internal sealed partial class SchedulerService(ScheduleKeeper keeper, ConnectionSet connections, RunQueue queue, RunTable runs, QueryTable queries, BackfillKeeper backfills, HomeDatabase home, ILogger<SchedulerService> log) : BackgroundService
{
    /// <summary>A clock that jumps, and a laptop that slept, are noticed after that.</summary>
    private static readonly Duration s_look = Duration.FromSeconds(15);

    /// <summary>A policy that somebody stored elsewhere is seen after that.</summary>
    private static readonly Duration s_learn = Duration.FromMinutes(2);

    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once every database was looked at and schedules are decided.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Something changed: a schedule is to be looked at now.</summary>
    public void Wake() => _wake.TrySetResult();

    /// <summary>Reads the schedules of one database anew.</summary>
    public async Task LearnAsync(ServerConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await keeper.LearnAsync(connection.Name, await connection.UseAsync(Caller.Scheduler.Subject, lifecycle => SchedulesAsync(lifecycle, cancellationToken), cancellationToken), cancellationToken);
            connection.Trouble = null;
        }
        catch (VarveException trouble)
        {
            // What is known of its schedules stays: the database may only be in use for a moment.
            if (connection.Trouble != trouble.Message) LogTrouble(connection.Name, trouble.Code, trouble.Message);
            connection.Trouble = trouble.Message;
        }
    }

    /// <summary>What was under way or waited when the server ended last goes on.</summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await runs.OpenAsync(cancellationToken))
        {
            // What was asked for while the server starts is this server's own.
            if (queue.Feed(run.Id) is not null) continue;
            if (run.State == RunState.Queued)
            {
                queue.Admit(run);
                continue;
            }

            await keeper.EndedAsync(run with { State = RunState.Interrupted, Finished = home.Now(), Reason = "the server ended while it was under way; another run goes on" });
            var next = run with { Id = ServerRun.NewId(), Trigger = RunTrigger.Resumed, Queued = home.Now(), State = RunState.Queued, Scheduled = null, Missed = 0, Started = null };
            if (await runs.AddAsync(next, cancellationToken)) queue.Admit(next);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await queue.CloseAsync(cancellationToken);
    }

    internal static async Task<IReadOnlyList<ScheduledPolicy>> SchedulesAsync(Lifecycle lifecycle, CancellationToken cancellationToken)
    {
        var own = (await lifecycle.PoliciesAsync(Selection.All, cancellationToken)).Where(p => p.Pattern is null);
        var patterns = (await lifecycle.PatternsAsync(Selection.All, cancellationToken)).Select(p => p.Stored);
        return [.. own.Concat(patterns).Where(p => p.Policy.Schedule is not null).Select(p => new ScheduledPolicy(p.Policy, p.AppliedAt))];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var connection in connections.All) await LearnAsync(connection, stoppingToken);
        await keeper.LearnAsync(await queries.ListAsync(stoppingToken), stoppingToken);
        await TakeUpAsync(stoppingToken);
        await backfills.TakeUpAsync(stoppingToken);
        IsReady = true;
        var learn = home.Now() + s_learn;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (home.Now() >= learn)
            {
                foreach (var connection in connections.All) await LearnAsync(connection, stoppingToken);
                learn = home.Now() + s_learn;
            }

            _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var next = await keeper.TickAsync(stoppingToken);
            var now = home.Now();
            var until = Instant.Min(Instant.Min(now + s_look, learn), next ?? Instant.MaxValue);
            if (until <= now) continue;

            // Timers of whole milliseconds may fire a little early: one more look then costs nothing.
            await Task.WhenAny(_wake.Task, Task.Delay((until - now).ToTimeSpan() + TimeSpan.FromMilliseconds(1), home.Clock, stoppingToken));
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "{Connection}: its policies cannot be read: {Code}: {Message}")]
    private partial void LogTrouble(string connection, string code, string message);
}
