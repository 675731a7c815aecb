using Varve.Time;

namespace Varve.Scheduling;

/// <summary>
/// When something runs by itself: by a cron expression or by a period. A value; instants come from <see cref="Timetable"/>.
/// </summary>
public sealed record Schedule
{
    /// <summary>The cron expression; null where <see cref="Every"/> is given.</summary>
    public CronRule? Cron { get; init; }

    /// <summary>The period; null where <see cref="Cron"/> is given.</summary>
    public RunPeriod? Every { get; init; }

    /// <summary>The IANA zone whose clock it goes by; null: the policy's.</summary>
    public string? Zone { get; init; }

    /// <summary>Nothing runs before it, and periods are counted from it; null: no bound.</summary>
    public ScheduleMoment? Start { get; init; }

    /// <summary>Nothing runs from it on; null: no bound.</summary>
    public ScheduleMoment? End { get; init; }

    /// <summary>
    /// The most by which a run is put off, so that many schedules do not begin together; each name has its own, and keeps it.
    /// </summary>
    public Keep? Jitter { get; init; }

    /// <summary>Windows and dates in which nothing begins.</summary>
    public IReadOnlyList<ExceptWindow> Except { get; init; } = [];

    /// <summary>What becomes of a run that is due while the one before it is under way. Default: <see cref="Overlap.Skip"/>.</summary>
    public Overlap Overlap { get; init; }

    /// <summary>After how many failures one after the other it is paused; null: never.</summary>
    public int? PauseAfter { get; init; }

    /// <summary>A warning is given where nothing succeeded within this time; null: none.</summary>
    public Keep? ExpectWithin { get; init; }

    /// <summary>The rule as it is written: the cron expression, or the period.</summary>
    public string Text => Cron?.Text ?? Every?.Text ?? "";
}

/// <summary>What becomes of a run that is due while the one before it is under way.</summary>
public enum Overlap
{
    /// <summary>It is left out, and said so.</summary>
    Skip,

    /// <summary>One waits until the other has ended; a second one is left out.</summary>
    Queue,
}
