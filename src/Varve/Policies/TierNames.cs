using System.Globalization;

namespace Varve.Policies;

/// <summary>What tiers and what is made for them are called (semantics §8).</summary>
internal static class TierNames
{
    /// <summary>What stands behind the table's name.</summary>
    internal static string Of(Tier tier) => tier.Name ?? tier.Every.Name;

    /// <summary>Where a key of a tier stands in the file.</summary>
    internal static string Path(int index, string key) => string.Create(CultureInfo.InvariantCulture, $"tiers[{index}].{key}");

    internal static TableName States(Policy policy, TableName source, Tier tier) =>
        Named(policy, source, $"{source.Name}_{Of(tier)}_states");

    internal static TableName? View(Policy policy, TableName source, Tier tier) =>
        policy.Views ? Named(policy, source, $"{source.Name}_{Of(tier)}") : null;

    internal static TableName? Stitched(Policy policy, TableName source) =>
        policy.Views && policy.Tiers.Count > 0 ? Named(policy, source, $"{source.Name}_all") : null;

    /// <summary>Every relation of a policy, with the path of the key that names it.</summary>
    internal static IReadOnlyList<(TableName Relation, string Path)> All(Policy policy, TableName source)
    {
        List<(TableName, string)> all = [];
        for (var i = 0; i < policy.Tiers.Count; i++)
        {
            var path = Path(i, policy.Tiers[i].Name is null ? "every" : "name");
            if (View(policy, source, policy.Tiers[i]) is { } view)
                all.Add((view, path));
            all.Add((States(policy, source, policy.Tiers[i]), path));
        }

        if (Stitched(policy, source) is { } stitched)
            all.Add((stitched, "table"));
        return all;
    }

    private static TableName Named(Policy policy, TableName source, string name) => new(policy.Schema ?? source.Schema, name);
}
