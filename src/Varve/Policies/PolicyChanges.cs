namespace Varve.Policies;

/// <summary>What a changed policy changes about a stored one.</summary>
public static class PolicyChanges
{
    /// <summary>
    /// The changes that would mix what is built with something else. Free to change are keeps, relocate, archive, late, recheck, proof,
    /// proof_changes, min_coverage, on_silence, late_after_expiry, arrival, views, schedule and tags; measures, functions and tiers come
    /// and go; other
    /// series or another interval make other tiers, which need other names; a policy that never had a tier may change
    /// everything but its name and its table.
    /// </summary>
    /// <param name="revisions">The policy as it was stored, oldest revision first; what was built by an old one may still be there.</param>
    /// <param name="changed">The policy of the same name as it should be; sound by <see cref="PolicyRules"/>.</param>
    /// <returns>One problem for each; none if the change can be applied.</returns>
    public static IReadOnlyList<Problem> Refused(IReadOnlyList<Policy> revisions, Policy changed)
    {
        ArgumentNullException.ThrowIfNull(revisions);
        ArgumentNullException.ThrowIfNull(changed);
        List<Problem> problems = [];
        if (revisions.Count == 0)
            return problems;
        var stored = revisions[^1];
        Differ("table", stored.Table.Text, changed.Table.Text, problems);
        List<Policy> all = [.. revisions.Where(r => r.Tiers.Count > 0)];
        if (all.Count == 0)
            return problems;
        Differ("time", Time(all[^1]), Time(changed), problems);
        Differ("schema", all[^1].Schema ?? "the source's", changed.Schema ?? "the source's", problems);
        var aside = changed.Tiers.Count == 0 ? -1 : all.FindLastIndex(r => !SameShape(r, changed));
        var built = all[(aside + 1)..];
        foreach (var measure in changed.Measures ?? [])
            Measure(built, measure, changed, problems);
        for (var i = 0; i < changed.Tiers.Count; i++)
        {
            Named(all[..(aside + 1)], changed, i, problems);
            Tier(built, changed, i, problems);
        }

        return problems;
    }

    /// <summary>
    /// Whether a changed policy builds all of its tiers anew, because its series or its interval are others than those of
    /// the tiers that are there: these are set aside.
    /// </summary>
    /// <param name="revisions">The policy as it was stored, oldest revision first.</param>
    /// <param name="changed">The policy as it should be.</param>
    internal static bool SetsAside(IReadOnlyList<Policy> revisions, Policy changed)
    {
        return changed.Tiers.Count > 0 && revisions.LastOrDefault(r => r.Tiers.Count > 0) is { } built && !SameShape(built, changed);
    }

    /// <summary>
    /// Whether a changed policy removes what the stored one would not have: a keep that may be shorter, one that is counted
    /// by another column, a tier that is gone, rows that were held, or that were archived first.
    /// </summary>
    /// <param name="before">The policy as it was.</param>
    /// <param name="now">The policy as it is now.</param>
    public static bool RemovesMore(Policy before, Policy now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        return !now.Keep.IsAtLeast(before.Keep)
            || !SameTime(before, now)
            || before.Tiers.Any(tier =>
                Same(tier, now) is not { } kept || Identity(before, tier) != Identity(now, kept) || !kept.Keep.IsAtLeast(tier.Keep)
            )
            || (before.Archive is not null && now.Archive is null)
            || (before.OnSilence == OnSilence.Hold && now.OnSilence == OnSilence.Expire)
            || (before.LateAfterExpiry == LateAfterExpiry.Hold && now.LateAfterExpiry != LateAfterExpiry.Hold)
            || (before.ProofChanges == ProofChanges.Halt && now.ProofChanges == ProofChanges.Follow);
    }

    /// <summary>Whether two policies tell time by the same column, in the same unit.</summary>
    internal static bool SameTime(Policy one, Policy other) => Time(one) == Time(other);

    /// <summary>
    /// What a policy cannot have where rows of its table have expired by another column: nobody knows of which buckets some
    /// are gone, or which of its rows an archive holds. What it expired by the other one itself would be forgotten.
    /// </summary>
    /// <param name="expired">The policy by which they have.</param>
    /// <param name="changed">The policy as it should be.</param>
    internal static Problem? RefusedSince(Policy expired, Policy changed) =>
        expired.Name != changed.Name && changed.Tiers.Count == 0 && changed.Archive is null
            ? null
            : new(
                PolicyCodes.Unchangeable,
                $"Rows of {changed.Table.Text} have expired by {Time(expired)} (policy {expired.Name}), so nobody knows of which buckets by {Time(changed)} some are gone. Keep `time: {expired.Time}`; a policy of another name, without tiers and archive, may have another one."
            )
            {
                Path = "time",
            };

    private static void Named(IReadOnlyList<Policy> aside, Policy changed, int index, List<Problem> problems)
    {
        var tier = changed.Tiers[index];
        if (aside.LastOrDefault(r => Same(tier, r) is not null) is not { } before)
            return;
        var name = TierNames.Of(tier);
        var now = SameShape(before, changed)
            ? "a later revision set it aside"
            : $"the changed policy says {Shape(changed)}, which is another tier";
        problems.Add(
            new(
                PolicyCodes.Unchangeable,
                $"Tier `{name}` was built with {Shape(before)}, and {now}. Give it another name, such as `name: {name}_2`; the one that is there stays as it is until `policy retire {changed.Name} --drop`."
            )
            {
                Path = TierNames.Path(index, "name"),
            }
        );
    }

    private static void Measure(IReadOnlyList<Policy> revisions, Measure measure, Policy changed, List<Problem> problems)
    {
        var now = Origin(changed, measure);
        var before = revisions
            .SelectMany(r => (r.Measures ?? []).Where(m => m.Name == measure.Name).Select(m => Origin(r, m)))
            .FirstOrDefault(origin => origin != now);
        if (before is null)
            return;
        problems.Add(
            new(
                PolicyCodes.Unchangeable,
                $"The measure `{measure.Name}` was {before}, and the changed policy says {now}: its tiers would hold both. Keep it, or give the new one another name: `{measure.Name}2: {{ column: {measure.Column}, functions: […] }}`."
            )
            {
                Path = $"measures.{measure.Name}",
            }
        );
    }

    private static void Tier(IReadOnlyList<Policy> revisions, Policy changed, int index, List<Problem> problems)
    {
        var tier = changed.Tiers[index];
        var (name, now) = (TierNames.Of(tier), Identity(changed, tier));
        foreach (var stored in revisions.Reverse())
        {
            if (Same(tier, stored) is { } named && Identity(stored, named) is var before && before != now)
            {
                problems.Add(
                    new(
                        PolicyCodes.Unchangeable,
                        $"Tier `{name}` was built with the buckets {before}, and the changed policy says {now}. Other buckets are another tier: give it another `name`."
                    )
                    {
                        Path = TierNames.Path(index, "every"),
                    }
                );
                return;
            }

            if (stored.Tiers.FirstOrDefault(t => Identity(stored, t) == now) is { } renamed && TierNames.Of(renamed) != name)
            {
                problems.Add(
                    new(
                        PolicyCodes.Unchangeable,
                        $"The tier with the buckets {now} was built as `{TierNames.Of(renamed)}`, and the changed policy calls it `{name}`. People query it by its name: keep it, and make a view of the other name."
                    )
                    {
                        Path = TierNames.Path(index, "name"),
                    }
                );
                return;
            }
        }
    }

    private static Tier? Same(Tier tier, Policy policy) => policy.Tiers.FirstOrDefault(t => TierNames.Of(t) == TierNames.Of(tier));

    private static void Differ(string key, string before, string after, List<Problem> problems)
    {
        if (before == after)
            return;
        problems.Add(
            new(
                PolicyCodes.Unchangeable,
                $"`{key}` is stored as {before}, and the changed policy says {after}. What is built would be mixed with something else: keep it, or delete this policy, which leaves every relation, and make one of another name with another `schema`."
            )
            {
                Path = key,
            }
        );
    }

    private static string Identity(Policy policy, Tier tier) => Cascade.GridOf(tier, policy).Id;

    private static string Time(Policy policy) =>
        policy.Unit is { } unit ? $"{policy.Time} in {PolicyKeys.Lower(unit.ToString())}" : policy.Time;

    // The columns of a series stand in no order.
    private static bool SameShape(Policy one, Policy other) =>
        PolicySpelling.SameNames(one.Series, other.Series) && one.Interval?.Text == other.Interval?.Text;

    private static string Shape(Policy policy) =>
        $"series: [{string.Join(", ", policy.Series)}]{(policy.Interval is { } interval ? $" and interval: {interval.Text}" : " and no interval")}";

    private static string Origin(Policy policy, Measure measure) =>
        $"the column {measure.Column} with ties: {PolicyKeys.Lower((measure.Ties ?? policy.Ties).ToString())}";
}
