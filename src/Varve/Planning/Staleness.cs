using Varve.Policies;

namespace Varve.Planning;

/// <summary>A plan that was made before is run only where a new plan would do the same.</summary>
public static class Staleness
{
    /// <summary>The steps of the earlier plan, with what the new plan knows of them.</summary>
    /// <param name="planned">The plan of the file.</param>
    /// <param name="current">The plan of now, with the same planning instant.</param>
    /// <exception cref="StalePlanException">A step is missing or changed. New rows, estimates and additional steps are not.</exception>
    public static Plan Keep(Plan planned, Plan current)
    {
        List<string> differences = [];
        if (planned.PolicyHash != current.PolicyHash)
            differences.Add($"! policy {planned.Policy}: it was changed since (revision {planned.Revision} then, {current.Revision} now)");
        if (planned.ZoneVersion != current.ZoneVersion)
            differences.Add($"! zone data: {planned.ZoneVersion} then, {current.ZoneVersion} now");
        var known = current.Steps.GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.First());
        var keys = planned.Steps.Select(s => s.Key).ToHashSet();
        differences.AddRange(planned.Steps.Where(s => !known.ContainsKey(s.Key)).Select(s => $"- {s.Key}"));
        if (differences.Count > 0)
        {
            differences.AddRange(current.Steps.Where(s => !keys.Contains(s.Key)).Select(s => $"+ {s.Key}"));
            differences.InsertRange(0, NewWaits(planned, current));
            throw Stale(planned, differences);
        }

        List<PlanStep> steps = [.. planned.Steps.Select(s => known[s.Key])];
        var removes = steps.Exists(s => s is PlanStep.Expire or PlanStep.Discard or PlanStep.Merge);
        // The hash that was read is the one that is confirmed; a plan without removals has nothing to confirm.
        return current with { Steps = steps, Brake = current.Brake is null || !removes ? null : planned.Brake ?? current.Brake };
    }

    /// <summary>The same of a policy of which there is no plan any more.</summary>
    /// <param name="planned">The plan that was made before.</param>
    /// <param name="failure">Why it cannot be planned now; null where there is no such policy.</param>
    internal static StalePlanException Gone(Plan planned, Problem? failure) =>
        Stale(
            planned,
            [
                failure is null
                    ? $"! policy {planned.Policy}: there is none of that name now"
                    : $"! policy {planned.Policy}: {failure.Code}: {failure.Message}",
                .. planned.Steps.Select(s => $"- {s.Key}"),
            ]
        );

    private static StalePlanException Stale(Plan planned, IReadOnlyList<string> differences) =>
        new($"The plan of {planned.Policy} is stale: what it would do is no longer what is due. Plan again.", differences);

    // What waits now and did not then is why steps are missing: a column of another type, a hold, a proof that halted.
    private static IEnumerable<string> NewWaits(Plan planned, Plan current) =>
        current
            .Waits.Where(w => !planned.Waits.Any(p => p.Relation == w.Relation && p.Reason == w.Reason))
            .Select(w => $"! {w.Relation}: {w.Reason}")
            .Distinct();
}
