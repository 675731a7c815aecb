using NodaTime;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Queries;

/// <summary>
/// The windows of a query: each reaches from one instant of its schedule to the next. Pure.
/// <code>
/// schedule      |      |      |      |
/// windows       [------)[-----)[-----)
/// </code>
/// </summary>
internal sealed class QueryTimes
{
    // Longer than from one 29 February that is a Sunday to the next.
    private static readonly Duration s_longest = Duration.FromDays(365 * 41);

    private readonly Instant _end;

    public QueryTimes(RecurrentQuery query)
    {
        Times = new(query.Schedule with { Start = query.Start, End = null }, query.Zone, query.Name);
        Start = query.Start?.In(Times.Zone);
        _end = query.End?.In(Times.Zone) ?? Instant.MaxValue;
    }

    /// <summary>The instants at which windows end.</summary>
    public Timetable Times { get; }

    /// <summary>Where the first window begins at the earliest; null: no bound.</summary>
    public Instant? Start { get; }

    /// <summary>From which instant on windows count for a query that nobody has seen before.</summary>
    public Instant First(Instant storedAt) =>
        Start is { } start
            ? Times.Next(start - Duration.Epsilon)?.Scheduled ?? start
            : Times.Newest(storedAt - s_longest, storedAt) ?? storedAt;

    /// <summary>The window behind an instant; null where none comes.</summary>
    public TimeRange? Next(Instant armed) => Times.Next(armed) is { } next && next.Scheduled <= _end ? new(armed, next.Scheduled) : null;

    /// <summary>When the window behind an instant is due.</summary>
    public Instant? Due(Instant armed) => Next(armed) is null ? null : Times.Next(armed)!.Due;

    /// <summary>Windows that are due, oldest first, at most so many.</summary>
    public IReadOnlyList<TimeRange> Due(Instant armed, Instant now, int most)
    {
        List<TimeRange> all = [];
        while (all.Count < most && Due(armed) <= now)
        {
            all.Add(Next(armed)!);
            armed = all[^1].To;
        }

        return all;
    }

    /// <summary>The newest window that is due; null where none is.</summary>
    public TimeRange? Newest(Instant armed, Instant now)
    {
        if (!(Due(armed) <= now))
            return null;
        var until = Instant.Min(_end, now - (Times.Next(armed)!.Due - Times.Next(armed)!.Scheduled));
        var last = Times.Newest(armed, until)!.Value;
        return new(Times.Newest(armed, last - Duration.Epsilon) ?? armed, last);
    }

    /// <summary>Whole windows of a range, oldest first, at most so many.</summary>
    public IReadOnlyList<TimeRange> Within(TimeRange range, int most)
    {
        List<TimeRange> all = [];
        var at = Times.Next(range.From - Duration.Epsilon)?.Scheduled;
        while (at is { } from && all.Count < most && Next(from) is { } window && window.To <= range.To)
        {
            all.Add(window);
            at = window.To;
        }

        return all;
    }
}
