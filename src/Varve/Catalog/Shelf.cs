using Varve.Policies;

namespace Varve.Catalog;

/// <summary>What the catalog knows of policies and of what is Varve's, read once.</summary>
/// <param name="Policies">The policies in force.</param>
/// <param name="Patterns">The patterns in force.</param>
/// <param name="Revisions">Every policy in force, and every revision that may have built something; oldest first.</param>
/// <param name="Newest">The newest revision that each name ever had.</param>
/// <param name="Relations">Varve's own relations with their policies.</param>
/// <param name="IgnoresCase">True where names that differ in case only are one name.</param>
internal sealed record Shelf(
    IReadOnlyList<StoredPolicy> Policies,
    IReadOnlyList<StoredPolicy> Patterns,
    IReadOnlyList<Revision> Revisions,
    IReadOnlyDictionary<string, int> Newest,
    IReadOnlyList<(string Policy, TableName Table)> Relations,
    bool IgnoresCase)
{
    public static Shelf Empty(bool ignoresCase) => new([], [], [], new Dictionary<string, int>(), [], ignoresCase);

    /// <summary>The revisions of a policy that may have built something, oldest first.</summary>
    public IReadOnlyList<Policy> RevisionsOf(string policy) => [.. Revisions.Where(r => r.Policy.Name == policy).Select(r => r.Policy)];

    public StoredPolicy? Find(string policy) => Policies.FirstOrDefault(p => p.Policy.Name == policy);

    public StoredPolicy? FindPattern(string pattern) => Patterns.FirstOrDefault(p => p.Policy.Name == pattern);

    public bool IsOwn(TableName table) => Relations.Any(r => Same(r.Table, table));

    public bool Same(TableName a, TableName b) => Same(a.Name, b.Name) && Same(a.Schema, b.Schema);

    private bool Same(string? a, string? b) => string.Equals(a, b, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}

/// <summary>A revision of a policy.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Policy">What it says.</param>
internal sealed record Revision(int Number, Policy Policy);
