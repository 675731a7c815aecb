using Varve.Policies;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>What the catalog knows of policies and of what is Varve's, read once.</summary>
internal sealed class CatalogSnapshot(
    IReadOnlyList<StoredPolicy> policies,
    IReadOnlyList<StoredPolicy> patterns,
    IReadOnlyList<Revision> revisions,
    IReadOnlyDictionary<string, int> newest,
    IReadOnlyList<(string Policy, TableName Table)> relations,
    IReadOnlyList<ExpiredSource> expired,
    bool ignoresCase
)
{
    // Who applies thousands of policies asks for each of them by its name.
    private readonly Lazy<ILookup<string, StoredPolicy>> _policies = new(() =>
        policies.ToLookup(p => p.Policy.Name, StringComparer.Ordinal)
    );
    private readonly Lazy<ILookup<string, StoredPolicy>> _tables = new(() =>
        policies.ToLookup(p => p.Policy.Table.Name, StringComparer.OrdinalIgnoreCase)
    );
    private readonly Lazy<ILookup<string, Policy>> _revisions = new(() =>
        revisions.ToLookup(r => r.Policy.Name, r => r.Policy, StringComparer.Ordinal)
    );
    private readonly Lazy<ILookup<string, (string Policy, TableName Table)>> _relations = new(() =>
        relations.ToLookup(r => r.Table.Name, StringComparer.OrdinalIgnoreCase)
    );

    /// <summary>The policies in force.</summary>
    public IReadOnlyList<StoredPolicy> Policies { get; } = policies;

    /// <summary>The patterns in force.</summary>
    public IReadOnlyList<StoredPolicy> Patterns { get; } = patterns;

    /// <summary>Every policy in force, and every revision that may have built something; oldest first.</summary>
    public IReadOnlyList<Revision> Revisions { get; } = revisions;

    /// <summary>The newest revision that each name ever had.</summary>
    public IReadOnlyDictionary<string, int> Newest { get; } = newest;

    /// <summary>Varve's own relations with their policies.</summary>
    public IReadOnlyList<(string Policy, TableName Table)> Relations { get; } = relations;

    /// <summary>What has expired of sources, by policies in force and by others.</summary>
    public IReadOnlyList<ExpiredSource> Expired { get; } = expired;

    /// <summary>True where names that differ in case only are one name.</summary>
    public bool IgnoresCase { get; } = ignoresCase;

    public static CatalogSnapshot Empty(bool ignoresCase) => Of([], ignoresCase);

    /// <summary>Policies in force, of which nothing else is known.</summary>
    public static CatalogSnapshot Of(IReadOnlyList<StoredPolicy> policies, bool ignoresCase) =>
        new(policies, [], [], new Dictionary<string, int>(), [], [], ignoresCase);

    /// <summary>The revisions of a policy that may have built something, oldest first.</summary>
    public IReadOnlyList<Policy> RevisionsOf(string policy) => [.. _revisions.Value[policy]];

    public StoredPolicy? Find(string policy) => _policies.Value[policy].FirstOrDefault();

    public StoredPolicy? FindPattern(string pattern) => Patterns.FirstOrDefault(p => p.Policy.Name == pattern);

    /// <summary>Policies whose table has that name in some schema, whatever its case.</summary>
    public IEnumerable<StoredPolicy> OfTable(string name) => _tables.Value[name];

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

    /// <summary>True for a relation of Varve's own: of any policy, or of one.</summary>
    public bool IsOwn(TableName table, string? policy = null) =>
        _relations.Value[table.Name].Any(r => (policy is null || r.Policy == policy) && Same(r.Table, table));

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
