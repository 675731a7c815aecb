using NodaTime;
using NodaTime.TimeZones;

namespace Varve.Policies;

/// <summary>
/// A changed policy in the words of the stored one, wherever both say the same: what only looks different is no change, is
/// refused by nothing and makes no revision. Durations and widths have one spelling already.
/// </summary>
internal static class PolicySpelling
{
    /// <param name="stored">The policy as it is stored.</param>
    /// <param name="changed">The policy as a file says it.</param>
    /// <param name="source">The table of the changed policy, its schema filled in.</param>
    /// <param name="isSameTable">Whether the stored policy means that table too.</param>
    public static Policy As(Policy stored, Policy changed, TableName source, bool isSameTable)
    {
        var respelled = changed with
        {
            Table = isSameTable ? stored.Table : changed.Table,
            Schema = (stored.Schema ?? source.Schema) == (changed.Schema ?? source.Schema) ? stored.Schema : changed.Schema,
            Zone = SameZone(stored.Zone, changed.Zone) ? stored.Zone : changed.Zone,
            Tags = SameNames(stored.Tags, changed.Tags) ? stored.Tags : changed.Tags,
            Tiers = [.. changed.Tiers.Select(t => Tier(stored, changed, t))],
            Measures = changed.Measures is null ? null : [.. changed.Measures.Select(m => Measure(stored, changed, m))],
        };
        return stored.SaysSeries && changed.SaysSeries && SameNames(stored.Series, changed.Series)
            ? respelled with
            {
                Series = stored.Series,
            }
            : respelled;
    }

    /// <summary>Whether two lists have the same names, in any order.</summary>
    public static bool SameNames(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Order(StringComparer.Ordinal).SequenceEqual(other.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static Tier Tier(Policy stored, Policy changed, Tier tier)
    {
        if (stored.Tiers.FirstOrDefault(t => t.Every == tier.Every && TierNames.Of(t) == TierNames.Of(tier)) is not { } before)
            return tier;
        var isSame = SameZone(before.Zone ?? stored.Zone, tier.Zone ?? changed.Zone) && SameZone(stored.Zone, changed.Zone);
        var isAligned = Cascade.GridOf(before with { Zone = null }, stored).Id == Cascade.GridOf(tier with { Zone = null }, stored).Id;
        return tier with { Name = before.Name, Zone = isSame ? before.Zone : tier.Zone, Origin = isAligned ? before.Origin : tier.Origin };
    }

    private static Measure Measure(Policy stored, Policy changed, Measure measure) =>
        stored.Ties == changed.Ties
        && stored.Measures?.FirstOrDefault(m => m.Name == measure.Name) is { } before
        && (before.Ties ?? stored.Ties) == (measure.Ties ?? changed.Ties)
            ? measure with
            {
                Ties = before.Ties,
            }
            : measure;

    /// <summary>Whether two names mean one zone: one is an alias of the other, or both are UTC.</summary>
    private static bool SameZone(string one, string other)
    {
        if (one == other)
            return true;
        var names = TzdbDateTimeZoneSource.Default.CanonicalIdMap;
        if (!names.TryGetValue(one, out var first) || !names.TryGetValue(other, out var second))
            return false;
        return first == second || (IsUtc(first) && IsUtc(second));
    }

    private static bool IsUtc(string zone) =>
        DateTimeZoneProviders.Tzdb[zone] is { MinOffset: var least, MaxOffset: var most } && least == Offset.Zero && most == Offset.Zero;
}
