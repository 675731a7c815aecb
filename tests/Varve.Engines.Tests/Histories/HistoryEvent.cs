using Varve.Engines.Tests.Kills;

namespace Varve.Engines.Tests.Histories;

/// <summary>One thing that happens to a table. Ages and spans are in units of the history's policy. A closed family.</summary>
public abstract record HistoryEvent
{
    private HistoryEvent() { }

    /// <summary>The clock goes on, and rows of that span arrive.</summary>
    public sealed record Fresh(int Span, int Rows, int Seed) : HistoryEvent;

    /// <summary>Rows arrive that are up to that old.</summary>
    public sealed record Late(int Age, int Rows, int Seed) : HistoryEvent;

    /// <summary>A row arrives once more.</summary>
    public sealed record Repeat(int FromNewest) : HistoryEvent;

    /// <summary>The user corrects a value.</summary>
    public sealed record Update(int FromNewest, int Value) : HistoryEvent;

    /// <summary>The user deletes some rows that follow each other.</summary>
    public sealed record Remove(int FromNewest, int Count) : HistoryEvent;

    /// <summary>A cron job deletes everything that is older.</summary>
    public sealed record Cron(int Age) : HistoryEvent;

    /// <summary>The clock goes on and nothing arrives.</summary>
    public sealed record Silence(int Span) : HistoryEvent;

    /// <summary>Somebody sets a hold.</summary>
    public sealed record Hold(int Age, int Span) : HistoryEvent;

    /// <summary>All holds end.</summary>
    public sealed record Release : HistoryEvent;

    /// <summary>The policy gets the tier that it may get.</summary>
    public sealed record Grow : HistoryEvent;

    /// <summary>Something else of the policy changes: which tiers it has, its functions, its keeps, what becomes of late rows.</summary>
    public sealed record Change(Changed What, int Pick) : HistoryEvent;

    /// <summary>The tiers that the policy no longer has are dropped.</summary>
    public sealed record Drop : HistoryEvent;

    /// <summary>A person asks for a host to be erased; a span of 0 is all of time.</summary>
    public sealed record Erase(int Host, int Age, int Span) : HistoryEvent;

    /// <summary>A person asks for one row of the source to be erased.</summary>
    public sealed record EraseOne(int FromNewest) : HistoryEvent;

    /// <summary>A run as of the clock, or somewhat before.</summary>
    public sealed record Run(int Lag) : HistoryEvent;

    /// <summary>A run that dies, and its rerun.</summary>
    public sealed record Killed(int At, Moment Moment) : HistoryEvent;

    /// <summary>A run in the middle of which rows arrive that are up to that old, and the run after it.</summary>
    public sealed record Busy(int At, Moment Moment, int Age, int Rows, int Seed) : HistoryEvent;
}

/// <summary>What of a policy changes.</summary>
public enum Changed
{
    Tier,
    Functions,
    Keeps,
    LateRows,
}
