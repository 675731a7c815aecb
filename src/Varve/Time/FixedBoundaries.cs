using NodaTime;

namespace Varve.Time;

/// <summary>Boundaries at <c>origin + k · width</c> for every whole k.</summary>
internal sealed class FixedBoundaries : Boundaries
{
    private readonly long _width;
    private readonly long _phase;

    internal FixedBoundaries(Width.Fixed width, Instant origin)
    {
        _width = width.Milliseconds * NodaConstants.TicksPerMillisecond;
        _phase = Floored.Remainder(origin.ToUnixTimeTicks(), _width);
    }

    internal override bool IsRegular => true;

    internal Duration Phase => Duration.FromTicks(_phase);

    internal override TimeRange Around(Instant at)
    {
        var from = (Floored.Divide(at.ToUnixTimeTicks() - _phase, _width) * _width) + _phase;
        return new(Ticks.ToInstant(from), Ticks.ToInstant(from + _width));
    }

    internal override Instant NextBreak(Instant at) => Instant.MaxValue;
}
