using System.Threading.RateLimiting;

namespace Varve.Server.Connections;

/// <summary>
/// Turns of requests at one database: a few at once, the others in the order in which they came. Without turns all of them
/// would work at the same time, and whoever the scheduler of threads forgets waits many times as long as the others.
/// </summary>
/// <param name="atOnce">How many have their turn at once.</param>
/// <param name="mostWaiting">How many wait at most.</param>
/// <param name="patience">How long one waits at most.</param>
/// <param name="name">The database, as messages name it.</param>
/// <param name="clock">What waiting is measured by.</param>
internal sealed class RequestTurns(int atOnce, int mostWaiting, TimeSpan patience, string name, TimeProvider clock)
{
    // It has no timer and nothing of the system: it goes with the connection, and what waits is not thrown out of it.
    private readonly ConcurrencyLimiter _limiter = new(
        new()
        {
            PermitLimit = atOnce,
            QueueLimit = mostWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    /// <summary>How many wait at this moment.</summary>
    public long Waiting => _limiter.GetStatistics()!.CurrentQueuedCount;

    /// <summary>Does some work once it is its turn.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waiting; whoever has gone leaves the queue.</param>
    /// <exception cref="EngineException">Too many wait, or it would take too long; nothing was begun.</exception>
    public async Task<T> TakeAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var lease = await WaitAsync(cancellationToken);
        if (!lease.IsAcquired)
            throw Crowded(FormattableString.Invariant($"{mostWaiting} requests wait for it already"));
        return await work();
    }

    private async Task<RateLimitLease> WaitAsync(CancellationToken cancellationToken)
    {
        var lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
            return lease;
        using var impatient = new CancellationTokenSource(patience, clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, impatient.Token);
        try
        {
            return await _limiter.AcquireAsync(1, waiting.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Crowded(FormattableString.Invariant($"it was not this request's turn within {patience.TotalSeconds:0.###} s"));
        }
    }

    private EngineException Crowded(string why) =>
        new(
            ServerCodes.Crowded,
            $"{name} has too much to do: {why}. Nothing was begun. Ask again after as long as Retry-After says, or send fewer requests at once.",
            isTransient: true
        );
}
