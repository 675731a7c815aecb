using Varve.Queries;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;
using Varve.Time;

namespace Varve.Server.Backfills;

/// <summary>How a window stands before a backfill.</summary>
internal enum WindowStanding
{
    /// <summary>It was never tried, or nothing of it is known.</summary>
    Untried,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>The newest try failed.</summary>
    Failed,
}

/// <summary>The windows of a backfill.</summary>
/// <param name="Windows">Every whole window of the range, oldest first, and how it stands.</param>
/// <param name="Due">Those that it would do, in its order.</param>
internal sealed record BackfillPlan(IReadOnlyList<(TimeRange Window, WindowStanding Standing)> Windows, IReadOnlyList<TimeRange> Due);

/// <summary>Which windows a backfill would do: what a dry run lists is what is done.</summary>
internal sealed class BackfillPlans(QueryTable queries, BackfillTable backfills, HomeDatabase home)
{
    private const int Most = 100_000;

    /// <exception cref="PolicyException">There is no such query, or it cannot be asked for that.</exception>
    public async Task<BackfillPlan> OfAsync(ServerConnection connection, Backfill asked, CancellationToken cancellationToken)
    {
        QueryRunner.Allow(connection);
        var stored =
            await queries.FindAsync(connection.Name, asked.Query, cancellationToken)
            ?? throw new PolicyException(ServerCodes.Missing, $"There is no query {asked.Query}.");
        if (asked.Windows == BackfillWindows.All && stored.Query.Write != WindowWriting.Replace)
            throw new PolicyException(
                ServerCodes.BadRequest,
                $"{asked.Query} adds rows, so windows that are done cannot be done anew: they would count twice. Take `windows: missing`, or a query with `write: replace`."
            );
        if (asked.Range.FromStart || asked.Range.ToEnd)
            throw new PolicyException(ServerCodes.BadRequest, "A backfill has a beginning and an end: say `from` and `to`.");
        var range =
            asked.Range.To > home.Now()
                ? asked.Range.From < home.Now()
                    ? new TimeRange(asked.Range.From, home.Now())
                    : throw new PolicyException(ServerCodes.BadRequest, "A backfill is of the past, and `from` is in the future.")
                : asked.Range;
        var windows = stored.Query.Times().Within(range, Most + 1);
        if (windows.Count > Most)
            throw new PolicyException(
                ServerCodes.BadRequest,
                FormattableString.Invariant($"{asked.Range} has more than {Most} windows. Ask for a part of it.")
            );
        var done = (
            await connection.OwnAsync(
                Caller.Scheduler.Subject,
                ServerConnection.Impatient,
                (_, database) => QueryRunner.Work(database, home.Clock).DoneAsync(asked.Query, range, cancellationToken),
                cancellationToken
            )
        )
            .Select(d => d.Range)
            .ToHashSet();
        var failed = await backfills.FailedAsync(connection.Name, asked.Query, cancellationToken);
        IReadOnlyList<(TimeRange Window, WindowStanding Standing)> all =
        [
            .. windows.Select(w =>
                (
                    w,
                    done.Contains(w) ? WindowStanding.Done
                    : failed.Contains(w.From) ? WindowStanding.Failed
                    : WindowStanding.Untried
                )
            ),
        ];
        var due = all.Where(w =>
                asked.Windows switch
                {
                    BackfillWindows.All => true,
                    BackfillWindows.Missing => w.Standing != WindowStanding.Done,
                    _ => w.Standing == WindowStanding.Untried,
                }
            )
            .Select(w => w.Window);
        return new(all, [.. asked.NewestFirst ? due.Reverse() : due]);
    }
}
