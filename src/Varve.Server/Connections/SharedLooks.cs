namespace Varve.Server.Connections;

/// <summary>
/// Requests that ask for the same while they wait for their turn are answered together, by one look. It begins after the last of
/// them came, so that nobody is told what was before their own request: who comes while it is under way waits for the next.
/// </summary>
/// <param name="turns">The turns that looks take.</param>
internal sealed class SharedLooks(RequestTurns turns)
{
    private readonly Dictionary<string, Look> _waiting = new(StringComparer.Ordinal);

    /// <summary>The turns that looks take.</summary>
    public RequestTurns Turns => turns;

    /// <summary>What a look shows, once it is its turn.</summary>
    /// <param name="what">What is asked for: whoever says the same is told the same.</param>
    /// <param name="work">The look; ended when nobody waits for it any more.</param>
    /// <param name="cancellationToken">Ends the waiting of this one; the others wait on.</param>
    /// <exception cref="EngineException">Too many wait, or it would take too long; nothing was begun.</exception>
    public async Task<T> TakeAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Look<T> look;
        lock (_waiting)
        {
            look = _waiting.GetValueOrDefault(what) as Look<T> ?? Begin(what, work);
            look.Askers++;
        }

        try
        {
            return await look.Answer.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(what, look);
        }
    }

    private Look<T> Begin<T>(string what, Func<CancellationToken, Task<T>> work)
    {
        var look = new Look<T>();
        _waiting[what] = look;
        look.Answer = Task.Run(() => RunAsync(what, look, work), CancellationToken.None);
        return look;
    }

    private async Task<T> RunAsync<T>(string what, Look<T> look, Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await turns.TakeAsync(
                () =>
                {
                    Close(what, look);
                    return work(look.Ended);
                },
                look.Ended
            );
        }
        finally
        {
            Close(what, look);
        }
    }

    // Nobody joins it from here on.
    private void Close(string what, Look look)
    {
        lock (_waiting)
            if (_waiting.GetValueOrDefault(what) == look)
                _waiting.Remove(what);
    }

    private void Leave(string what, Look look)
    {
        lock (_waiting)
        {
            if (--look.Askers > 0)
                return;
            Close(what, look);
        }

        look.End();
    }

    private abstract class Look
    {
        // It has no timer, and nothing of the system.
        private readonly CancellationTokenSource _end = new();

        public int Askers { get; set; }

        public CancellationToken Ended => _end.Token;

        public void End() => _end.Cancel();
    }

    private sealed class Look<T> : Look
    {
        public Task<T> Answer { get; set; } = null!;
    }
}
