using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Hosting;

/// <summary>
/// Runs policies by their schedules, one run at a time, by the rules of <c>varve serve</c>: one run for all instants that
/// were missed, a rest after failures, a clock that is set back fires nothing twice. What ran is in the catalog of the
/// database, so that a restart repeats nothing. For several threads.
/// </summary>
public sealed partial class VarveScheduler : BackgroundService
{
    // A clock that jumps, and a laptop that slept, are noticed after that.
    private static readonly Duration s_look = Duration.FromSeconds(15);

    private readonly IServiceProvider _services;
    private readonly VarveOptions _options;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _now = new();
    private IReadOnlyList<Turn> _turns = [];

    internal VarveScheduler(IServiceProvider services, VarveOptions options, ILogger log) =>
        (_services, _options, _log) = (services, options, log);

    /// <summary>True once the policies were stored and read.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Why the policies could not be stored or read; null where they could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How each scheduled policy stands.</summary>
    public IReadOnlyList<VarveStanding> Standings => [.. _turns.Select(t => t.Standing(Now()))];

    private TimeProvider Clock => _options.Lifecycle.TimeProvider;

    /// <summary>Runs policies now, after what is under way; schedules go on as if nothing had happened.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="cancellationToken">Cancels the statement in flight.</param>
    /// <exception cref="VarveException">The first error of a policy or of a step, once everything else was done.</exception>
    public Task<IReadOnlyList<RunResult>> RunAsync(Selection selection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return AloneAsync(lifecycle => RunToEndAsync(lifecycle, selection, cancellationToken, cancellationToken), cancellationToken);
    }

    /// <summary>Does something with a lifecycle of its own, beside no run of this application.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waiting for what is under way.</param>
    public Task<T> UseAsync<T>(Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return AloneAsync(work, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>What is under way ends after its step; where the host waits no longer, in its statement, which is rolled back.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var impatient = cancellationToken.Register(_now.Cancel);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _now.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts without waiting for a database.
        await Task.Yield();
        var learn = Instant.MinValue;
        var isStored = _options.Policies.Count == 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (Now() >= learn)
            {
                isStored = await LearnAsync(isStored, stoppingToken);
                learn = Now() + (Trouble is null ? Duration.FromTimeSpan(_options.Learn) : s_look);
            }

            foreach (var turn in _turns)
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                var before = turn.Armed;
                if (turn.IsDue(Now()))
                    await RunAsync(turn, before, stoppingToken);
            }

            var now = Now();
            var next = _turns.Select(t => t.Wakes).OfType<Instant>().Where(w => w > now).DefaultIfEmpty(Instant.MaxValue).Min();
            var rest = Instant.Min(Instant.Min(now + s_look, learn), next) - now;
            await Task.Delay(
                    rest <= Duration.Zero ? TimeSpan.FromMilliseconds(1) : rest.ToTimeSpan() + TimeSpan.FromMilliseconds(1),
                    Clock,
                    stoppingToken
                )
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Instant Now() => Instant.FromDateTimeOffset(Clock.GetUtcNow());

    /// <summary>Stores the policies once, and reads which there are; true once they are stored.</summary>
    private async Task<bool> LearnAsync(bool isStored, CancellationToken stoppingToken)
    {
        try
        {
            await AloneAsync(
                async lifecycle =>
                {
                    if (!isStored)
                        await lifecycle.ApplyAsync(_options.Policies, cancellationToken: stoppingToken);
                    isStored = true;
                    _turns = await TurnsAsync(lifecycle, stoppingToken);
                    return 0;
                },
                stoppingToken
            );
            (Trouble, IsReady) = (null, true);
        }
        catch (VarveException trouble)
        {
            if (Trouble != trouble.Message)
                LogTrouble(trouble.Code, trouble.Message);
            Trouble = trouble.Message;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }

        return isStored;
    }

    private async Task<IReadOnlyList<Turn>> TurnsAsync(Lifecycle lifecycle, CancellationToken stoppingToken)
    {
        List<Turn> turns = [];
        var own = (await lifecycle.PoliciesAsync(Selection.All, stoppingToken)).Where(p => p.Pattern is null);
        var patterns = (await lifecycle.PatternsAsync(Selection.All, stoppingToken)).Select(p => p.Stored);
        foreach (var stored in own.Concat(patterns).Where(p => p.Policy.Schedule is not null))
        {
            var known = _turns.FirstOrDefault(t => t.Name == stored.Policy.Name && t.IsOf(stored.Policy));
            turns.Add(known ?? await TurnAsync(lifecycle, stored, stoppingToken));
        }

        return turns;
    }

    /// <summary>Instants count from the newest run on, and from the edit on: a change fires nothing by itself.</summary>
    private static async Task<Turn> TurnAsync(Lifecycle lifecycle, Catalog.StoredPolicy stored, CancellationToken stoppingToken)
    {
        var ran = (await lifecycle.HistoryAsync(Selection.Of(stored.Policy.Name), 1, idle: true, stoppingToken)).FirstOrDefault();
        return new(
            stored.Policy,
            ran is null ? stored.AppliedAt : Instant.Max(stored.AppliedAt, ran.StartedAt),
            ran is { Status: Catalog.RunStatus.Done or Catalog.RunStatus.Braked } ? ran.FinishedAt : null
        );
    }

    private async Task RunAsync(Turn turn, Instant before, CancellationToken stoppingToken)
    {
        try
        {
            turn.Took(
                await AloneAsync(lifecycle => RunToEndAsync(lifecycle, Selection.Of(turn.Name), stoppingToken, _now.Token), stoppingToken),
                Now()
            );
        }
        catch (BusyException)
        {
            turn.Postponed(Now(), before);
        }
        catch (VarveException error)
        {
            turn.Failed(error, Now(), before);
            LogFailed(turn.Name, error.Code, error.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends: what the statement in flight did was rolled back, and the next start goes on.
        }
    }

    private Task<IReadOnlyList<RunResult>> RunToEndAsync(
        Lifecycle lifecycle,
        Selection selection,
        CancellationToken stop,
        CancellationToken cancel
    ) => RunResult.OfAsync(ToldAsync(lifecycle.RunAsync(selection, _options.Run with { Stop = stop }, cancel), cancel));

    private async IAsyncEnumerable<RunEvent> ToldAsync(
        IAsyncEnumerable<RunEvent> events,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var happened in events.WithCancellation(cancellationToken))
        {
            if (_options.OnEvent is { } told)
                await told(happened, cancellationToken);
            yield return happened;
        }
    }

    private async Task<T> AloneAsync<T>(Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var database = _options.Open!(_services);
            return await work(new(database, _options.Lifecycle));
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The policies cannot be read: {Code}: {Message}")]
    private partial void LogTrouble(string code, string message);

    [LoggerMessage(2, LogLevel.Error, "{Policy} failed: {Code}: {Message}")]
    private partial void LogFailed(string policy, string code, string message);
}
