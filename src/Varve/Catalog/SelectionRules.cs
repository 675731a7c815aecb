using Varve.Policies;

namespace Varve.Catalog;

/// <summary>Which stored policies a selection means; what it names and nobody has is an error, never an empty answer.</summary>
internal static class SelectionRules
{
    public static IReadOnlyList<StoredPolicy> Select(Selection selection, IReadOnlyList<StoredPolicy> stored)
    {
        if (stored.Count == 0) throw new PolicyException("VRV305", "No policy is stored in this database: write one and apply it (varve apply policy.yaml).");
        foreach (var name in selection.Names.Where(n => !stored.Any(s => Named(s, n))))
        {
            var near = Nearest.To(name, stored.Select(s => s.Policy.Name));
            throw new PolicyException("VRV306", $"There is no policy {name}. {(near.Count > 0 ? $"Did you mean {near[0]}?" : $"Stored are: {string.Join(", ", stored.Select(s => s.Policy.Name).Take(20))}.")}");
        }

        foreach (var tag in selection.Tags.Where(t => !stored.Any(s => s.Policy.Tags.Contains(t, StringComparer.Ordinal))))
            throw new PolicyException("VRV307", $"No policy has the tag {tag}; tags lists those that are used.");
        List<StoredPolicy> chosen =
        [
            .. stored.Where(s => selection.Names.Count == 0 || selection.Names.Any(n => Named(s, n)))
                .Where(s => selection.Tags.All(t => s.Policy.Tags.Contains(t, StringComparer.Ordinal))),
        ];
        if (chosen.Count == 0) throw new PolicyException("VRV307", $"No policy has all of these at once: {string.Join(", ", selection.Names.Concat(selection.Tags))}.");
        return chosen;
    }

    private static bool Named(StoredPolicy stored, string name) => stored.Policy.Name == name || stored.Policy.Table.Text == name;
}
