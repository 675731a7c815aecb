using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>The policies of the catalog, revision by revision.</summary>
internal sealed class PolicyShelf(CatalogTables tables)
{
    private const string Current = "current";

    /// <summary>The current revision of every policy, by name.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> ListAsync(IStatements statements, CancellationToken cancellationToken) =>
        Read(await statements.QueryAsync($"SELECT document, revision, sha256, yaml, applied_us, applied_by FROM {tables.Policies} WHERE state = {Current} ORDER BY policy", cancellationToken));

    /// <summary>One revision of a policy; null where there is none.</summary>
    public async Task<StoredPolicy?> RevisionAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT document, revision, sha256, yaml, applied_us, applied_by FROM {tables.Policies} WHERE policy = {policy} AND revision = {(long)revision}", cancellationToken);
        return rows.Count == 0 ? null : Read(rows)[0];
    }

    /// <summary>
    /// Every policy in force, and every revision that may have built something, of deleted ones too: what was built is
    /// still known under that name. Oldest first.
    /// </summary>
    public async Task<IReadOnlyList<Policy>> RevisionsAsync(IStatements statements, CancellationToken cancellationToken) =>
    [
        .. from row in await statements.QueryAsync($"SELECT document, state FROM {tables.Policies} ORDER BY policy, revision", cancellationToken)
           let policy = PolicyJson.Read(row.Text(0))
           where policy.Tiers.Count > 0 || row.Text(1) == Current
           select policy,
    ];

    /// <summary>The number of the newest revision that a name ever had; 0 for none.</summary>
    public async Task<int> NewestAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        (int)(await statements.QueryAsync($"SELECT coalesce(max(revision), 0) FROM {tables.Policies} WHERE policy = {policy}", cancellationToken))[0].Long(0);

    /// <summary>Stores the next revision of a policy.</summary>
    public async Task<int> StoreAsync(IStatements statements, PolicyDocument document, Instant at, string by, CancellationToken cancellationToken)
    {
        var policy = document.Policy;
        var revision = await NewestAsync(statements, policy.Name, cancellationToken) + 1;
        await RetireAsync(statements, policy.Name, "superseded", cancellationToken);
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Policies} (policy, revision, state, table_schema, table_name, document, sha256, yaml, tags, applied_us, applied_by)
            VALUES ({policy.Name}, {(long)revision}, {Current}, {policy.Table.Schema}, {policy.Table.Name}, {PolicyJson.Canonical(policy)}, {PolicyJson.Hash(policy)}, {document.Yaml},
                    {string.Join(',', policy.Tags)}, {Micros.From(at)}, {by})
            """,
            cancellationToken);
        return revision;
    }

    /// <summary>Takes a policy out of force; its revisions stay.</summary>
    public Task DeleteAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        RetireAsync(statements, policy, "deleted", cancellationToken);

    private Task<long> RetireAsync(IStatements statements, string policy, string state, CancellationToken cancellationToken) =>
        statements.ExecuteAsync($"UPDATE {tables.Policies} SET state = {state} WHERE policy = {policy} AND state = {Current}", cancellationToken);

    private static List<StoredPolicy> Read(IReadOnlyList<Row> rows) =>
    [
        .. rows.Select(r => new StoredPolicy(PolicyJson.Read(r.Text(0)), (int)r.Long(1), r.Text(2), r.Text(3), Micros.ToInstant(r.Long(4)), r.Text(5))),
    ];
}
