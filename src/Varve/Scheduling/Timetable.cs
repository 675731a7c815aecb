using System.Text;
using NodaTime;

namespace Varve.Scheduling;

/// <summary>One instant at which a schedule fires.</summary>
/// <param name="Scheduled">The instant that the rule names; with the schedule the key of the run.</param>
/// <param name="Due">When it begins: later by what the name's jitter is.</param>
/// <param name="Except">The window for which nothing begins then; null where it does.</param>
public sealed record Occurrence(Instant Scheduled, Instant Due, string? Except);

/// <summary>The instants of a schedule. Pure: it reads no clock, and the same question always has the same answer.</summary>
public sealed class Timetable
{
    /// <summary>Up to how many missed instants are counted one by one.</summary>
    public const int MostCounted = 1_000;

    // Of a rule whose every instant is excepted nobody waits for the end.
    private const int MostExcepted = 20_000;

    private readonly Schedule _schedule;
    private readonly Instant _start;
    private readonly Instant _end;
    private readonly Duration _jitter;

    /// <summary>The instants of a schedule.</summary>
    /// <param name="schedule">The schedule; it has a rule, and its zone exists.</param>
    /// <param name="zone">The zone where it names none.</param>
    /// <param name="name">Whose it is: gives the jitter.</param>
    public Timetable(Schedule schedule, string zone, string name)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(name);
        _schedule = schedule;
        Zone = DateTimeZoneProviders.Tzdb[schedule.Zone ?? zone];
        _start = schedule.Start?.In(Zone) ?? Instant.MinValue;
        _end = schedule.End?.In(Zone) ?? Instant.MaxValue;
        _jitter = Put(schedule, name);
    }

    /// <summary>The zone whose clock it goes by.</summary>
    public DateTimeZone Zone { get; }

    /// <summary>The first instant after another one, one of an excepted window too; null where there is none.</summary>
    public Occurrence? Next(Instant after) => Rule(after) is { } at ? Told(at) : null;

    /// <summary>The next instants at which it does run.</summary>
    /// <param name="after">After which instant.</param>
    /// <param name="count">How many, at most.</param>
    public IReadOnlyList<Occurrence> Upcoming(Instant after, int count)
    {
        List<Occurrence> all = [];
        for (var tries = 0; all.Count < count && tries < MostExcepted && Next(after) is { } next; tries++)
        {
            after = next.Scheduled;
            if (next.Except is null)
                all.Add(next);
        }

        return all;
    }

    /// <summary>What is to be done now.</summary>
    /// <param name="armed">From when on instants count: the newest that was decided, the last edit, or the end of a pause.</param>
    /// <param name="now">The clock.</param>
    public Decision Decide(Instant armed, Instant now)
    {
        // The clock was set back: what it showed before is no reason to wait until it shows that again.
        if (armed > now)
            return new Decision.Rearm(now);
        if (Next(armed) is not { } first)
            return new Decision.Wait(null);
        if (first.Due > now)
            return new Decision.Wait(first);
        var until = now - _jitter;
        var last = Told(Last(armed, until));
        var (missed, at) = (0, first.Scheduled);
        for (; at < last.Scheduled && missed < MostCounted && Rule(at) is { } next; at = next)
            missed++;
        return last.Except is { } window
            ? new Decision.Skip(last, $"nothing begins in {window}", missed)
            : new Decision.Fire(last, missed, at < last.Scheduled);
    }

    /// <summary>The newest instant after one and up to another; null where there is none.</summary>
    internal Instant? Newest(Instant after, Instant until) => Rule(after) is { } at && at <= until ? Last(after, until) : null;

    private static Duration Put(Schedule schedule, string name)
    {
        if (schedule.Jitter is not { } most || most.Shortest == Duration.Zero)
            return Duration.Zero;

        // Eight bytes of a hash that is the same on every machine and in every version of .NET.
        var hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return Duration.FromMilliseconds((long)(BitConverter.ToUInt64(hash) % (ulong)most.Shortest.TotalMilliseconds));
    }

    private Occurrence Told(Instant at)
    {
        var local = LocalClock.Shown(Zone, at);
        return new(at, at + _jitter, _schedule.Except.FirstOrDefault(w => w.Covers(local))?.Text);
    }

    private Instant? Rule(Instant after)
    {
        var from = after < _start ? _start - Duration.Epsilon : after;
        return Raw(from) is { } at && at < _end ? at : null;
    }

    private Instant? Raw(Instant after) =>
        _schedule switch
        {
            { Cron: { } cron } => CronClock.Next(cron, Zone, after),
            { Every: { } every } => PeriodClock.Next(every, Zone, _schedule.Start, after),
            _ => throw new InvalidOperationException("A schedule has a cron expression or a period."),
        };

    /// <summary>
    /// The newest instant up to another one; there is one. What was missed may be millions, so it is looked for from the end.
    /// </summary>
    private Instant Last(Instant armed, Instant until)
    {
        for (var span = Duration.FromMinutes(1); ; span *= 8)
        {
            var from = until - armed <= span ? armed : until - span;
            if (Rule(from) is not { } at || at > until)
            {
                if (from == armed)
                    throw new System.Diagnostics.UnreachableException();
                continue;
            }

            while (Rule(at) is { } next && next <= until)
                at = next;
            return at;
        }
    }
}
