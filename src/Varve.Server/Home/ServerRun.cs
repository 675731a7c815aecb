using NodaTime;
using Varve.Time;

namespace Varve.Server.Home;

/// <summary>Why a run came to be.</summary>
internal enum RunTrigger
{
    /// <summary>Its schedule.</summary>
    Schedule,

    /// <summary>A person or a program.</summary>
    Manual,

    /// <summary>One before it was ended by the end of the server.</summary>
    Resumed,

    /// <summary>A backfill.</summary>
    Backfill,
}

/// <summary>How a run stands.</summary>
internal enum RunState
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>It is under way.</summary>
    Running,

    /// <summary>Everything was done, or there was nothing to do.</summary>
    Done,

    /// <summary>Removals wait for a person's word; everything else was done.</summary>
    Braked,

    /// <summary>Something waits for a person, or rows for what a quota allows tomorrow.</summary>
    Waits,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was ended between two steps, and the next one goes on.</summary>
    Stopped,

    /// <summary>A person ended it.</summary>
    Cancelled,

    /// <summary>It was left out, and the reason says why.</summary>
    Skipped,

    /// <summary>The server ended while it was under way.</summary>
    Interrupted,
}

/// <summary>One run of the server, of one policy, of a pattern's tables, or of several policies of one database.</summary>
/// <param name="Id">Its id; of a scheduled one made of schedule and instant, so that there is one for each.</param>
/// <param name="Connection">The database by its name here.</param>
/// <param name="Policy">The policy, pattern or query; empty for a selection of policies.</param>
/// <param name="Trigger">Why it came to be.</param>
/// <param name="Queued">When.</param>
/// <param name="Subject">By whom.</param>
internal sealed record ServerRun(string Id, string Connection, string Policy, RunTrigger Trigger, Instant Queued, string Subject)
{
    /// <summary>The instant of the rule; null where no schedule made it.</summary>
    public Instant? Scheduled { get; init; }

    /// <summary>Instants of the rule that it stands for besides its own.</summary>
    public int Missed { get; init; }

    /// <summary>The window of a query; null for policies.</summary>
    public TimeRange? Window { get; init; }

    /// <summary>True where it is a window of a query.</summary>
    public bool IsQuery => Window is not null;

    /// <summary>The backfill that it is of; null for none.</summary>
    public string? Backfill { get; init; }

    /// <summary>True where a window that was done before is done anew.</summary>
    public bool Again => Backfill is not null && Asked.Again;

    /// <summary>Which schedule it is of.</summary>
    public ScheduleKey Key => new(Connection, Policy, IsQuery);

    /// <summary>What was asked for.</summary>
    public RunAsked Asked { get; init; } = new();

    public Instant? Started { get; init; }

    public Instant? Finished { get; init; }

    public RunState State { get; init; } = RunState.Queued;

    /// <summary>Why it was left out, or why it ended early.</summary>
    public string? Reason { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    /// <summary>What it did, as JSON; null before.</summary>
    public string? Result { get; init; }

    /// <summary>Rows that it removed on the day on which it ended, where that is known; stored apart from it.</summary>
    public RemovedRows? Removed { get; init; }

    /// <summary>That somebody asked another server than the leader to end it; null where nobody did.</summary>
    public EndAsked? EndAsked { get; init; }

    public bool IsOpen => State is RunState.Queued or RunState.Running;

    /// <summary>The id of the run of one instant of a schedule.</summary>
    public static string IdOf(ScheduleKey key, Instant scheduled) =>
        $"s-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{key.Connection}\n{key.Policy}\n{InstantText.Format(scheduled)}{(key.IsQuery ? "\nquery" : "")}")))[..24]}";

    /// <summary>A new id for what no schedule made.</summary>
    public static string NewId() => $"m-{Guid.CreateVersion7():N}";
}

/// <summary>The wish that a run end.</summary>
/// <param name="Now">True: in its statement; otherwise after it.</param>
/// <param name="By">Whose wish.</param>
internal sealed record EndAsked(bool Now, string By);

/// <summary>What a run was asked to do.</summary>
internal sealed record RunAsked
{
    /// <summary>Policies; empty for all, or for those of the tags.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Tags that they must have.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Hashes of brakes that a person confirmed.</summary>
    public IReadOnlyList<string> Confirm { get; init; } = [];

    /// <summary>The planning instant as text; null: when it begins.</summary>
    public string? AsOf { get; init; }

    /// <summary>True where a window that was done before is done anew.</summary>
    public bool Again { get; init; }

    /// <summary>How many rows it may remove; null: any number.</summary>
    public long? MaxRemove { get; init; }

    /// <summary>How long it may take before it stops between two steps, as text; null: as long as it takes.</summary>
    public string? For { get; init; }

    /// <summary>True where a person agreed to whatever would be removed.</summary>
    public bool Yes { get; init; }

    /// <summary>Plans that were made before, as JSON: only their steps are run; null: it plans when it begins.</summary>
    public string? Plan { get; init; }

    /// <summary>A hash that the audit log of the database must have; null: not asked.</summary>
    public string? AuditHead { get; init; }
}
