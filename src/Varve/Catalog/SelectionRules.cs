using Varve.Policies;

namespace Varve.Catalog;

/// <summary>Which policies a selection means; what it names and nobody has is an error, never an empty answer.</summary>
internal static class SelectionRules
{
    /// <param name="selection">The selection; the name of a pattern means every policy that comes from it.</param>
    /// <param name="policies">The policies to select from.</param>
    /// <param name="patterns">The patterns in force: one that has no policy yet selects nothing, and is no error.</param>
    public static IReadOnlyList<StoredPolicy> Select(
        Selection selection,
        IReadOnlyList<StoredPolicy> policies,
        IReadOnlyList<StoredPolicy> patterns
    )
    {
        List<StoredPolicy> all = [.. policies, .. patterns];
        if (all.Count == 0)
            throw new PolicyException(
                WorkCodes.NoPolicies,
                "No policy is stored in this database: write one and apply it (varve apply policy.yaml)."
            );
        foreach (var name in selection.Names.Where(n => !all.Exists(s => Named(s, n))))
        {
            var near = Suggestions.To(name, all.Select(s => s.Policy.Name));
            throw new PolicyException(
                WorkCodes.NoPolicy,
                $"There is no policy {name}. {(near.Count > 0 ? $"Did you mean {near[0]}?" : $"Stored are: {string.Join(", ", all.Select(s => s.Policy.Name).Take(20))}.")}"
            );
        }

        foreach (var tag in selection.Tags.Where(t => !all.Exists(s => Tagged(s, t))))
            throw new PolicyException(WorkCodes.NoTag, $"No policy has the tag {tag}; tags lists those that are used.");
        if (!all.Exists(Chosen))
            throw new PolicyException(
                WorkCodes.NoTag,
                $"No policy has all of these at once: {string.Join(", ", selection.Names.Concat(selection.Tags))}."
            );
        return [.. policies.Where(Chosen)];

        bool Chosen(StoredPolicy stored) => Means(selection, stored);
    }

    /// <summary>True where a selection means a policy or a pattern.</summary>
    public static bool Means(Selection selection, StoredPolicy stored) =>
        (selection.Names.Count == 0 || selection.Names.Any(n => Named(stored, n))) && selection.Tags.All(t => Tagged(stored, t));

    private static bool Named(StoredPolicy stored, string name) =>
        stored.Policy.Name == name || stored.Policy.Table.Text == name || stored.Pattern == name;

    private static bool Tagged(StoredPolicy stored, string tag) => stored.Policy.Tags.Contains(tag, StringComparer.Ordinal);
}
