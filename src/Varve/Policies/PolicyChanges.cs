namespace Varve.Policies;

/// <summary>What a changed policy changes about a stored one.</summary>
public static class PolicyChanges
{
    /// <summary>
    /// The changes that would mix what is built with something else. Free to change are keeps, archive, late, recheck, proof,
    /// min_coverage, on_silence, late_after_expiry, arrival, views and tags; measures, functions and tiers come and go; a
    /// policy that never had a tier may change everything but its name and its table.
    /// </summary>
    /// <param name="revisions">The policy as it was stored, oldest revision first; what was built by an old one may still be there.</param>
    /// <param name="changed">The policy of the same name as it should be; sound by <see cref="PolicyRules"/>.</param>
    /// <returns>One problem for each; none if the change can be applied.</returns>
    public static IReadOnlyList<Problem> Refused(IReadOnlyList<Policy> revisions, Policy changed)
    {
        ArgumentNullException.ThrowIfNull(revisions);
        ArgumentNullException.ThrowIfNull(changed);
        List<Problem> problems = [];
        if (revisions.Count == 0) return problems;
        var stored = revisions[^1];
        Differ("table", stored.Table.Text, changed.Table.Text, problems);
        if (revisions.LastOrDefault(r => r.Tiers.Count > 0) is not { } built) return problems;
        Differ("time", Time(built), Time(changed), problems);
        Differ("series", Series(built), Series(changed), problems);
        Differ("interval", built.Interval?.Text ?? "none", changed.Interval?.Text ?? "none", problems);
        Differ("schema", built.Schema ?? "the source's", changed.Schema ?? "the source's", problems);
        foreach (var measure in changed.Measures ?? []) Measure(revisions, measure, changed, problems);
        for (var i = 0; i < changed.Tiers.Count; i++) Tier(revisions, changed, i, problems);
        return problems;
    }

    /// <summary>
    /// Whether a changed policy removes what the stored one would not have: a keep that may be shorter, a tier that is
    /// gone, rows that were held, or that were archived first.
    /// </summary>
    /// <param name="before">The policy as it was.</param>
    /// <param name="now">The policy as it is now.</param>
    public static bool RemovesMore(Policy before, Policy now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        return !now.Keep.IsAtLeast(before.Keep)
            || before.Tiers.Any(tier => Same(tier, now) is not { } kept || Identity(before, tier) != Identity(now, kept) || !kept.Keep.IsAtLeast(tier.Keep))
            || (before.Archive is not null && now.Archive is null)
            || (before.OnSilence == OnSilence.Hold && now.OnSilence == OnSilence.Expire)
            || (before.LateAfterExpiry == LateAfterExpiry.Hold && now.LateAfterExpiry != LateAfterExpiry.Hold);
    }

    private static void Measure(IReadOnlyList<Policy> revisions, Measure measure, Policy changed, List<Problem> problems)
    {
        var now = Origin(changed, measure);
        var before = revisions.Where(r => r.Tiers.Count > 0)
            .SelectMany(r => (r.Measures ?? []).Where(m => m.Name == measure.Name).Select(m => Origin(r, m)))
            .FirstOrDefault(origin => origin != now);
        if (before is null) return;
        problems.Add(new(PolicyCodes.Unchangeable, $"The measure `{measure.Name}` was {before}, and the changed policy says {now}: its tiers would hold both. Keep it, or give the new one another name: `{measure.Name}2: {{ column: {measure.Column}, functions: […] }}`.") { Path = $"measures.{measure.Name}" });
    }

    private static void Tier(IReadOnlyList<Policy> revisions, Policy changed, int index, List<Problem> problems)
    {
        var tier = changed.Tiers[index];
        var (name, now) = (TierNames.Of(tier), Identity(changed, tier));
        foreach (var stored in revisions.Reverse())
        {
            if (Same(tier, stored) is { } named && Identity(stored, named) is var before && before != now)
            {
                problems.Add(new(PolicyCodes.Unchangeable, $"Tier `{name}` was built with the buckets {before}, and the changed policy says {now}. Other buckets are another tier: give it another `name`.") { Path = TierNames.Path(index, "every") });
                return;
            }

            if (stored.Tiers.FirstOrDefault(t => Identity(stored, t) == now) is { } renamed && TierNames.Of(renamed) != name)
            {
                problems.Add(new(PolicyCodes.Unchangeable, $"The tier with the buckets {now} was built as `{TierNames.Of(renamed)}`, and the changed policy calls it `{name}`. People query it by its name: keep it, and make a view of the other name.") { Path = TierNames.Path(index, "name") });
                return;
            }
        }
    }

    private static Tier? Same(Tier tier, Policy policy) => policy.Tiers.FirstOrDefault(t => TierNames.Of(t) == TierNames.Of(tier));

    private static void Differ(string key, string before, string after, List<Problem> problems)
    {
        if (before == after) return;
        problems.Add(new(PolicyCodes.Unchangeable, $"`{key}` is stored as {before}, and the changed policy says {after}. What is built would be mixed with something else: keep it, or delete this policy, which leaves every relation, and make one of another name with another `schema`.") { Path = key });
    }

    private static string Identity(Policy policy, Tier tier) => Cascade.GridOf(tier, policy).Id;

    private static string Time(Policy policy) => policy.Unit is { } unit ? $"{policy.Time} in {PolicyKeys.Lower(unit.ToString())}" : policy.Time;

    private static string Series(Policy policy) => $"[{string.Join(", ", policy.Series)}]";

    private static string Origin(Policy policy, Measure measure) => $"the column {measure.Column} with ties: {PolicyKeys.Lower((measure.Ties ?? policy.Ties).ToString())}";
}
