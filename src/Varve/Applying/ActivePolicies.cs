using NodaTime;
using Varve.Catalog;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>Who is to be looked at or run: the policies of the catalog, and those that its patterns come to. Pure.</summary>
/// <param name="shelf">What is stored.</param>
/// <param name="expansions">What the stored patterns come to.</param>
/// <param name="now">When what is not stored yet would be stored.</param>
internal sealed class ActivePolicies(CatalogSnapshot shelf, IReadOnlyList<PatternExpansion> expansions, Instant now)
{
    /// <summary>The policies that are stored.</summary>
    public IReadOnlyList<StoredPolicy> Stored => shelf.Policies;

    /// <summary>
    /// The policies that a selection means, those included that the next run stores; without those of tables that are gone or
    /// that cannot follow their pattern.
    /// </summary>
    public IReadOnlyList<StoredPolicy> Select(Selection selection)
    {
        var members = expansions.SelectMany(e => e.Members).ToList();
        HashSet<string> idle =
        [
            .. members.OfType<PatternMember.Gone>().Select(m => m.Stored.Policy.Name),
            .. members.OfType<PatternMember.Behind>().Select(m => m.Stored.Policy.Name),
            .. expansions.SelectMany(e => e.Released).Select(p => p.Policy.Name),
        ];
        var next = members.OfType<PatternMember.Follows>().ToDictionary(m => m.Now.Policy.Name, Next, StringComparer.Ordinal);
        var chosen = SelectionRules.Select(
            selection,
            [.. shelf.Policies.Where(p => !next.ContainsKey(p.Policy.Name)), .. next.Values],
            shelf.Patterns
        );
        return [.. chosen.Where(p => !idle.Contains(p.Policy.Name)).OrderBy(p => p.Policy.Name, StringComparer.Ordinal)];
    }

    /// <summary>The policies that a selection means and that cannot follow their pattern.</summary>
    public IReadOnlyList<PatternMember.Behind> Behind(Selection selection) =>
        [.. expansions.SelectMany(e => e.Members).OfType<PatternMember.Behind>().Where(m => SelectionRules.Means(selection, m.Stored))];

    /// <summary>The patterns that a selection means, or one of whose tables.</summary>
    public IReadOnlyList<PatternExpansion> Patterns(Selection selection) =>
        [
            .. expansions.Where(e =>
                SelectionRules.Means(selection, e.Stored!)
                || e.Members.OfType<PatternMember.Follows>().Any(m => SelectionRules.Means(selection, Next(m)))
            ),
        ];

    /// <summary>The same for people.</summary>
    public IReadOnlyList<PatternReport> Reports(Selection selection) =>
        [
            .. Patterns(selection)
                .Select(e => new PatternReport(
                    e.Stored!,
                    [.. e.Members.Where(m => m is PatternMember.Kept or PatternMember.Follows).Select(m => m.Table)],
                    e.Notes
                )),
        ];

    /// <summary>A policy as it will be stored; one whose pattern changed without saying anything else for it stays as it is.</summary>
    private StoredPolicy Next(PatternMember.Follows member)
    {
        var policy = member.Now.Policy;
        var hash = PolicyJson.Hash(policy);
        return member.Before?.Hash == hash
            ? member.Before
            : new(policy, shelf.Newest.GetValueOrDefault(policy.Name) + 1, hash, member.Now.Document.Yaml, now, "")
            {
                Pattern = member.Now.Pattern,
            };
    }
}
