using NodaTime;

namespace Varve.Execution;

/// <summary>When a run stops by itself, between two steps.</summary>
internal sealed class Deadline(TimeProvider clock, Duration? after)
{
    private readonly long _started = clock.GetTimestamp();

    public bool IsPast => after is { } limit && Duration.FromTimeSpan(clock.GetElapsedTime(_started)) >= limit;
}
