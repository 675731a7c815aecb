using Varve.Policies;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>What the catalog knows of policies and of what is Varve's, read once.</summary>
/// <param name="Policies">The policies in force.</param>
/// <param name="Patterns">The patterns in force.</param>
/// <param name="Revisions">Every policy in force, and every revision that may have built something; oldest first.</param>
/// <param name="Newest">The newest revision that each name ever had.</param>
/// <param name="Relations">Varve's own relations with their policies.</param>
/// <param name="Expired">What has expired of sources, by policies in force and by others.</param>
/// <param name="IgnoresCase">True where names that differ in case only are one name.</param>
internal sealed record CatalogSnapshot(
    IReadOnlyList<StoredPolicy> Policies,
    IReadOnlyList<StoredPolicy> Patterns,
    IReadOnlyList<Revision> Revisions,
    IReadOnlyDictionary<string, int> Newest,
    IReadOnlyList<(string Policy, TableName Table)> Relations,
    IReadOnlyList<ExpiredSource> Expired,
    bool IgnoresCase
)
{
    public static CatalogSnapshot Empty(bool ignoresCase) => new([], [], [], new Dictionary<string, int>(), [], [], ignoresCase);

    /// <summary>The revisions of a policy that may have built something, oldest first.</summary>
    public IReadOnlyList<Policy> RevisionsOf(string policy) => [.. Revisions.Where(r => r.Policy.Name == policy).Select(r => r.Policy)];

    public StoredPolicy? Find(string policy) => Policies.FirstOrDefault(p => p.Policy.Name == policy);

    public StoredPolicy? FindPattern(string pattern) => Patterns.FirstOrDefault(p => p.Policy.Name == pattern);

    /// <summary>True where a policy of that name was known by another time column, or is not in force.</summary>
    public bool Begins(Policy policy) => Find(policy.Name) is not { } before || !PolicyChanges.SameTime(before.Policy, policy);

    /// <summary>
    /// What policies of a table expired of it is known to a new one too: a bucket at that edge is not whole, however it
    /// looks, and rows that come for it are late.
    /// </summary>
    public RangeSet InheritedBy(Policy policy, TableName source) =>
        RangeSet.Of(Expired.Where(e => Same(e.Table, source) && PolicyChanges.SameTime(e.Policy, policy)).SelectMany(e => e.Frozen));

    /// <summary>The policies by which rows of a table have expired by another column than a policy's.</summary>
    public IEnumerable<Policy> ExpiredOtherwise(Policy policy, TableName source) =>
        Expired.Where(e => Same(e.Table, source) && !PolicyChanges.SameTime(e.Policy, policy)).Select(e => e.Policy);

    public bool IsOwn(TableName table) => Relations.Any(r => Same(r.Table, table));

    public bool Same(TableName a, TableName b) => Same(a.Name, b.Name) && Same(a.Schema, b.Schema);

    private bool Same(string? a, string? b) =>
        string.Equals(a, b, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}

/// <summary>A revision of a policy.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Policy">What it says.</param>
internal sealed record Revision(int Number, Policy Policy);

/// <summary>What a policy has expired of its source.</summary>
/// <param name="Table">The source, with its schema.</param>
/// <param name="Policy">Its newest revision.</param>
/// <param name="Frozen">By the time column of that revision.</param>
internal sealed record ExpiredSource(TableName Table, Policy Policy, RangeSet Frozen);
