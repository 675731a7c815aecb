using NodaTime;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Policies;

/// <summary>Whether anything ever runs by a schedule, and what its author should know.</summary>
internal static class ScheduleRules
{
    // A day on which no clock changes; what a rule gives is asked from here on, so that a check reads no clock.
    private static readonly Instant Asked = Instant.FromUtc(2026, 1, 1, 0, 0);

    private const int Looked = 50;

    internal static void Check(Policy policy, List<Problem> problems)
    {
        if (policy.Schedule is not { } schedule)
            return;
        var known = problems.Count;
        if (schedule.Cron is null == schedule.Every is null)
            problems.Add(new(PolicyCodes.MissingKey, "`schedule` needs `cron` or `every`, and not both.") { Path = "schedule" });
        if (schedule.Zone is { } zone)
            TierRules.Zone(zone, "schedule.zone", problems);
        if (schedule.PauseAfter is < 1)
            problems.Add(new(PolicyCodes.WrongValue, "`schedule.pause_after` is at least 1.") { Path = "schedule.pause_after" });
        Spans(schedule, problems);
        if (problems.Count > known || !DateTimeZoneProviders.Tzdb.Ids.Contains(schedule.Zone ?? policy.Zone))
            return;
        Runs(new(schedule, policy.Zone, policy.Name), schedule, problems);
        if (schedule.Cron is { AsksBothDays: true } cron)
        {
            problems.Add(
                new(
                    PolicyCodes.BothDays,
                    $"`{cron.Text}` restricts the day of month and the day of week: it runs where both hold. crontab(5) would run where either does; if that is meant, it takes two policies."
                )
                {
                    Path = Written(schedule),
                    IsWarning = true,
                }
            );
        }
    }

    private static void Spans(Schedule schedule, List<Problem> problems)
    {
        if (schedule.Jitter is { IsForever: true })
            problems.Add(new(PolicyCodes.WrongValue, "`schedule.jitter` cannot be forever.") { Path = "schedule.jitter" });
        if (schedule.ExpectWithin is { } within && (within.IsForever || within.Longest == Duration.Zero))
            problems.Add(
                new(PolicyCodes.WrongValue, $"`schedule.expect_within: {within.Text}` is no time to wait. Write a duration such as 26h.")
                {
                    Path = "schedule.expect_within",
                }
            );
    }

    private static void Runs(Timetable times, Schedule schedule, List<Problem> problems)
    {
        var bounded = schedule.Start?.In(times.Zone) is { } start && start < Asked ? start - Duration.Epsilon : Asked;
        if (schedule.End is { } end && schedule.Start is { } begin && end.In(times.Zone) <= begin.In(times.Zone))
        {
            problems.Add(
                new(
                    PolicyCodes.NeverRuns,
                    $"`schedule.end: {end.Text}` is not behind `schedule.start: {begin.Text}`, so nothing ever runs."
                )
                {
                    Path = "schedule.end",
                }
            );
            return;
        }

        // A schedule whose end lies in the past ran, and may stay as it is.
        if (schedule.End?.In(times.Zone) <= bounded)
            return;
        var runs = times.Upcoming(bounded, Looked);
        if (runs.Count == 0)
        {
            var why = times.Next(bounded) is null
                ? $"`{schedule.Text}` names no instant that ever comes"
                : "every instant lies in `except`";
            problems.Add(
                new(PolicyCodes.NeverRuns, $"Nothing ever runs by this schedule: {why}.")
                {
                    Path = times.Next(bounded) is null ? Written(schedule) : "schedule.except",
                }
            );
            return;
        }

        var shortest = runs.Zip(runs.Skip(1), (one, other) => other.Scheduled - one.Scheduled).DefaultIfEmpty(Duration.MaxValue).Min();
        if (schedule.Jitter is { } jitter && jitter.Longest >= shortest)
        {
            problems.Add(
                new(
                    PolicyCodes.NeverRuns,
                    $"`schedule.jitter: {jitter.Text}` is not shorter than the time between two runs, which may be {Keep.OfSeconds((long)shortest.TotalSeconds).Text}. Make it shorter."
                )
                {
                    Path = "schedule.jitter",
                }
            );
        }
    }

    private static string Written(Schedule schedule) => schedule.Every is null ? "schedule.cron" : "schedule.every";
}
