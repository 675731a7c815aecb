using NodaTime;
using Varve.Time;

namespace Varve.Server.Home;

/// <summary>How a backfill stands.</summary>
internal enum BackfillState
{
    /// <summary>Its windows are done one after the other.</summary>
    Running,

    /// <summary>What is under way ends, and nothing begins.</summary>
    Paused,

    /// <summary>Every window was done, or failed.</summary>
    Done,

    /// <summary>A person ended it.</summary>
    Ended,
}

/// <summary>What is done with windows that were done, or that failed, before.</summary>
internal enum BackfillWindows
{
    /// <summary>Those that are not done: never tried, or failed.</summary>
    Missing,

    /// <summary>Those that were never tried; those that failed are left as they are.</summary>
    Untried,

    /// <summary>All; those that were done are done anew, which takes a query that replaces.</summary>
    All,
}

/// <summary>Windows of the past of one query, as one thing that can be looked at, paused and ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Connection">The database by its name here.</param>
/// <param name="Query">The query.</param>
/// <param name="Range">Its whole windows are done.</param>
/// <param name="NewestFirst">The order.</param>
/// <param name="AtOnce">How many windows may be under way at once.</param>
/// <param name="Windows">Which of them.</param>
/// <param name="Subject">Who asked.</param>
/// <param name="Created">When.</param>
internal sealed record Backfill(
    string Id,
    string Connection,
    string Query,
    TimeRange Range,
    bool NewestFirst,
    int AtOnce,
    BackfillWindows Windows,
    string Subject,
    Instant Created
)
{
    public BackfillState State { get; init; } = BackfillState.Running;

    /// <summary>Why it was paused; null where it was not.</summary>
    public string? Reason { get; init; }

    public Instant? Finished { get; init; }

    public bool IsOpen => State is BackfillState.Running or BackfillState.Paused;

    public static string NewId() => $"b-{Guid.CreateVersion7():N}";
}
