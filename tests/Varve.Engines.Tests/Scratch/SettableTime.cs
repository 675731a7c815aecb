using NodaTime;

namespace Varve.Engines.Tests.Scratch;

/// <summary>A clock on which a second passes whenever somebody measures.</summary>
public sealed class HurryingTime(Instant now) : TimeProvider
{
    private long _measured;

    public override long TimestampFrequency => 1;

    public override DateTimeOffset GetUtcNow() => now.ToDateTimeOffset();

    public override long GetTimestamp() => ++_measured;
}

/// <summary>A clock that stands where a test puts it.</summary>
public sealed class SettableTime(Instant now) : TimeProvider
{
    public Instant Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
}
