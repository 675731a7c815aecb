namespace Varve.Policies;

/// <summary>What a changed policy changes about a stored one.</summary>
public static class PolicyChanges
{
    /// <summary>
    /// The changes that are not built yet. Free to change are keeps, late, recheck, proof, min_coverage, on_silence,
    /// late_after_expiry, arrival, views and tags; tiers may be added; a policy without tiers may also change its series
    /// and measures, because nothing was built from them.
    /// </summary>
    /// <param name="stored">The policy as it is stored.</param>
    /// <param name="changed">The policy of the same name as it should be; sound by <see cref="PolicyRules"/>.</param>
    /// <returns>One problem for each; none if the change can be applied.</returns>
    public static IReadOnlyList<Problem> Refused(Policy stored, Policy changed)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(changed);
        List<Problem> problems = [];
        Differ("policy", stored.Name, changed.Name, problems);
        Differ("table", stored.Table.Text, changed.Table.Text, problems);
        Differ("time", Time(stored), Time(changed), problems);
        if (stored.Tiers.Count == 0) return problems;
        if (!stored.Series.SequenceEqual(changed.Series, StringComparer.Ordinal)) Differ("series", Series(stored), Series(changed), problems, isKnown: true);
        if (Canonical(stored.Measures) != Canonical(changed.Measures)) Differ("measures", Measures(stored), Measures(changed), problems, isKnown: true);
        Differ("interval", stored.Interval?.Text ?? "none", changed.Interval?.Text ?? "none", problems);
        Differ("ties", PolicyKeys.Lower(stored.Ties.ToString()), PolicyKeys.Lower(changed.Ties.ToString()), problems);
        Differ("schema", stored.Schema ?? "the source's", changed.Schema ?? "the source's", problems);
        foreach (var tier in stored.Tiers) Tier(stored, tier, changed, problems);
        return problems;
    }

    /// <summary>
    /// Whether a changed policy removes what the stored one would not have: a keep that may be shorter, a tier that is
    /// gone, or rows that were held before.
    /// </summary>
    /// <param name="before">The policy as it was.</param>
    /// <param name="now">The policy as it is now.</param>
    public static bool RemovesMore(Policy before, Policy now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        return !now.Keep.IsAtLeast(before.Keep)
            || before.Tiers.Any(tier => Same(tier, now) is not { } kept || Identity(before, tier) != Identity(now, kept) || !kept.Keep.IsAtLeast(tier.Keep))
            || (before.OnSilence == OnSilence.Hold && now.OnSilence == OnSilence.Expire)
            || (before.LateAfterExpiry == LateAfterExpiry.Hold && now.LateAfterExpiry == LateAfterExpiry.Discard);
    }

    private static void Tier(Policy stored, Tier tier, Policy changed, List<Problem> problems)
    {
        var name = TierNames.Of(tier);
        if (Same(tier, changed) is not { } now)
        {
            problems.Add(new(PolicyCodes.ComesLater, $"Tier `{name}` is stored and the changed policy has none of that name. Removing or renaming a tier comes later: keep it as it is.") { Path = "tiers" });
            return;
        }

        var index = changed.Tiers.ToList().IndexOf(now);
        var (before, after) = (Identity(stored, tier), Identity(changed, now));
        if (before != after)
        {
            problems.Add(new(PolicyCodes.ComesLater, $"Tier `{name}` is stored with the buckets {before}, and the changed policy says {after}. Other buckets are another tier: keep this one and add one with another `name`.") { Path = TierNames.Path(index, "every") });
        }
    }

    private static Tier? Same(Tier tier, Policy policy) => policy.Tiers.FirstOrDefault(t => TierNames.Of(t) == TierNames.Of(tier));

    private static void Differ(string key, string before, string after, List<Problem> problems, bool isKnown = false)
    {
        if (!isKnown && before == after) return;
        problems.Add(new(PolicyCodes.ComesLater, $"`{key}` is stored as {before}, and the changed policy says {after}. Changing it comes later: keep it, or make a new policy for another table.") { Path = key });
    }

    private static string Identity(Policy policy, Tier tier) => Cascade.GridOf(tier, policy).Id;

    private static string Canonical(IReadOnlyList<Measure>? measures) =>
        PolicyJson.Canonical(new() { Name = "", Table = new(null, ""), Time = "", Measures = measures });

    private static string Time(Policy policy) => policy.Unit is { } unit ? $"{policy.Time} in {PolicyKeys.Lower(unit.ToString())}" : policy.Time;

    private static string Series(Policy policy) => $"[{string.Join(", ", policy.Series)}]";

    private static string Measures(Policy policy) => policy.Measures is not { } measures ? "auto"
        : $"{{ {string.Join(", ", measures.Select(m => $"{m.Name}: {(m.Column == m.Name ? "" : m.Column + " ")}[{string.Join(", ", m.Functions.Select(f => PolicyKeys.Lower(f.ToString())))}]{(m.Ties is { } ties ? " " + PolicyKeys.Lower(ties.ToString()) : "")}"))} }}";
}
