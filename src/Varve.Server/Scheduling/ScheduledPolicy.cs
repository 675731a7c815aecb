using NodaTime;
using Varve.Policies;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <summary>A policy, or a pattern, that has a schedule.</summary>
/// <param name="Policy">What it says.</param>
/// <param name="AppliedAt">When this revision was stored.</param>
internal sealed record ScheduledPolicy(Policy Policy, Instant AppliedAt)
{
    /// <summary>What is to be kept of its schedule, and whether that is something new.</summary>
    /// <param name="before">What was kept; null for a schedule that is seen for the first time.</param>
    /// <param name="key">Which.</param>
    /// <param name="now">The clock.</param>
    internal (ScheduleState State, bool IsNew) Learned(ScheduleState? before, ScheduleKey key, Instant now)
    {
        var rule = PolicyJson.Canonical(
            new()
            {
                Name = "",
                Table = new(null, ""),
                Time = "",
                Zone = Policy.Zone,
                Schedule = Policy.Schedule,
            }
        );
        if (before?.Rule == rule)
            return (before, false);

        // An edit counts from its own instant on, and a schedule that is seen for the first time from now on: neither fires a run by
        // itself.
        var armed = before is null ? now : Instant.Min(now, Instant.Max(before.Armed, AppliedAt));
        return ((before ?? new ScheduleState(key, rule, armed)) with { Rule = rule, Armed = armed }, true);
    }
}
