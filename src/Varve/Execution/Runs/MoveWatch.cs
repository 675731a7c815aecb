using NodaTime;
using Varve.Engines;

namespace Varve.Execution;

/// <summary>Watches one move: how far it is, and whether it still gets on.</summary>
/// <param name="clock">The clock.</param>
/// <param name="patience">For how long it may not get on.</param>
internal sealed class MoveWatch(TimeProvider clock, Duration patience)
{
    private long _last = clock.GetTimestamp();
    private long _done = -1;

    /// <summary>Waits as long as the move asks for.</summary>
    /// <exception cref="EngineException">It did not get on for too long.</exception>
    public async Task WaitAsync(MoveState state, CancellationToken cancellationToken)
    {
        if (state.Done != _done)
            (_done, _last) = (state.Done, clock.GetTimestamp());
        else if (clock.GetElapsedTime(_last) >= patience.ToTimeSpan())
            throw new EngineException(
                EngineCodes.Waits,
                $"the move does not get on{(state.Stuck is { } why ? $": {why}" : "")}. It goes on by itself where the engine lets it; the next run looks again."
            );
        if (state.Pause > Duration.Zero)
            await Task.Delay(state.Pause.ToTimeSpan(), clock, cancellationToken);
    }
}
