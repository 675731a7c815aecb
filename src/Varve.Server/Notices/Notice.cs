using NodaTime;

namespace Varve.Server.Notices;

/// <summary>What is told to others without being asked.</summary>
internal enum NoticeKind
{
    /// <summary>A run, or a window of a query, failed.</summary>
    Failed,

    /// <summary>Something waits for a person: a proof failed, or a policy does not fit its table any more.</summary>
    Halted,

    /// <summary>A removal waits for a person's word.</summary>
    Braked,

    /// <summary>Nothing succeeded within the time that a schedule expects.</summary>
    Overdue,

    /// <summary>Somebody tries whether it arrives.</summary>
    Test,

    /// <summary>Windows of a query were missed, and are not done, because its catchup says so.</summary>
    Missed,
}

/// <summary>One thing that others are told. Its names are a promise: add, never rename.</summary>
/// <param name="Id">The same for every try and every target: who has seen it needs it no second time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Connection">The database by its name here; null for none.</param>
/// <param name="Policy">The policy or pattern; null where it is a query, or a selection.</param>
/// <param name="Query">The query; null where it is a policy.</param>
/// <param name="Run">The run; null for none.</param>
/// <param name="Code">The code of the error; null for none.</param>
/// <param name="Message">For people.</param>
internal sealed record Notice(
    string Id,
    NoticeKind Kind,
    Instant At,
    string Tenant,
    string? Connection,
    string? Policy,
    string? Query,
    string? Run,
    string? Code,
    string Message
)
{
    /// <summary>In a few words: the subject of a mail.</summary>
    public string Title =>
        Kind switch
        {
            NoticeKind.Failed => $"{Named} failed",
            NoticeKind.Halted => $"{Named} waits for a person",
            NoticeKind.Braked => $"{Named}: a removal waits for your word",
            NoticeKind.Overdue => $"{Named} is overdue",
            NoticeKind.Missed => $"{Named}: windows were left out",
            _ => "a test",
        };

    private string Named => $"{Connection}/{Policy ?? Query ?? "several policies"}";
}
