using Varve.Time;

namespace Varve.Policies;

/// <summary>Everything that can be said about a policy without its table.</summary>
public static class PolicyRules
{
    /// <summary>
    /// Checks a policy: that it does something, that its tiers fit together for the years 2025 to 2100 (what older data
    /// ask for is checked with the table), that no row goes before what is built from it can close
    /// (semantics §2), and that its names are unique and usable.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <returns>Every problem, with the path of its key; none if the policy is sound.</returns>
    public static IReadOnlyList<Problem> Check(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        List<Problem> problems = [];
        Cascade(policy, Policies.Cascade.Recent, problems);
        return problems;
    }

    /// <summary>The same over the extent of the data, with what the tiers are built from; null where something is wrong.</summary>
    internal static Cascade? Cascade(Policy policy, TimeRange span, List<Problem> problems)
    {
        var known = problems.Count;
        if (policy.Keep.IsForever && policy.Tiers.Count + policy.Relocate.Count == 0)
        {
            problems.Add(
                new(
                    PolicyCodes.NothingToDo,
                    "The policy does nothing: it keeps the source forever and has no tiers. Give it `keep` or `tiers`."
                )
            );
        }

        if (policy.Archive is { To: var location } && policy.Keep.IsForever)
        {
            problems.Add(
                new(
                    PolicyCodes.ArchiveForever,
                    $"The source is kept forever, so nothing would ever be archived to `{location}`. Give it a `keep`, or take `archive` out."
                )
                {
                    Path = "archive",
                }
            );
        }

        NameRules.Check(policy, problems);
        ValueRules.Check(policy, problems);
        HopRules.Check(policy, problems);
        PartitionRules.Check(policy, problems);
        var shape = problems.Count;
        TierRules.Check(policy, problems);
        var endless = policy.Late.IsForever || policy.Recheck is { IsForever: true };
        var chosen =
            problems.Count > shape || endless ? null
            : Policies.Cascade.Choose(policy, span, problems) is { } cascade && problems.Count == known ? cascade
            : null;

        // Last, because its advice says nothing about what the tiers are built from.
        ScheduleRules.Check(policy, problems);
        return chosen;
    }
}
