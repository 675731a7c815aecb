using NodaTime;
using Varve.Queries;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Server.Scheduling;

/// <summary>What becomes of the windows of a query that are due.</summary>
/// <param name="Windows">In their order; with a reason where one is left out, and how many it stands for besides itself.</param>
/// <param name="Armed">Where the next window begins.</param>
/// <param name="IsMore">True where more are due than there is room for.</param>
internal sealed record WindowDecision(IReadOnlyList<(TimeRange Window, string? LeftOut, int Missed)> Windows, Instant Armed, bool IsMore)
{
    // With catchup: none a window that ended this long ago was missed.
    private static readonly Duration s_grace = Duration.FromMinutes(1);

    /// <summary>Decides. Pure.</summary>
    /// <param name="times">The windows.</param>
    /// <param name="catchup">Which of those that were missed are done.</param>
    /// <param name="armed">Where the first window that was not decided begins.</param>
    /// <param name="now">The clock.</param>
    /// <param name="room">How many windows may wait.</param>
    internal static WindowDecision Of(QueryTimes times, Catchup catchup, Instant armed, Instant now, int room)
    {
        if (catchup == Catchup.All)
        {
            var due = times.Due(armed, now, room + 1);
            IReadOnlyList<TimeRange> taken = [.. due.Take(room)];
            return new([.. taken.Select(w => (w, (string?)null, 0))], taken is [.., var last] ? last.To : armed, due.Count > room);
        }

        if (times.Newest(armed, now) is not { } newest)
            return new([], armed, false);
        List<(TimeRange, string?, int)> decided = [];
        var before = times.Due(armed, now, Timetable.MostCounted + 1).Count - 1;
        if (before > 0)
            decided.Add(
                (
                    new(armed, newest.From),
                    FormattableString.Invariant(
                        $"catchup: {catchup.ToString().ToLowerInvariant()}; {(before == Timetable.MostCounted ? "at least " : "")}{before} {(before == 1 ? "window was" : "windows were")} missed"
                    ),
                    before - 1
                )
            );
        var late = now - newest.To - (times.Times.Next(newest.From)!.Due - newest.To);
        decided.Add((newest, catchup == Catchup.None && late > s_grace ? "catchup: none; it was missed" : null, 0));
        return new(decided, newest.To, false);
    }
}
