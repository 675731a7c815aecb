using NodaTime;
using Varve.Catalog;
using Varve.Policies;
using Varve.Queries;
using Varve.Server.Backfills;
using Varve.Server.Home;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>A query as it is stored; its text only where one is asked for.</summary>
internal sealed record QueryShape(
    string Connection,
    string Query,
    int Revision,
    Instant AppliedAt,
    string AppliedBy,
    string Schedule,
    string? Into,
    string Write,
    IReadOnlyList<string> Tags,
    string? Yaml
)
{
    internal static QueryShape Of(StoredQuery q, bool withYaml) =>
        new(
            q.Connection,
            q.Query.Name,
            q.Revision,
            q.AppliedAt,
            q.AppliedBy,
            q.Query.Schedule.Text,
            q.Query.Into?.Text,
            q.Query.Write.ToString().ToLowerInvariant(),
            q.Query.Tags,
            withYaml ? q.Yaml : null
        );
}

internal sealed record QueryRevisionShape(
    int Revision,
    Instant AppliedAt,
    string AppliedBy,
    string Yaml,
    IReadOnlyList<PolicyDifference> Changes
);

internal sealed record QueryRevisionsShape(string Query, IReadOnlyList<QueryRevisionShape> Revisions);

/// <summary>What is wrong with a text about queries, and what it would change.</summary>
/// <param name="IsSound">True where it can be stored.</param>
/// <param name="Queries">Those in it that can be read, with what would change.</param>
/// <param name="Problems">Each with its place.</param>
internal sealed record QueryCheckShape(bool IsSound, IReadOnlyList<QueryDiffShape> Queries, IReadOnlyList<ProblemPlace> Problems);

/// <param name="Query">Which.</param>
/// <param name="Revision">The stored revision; 0 for a new one.</param>
/// <param name="Changes">What differs from it.</param>
internal sealed record QueryDiffShape(string Query, int Revision, IReadOnlyList<PolicyDifference> Changes);

internal sealed record DoneWindowShape(TimeRange Window, long Rows, int Revision, string Run, string DoneBy, Instant DoneAt)
{
    internal static DoneWindowShape Of(DoneWindow w) => new(w.Range, w.Rows, w.Revision, w.Run, w.DoneBy, w.DoneAt);
}

internal sealed record DoneWindowsShape(string Query, IReadOnlyList<DoneWindowShape> Windows);

internal sealed record BackfillBody(
    string Query,
    string From,
    string To,
    BackfillOrder Order = BackfillOrder.OldestFirst,
    int AtOnce = 1,
    BackfillWindows Windows = BackfillWindows.Missing,
    bool DryRun = false
);

internal enum BackfillOrder
{
    OldestFirst,

    NewestFirst,
}

internal sealed record StandingShape(TimeRange Window, WindowStanding State, bool WouldRun);

/// <summary>What a backfill would do; nothing was done.</summary>
/// <param name="Whole">How many whole windows the range has.</param>
/// <param name="WouldRun">How many would be done.</param>
/// <param name="Windows">The first thousand of them, in the order in which they would be.</param>
internal sealed record BackfillPlanShape(int Whole, int WouldRun, IReadOnlyList<StandingShape> Windows);

/// <summary>A backfill, and how many of its windows stand how.</summary>
internal sealed record BackfillShape(
    string Id,
    string Connection,
    string Query,
    TimeRange Range,
    BackfillOrder Order,
    int AtOnce,
    BackfillWindows Windows,
    BackfillState State,
    string? Reason,
    string Subject,
    Instant Created,
    Instant? Finished,
    IReadOnlyDictionary<RunState, int> Runs
)
{
    internal static BackfillShape Of(Backfill b, IReadOnlyDictionary<RunState, int> runs) =>
        new(
            b.Id,
            b.Connection,
            b.Query,
            b.Range,
            b.NewestFirst ? BackfillOrder.NewestFirst : BackfillOrder.OldestFirst,
            b.AtOnce,
            b.Windows,
            b.State,
            b.Reason,
            b.Subject,
            b.Created,
            b.Finished,
            runs
        );
}

internal sealed record BackfillsShape(IReadOnlyList<BackfillShape> Backfills);

internal sealed record ReasonBody(string Reason);
