using NodaTime;

namespace Varve.Scheduling;

/// <summary>What a timetable says of one moment. A closed family.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <summary>Nothing is due.</summary>
    /// <param name="Next">What comes next; null where nothing does.</param>
    public sealed record Wait(Occurrence? Next) : Decision;

    /// <summary>One run is due, for everything that was missed.</summary>
    /// <param name="At">The newest instant that has come.</param>
    /// <param name="Missed">How many came before it and had no run of their own, counted up to <see cref="Timetable.MostCounted"/>.</param>
    /// <param name="IsLeast">True where there were more than were counted.</param>
    public sealed record Fire(Occurrence At, int Missed, bool IsLeast) : Decision;

    /// <summary>An instant came and is left out.</summary>
    /// <param name="At">The instant.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Missed">How many came before it.</param>
    public sealed record Skip(Occurrence At, string Reason, int Missed) : Decision;

    /// <summary>The clock was set back behind what was decided already: instants count from now on.</summary>
    /// <param name="From">Now.</param>
    public sealed record Rearm(Instant From) : Decision;
}
