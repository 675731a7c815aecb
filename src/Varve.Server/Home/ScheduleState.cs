using NodaTime;

namespace Varve.Server.Home;

/// <summary>Which schedule: that of a policy, of a pattern, or of a query, in one database.</summary>
/// <param name="Connection">The database by its name here.</param>
/// <param name="Policy">The policy, pattern or query.</param>
/// <param name="IsQuery">True for a query; a policy may have the same name.</param>
internal sealed record ScheduleKey(string Connection, string Policy, bool IsQuery = false)
{
    public override string ToString() => IsQuery ? $"{Connection}/query/{Policy}" : $"{Connection}/{Policy}";
}

/// <summary>What is kept of a schedule between two instants, and over a restart.</summary>
/// <param name="Key">Which.</param>
/// <param name="Rule">The rule as it was seen last; another one counts from its edit on.</param>
/// <param name="Armed">Instants after it count.</param>
internal sealed record ScheduleState(ScheduleKey Key, string Rule, Instant Armed)
{
    /// <summary>Failures one after the other.</summary>
    public int Failures { get; init; }

    /// <summary>Until when nothing is tried again after failures.</summary>
    public Instant? CircuitUntil { get; init; }

    /// <summary>The end of the newest run that succeeded.</summary>
    public Instant? Succeeded { get; init; }

    /// <summary>Since when it is said that nothing succeeded for too long; null where nothing is to be said.</summary>
    public Instant? Overdue { get; init; }

    /// <summary>The pause that is set; null for none.</summary>
    public SchedulePause? Pause { get; init; }

    /// <summary>Who asked that the next run be left out; null for nobody.</summary>
    public string? SkipBy { get; init; }
}

/// <summary>A schedule that a person, or too many failures, stopped.</summary>
/// <param name="Since">Since when.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it ends by itself; null: never.</param>
internal sealed record SchedulePause(Instant Since, string By, string Reason, Instant? Until);
