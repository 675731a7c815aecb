using NodaTime;
using Varve.Engines;

namespace Varve.Execution;

/// <summary>Watches one move: how far it is, and whether it still gets on.</summary>
/// <param name="clock">The clock.</param>
/// <param name="patience">For how long it may not get on.</param>
/// <param name="policy">Whose it is.</param>
internal sealed class MoveWatch(TimeProvider clock, Duration patience, string policy)
{
    private const int PatienceWhileCopying = 6;

    private const int LooksOfPatience = 20;
    private const int MostDoublings = 10;

    private long _last = clock.GetTimestamp();
    private long _done = -1;
    private int _idle;

    /// <summary>Waits as long as the move asks for.</summary>
    /// <exception cref="EngineException">It did not get on for too long.</exception>
    public async Task WaitAsync(MoveState state, CancellationToken cancellationToken)
    {
        if (state.Done != _done)
            (_done, _last, _idle) = (state.Done, clock.GetTimestamp(), 0);
        else if (clock.GetElapsedTime(_last) >= Patience(state).ToTimeSpan())
            throw new EngineException(
                EngineCodes.Waits,
                $"the move does not get on{Why(state)}. It goes on by itself where the engine lets it, and the next run looks again; varve relocate undo {policy} takes it back."
            );
        if (state.Pause > Duration.Zero)
            await Task.Delay(Pause(state).ToTimeSpan(), clock, cancellationToken);
    }

    // What does not get on is asked for more and more seldom, and still often enough to be given up in time.
    private Duration Pause(MoveState state)
    {
        var most = Duration.Max(state.Pause, patience / LooksOfPatience);
        var pause = state.Pause * (1 << Math.Min(_idle++, MostDoublings));
        return Duration.Min(pause, most);
    }

    // What is copied counts as come in when all of it has: a large one takes its time.
    private Duration Patience(MoveState state) => state.IsCopying ? patience * PatienceWhileCopying : patience;

    private static string Why(MoveState state) =>
        state.Stuck is { } why ? $": {why}"
        : state.IsCopying ? ": a copy has been on its way all that time"
        : "";
}
