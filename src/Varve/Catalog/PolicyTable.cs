using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>The policies of the catalog, revision by revision, and the patterns that some of them come from.</summary>
internal sealed class PolicyTable(CatalogTables tables, Dialect dialect)
{
    private const string Current = "current";
    private const string OfTable = "table";
    private const string OfPattern = "pattern";

    /// <summary>The current revision of every policy of one table, by name.</summary>
    public Task<IReadOnlyList<StoredPolicy>> ListAsync(IStatements statements, CancellationToken cancellationToken) => ListAsync(statements, OfTable, cancellationToken);

    /// <summary>The current revision of every pattern, by name.</summary>
    public Task<IReadOnlyList<StoredPolicy>> PatternsAsync(IStatements statements, CancellationToken cancellationToken) => ListAsync(statements, OfPattern, cancellationToken);

    private async Task<IReadOnlyList<StoredPolicy>> ListAsync(IStatements statements, string kind, CancellationToken cancellationToken) => Read(await statements.QueryAsync(
        $"SELECT document, revision, sha256, yaml, applied_us, applied_by, pattern, pattern_revision FROM {tables.Policies} WHERE state = {Current} AND kind = {kind} ORDER BY policy", cancellationToken));

    /// <summary>A query for the names of the patterns that a policy comes from, or came from before it was one of its own.</summary>
    public static SqlText PatternsOf(CatalogTables tables, string policy) =>
        $"SELECT pattern FROM {tables.Policies} AS varve_policies WHERE varve_policies.policy = {policy} AND varve_policies.pattern IS NOT NULL";

    /// <summary>One revision of a policy; null where there is none.</summary>
    public async Task<StoredPolicy?> RevisionAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT document, revision, sha256, yaml, applied_us, applied_by, pattern, pattern_revision FROM {tables.Policies} WHERE policy = {policy} AND revision = {(long)revision}", cancellationToken);
        return rows.Count == 0 ? null : Read(rows)[0];
    }

    /// <summary>
    /// Every policy in force, and every revision that may have built something, of deleted ones too: what was built is
    /// still known under that name. Oldest first.
    /// </summary>
    public async Task<IReadOnlyList<Revision>> RevisionsAsync(IStatements statements, CancellationToken cancellationToken) =>
    [
        .. from row in await statements.QueryAsync($"SELECT document, state, revision FROM {tables.Policies} WHERE kind = {OfTable} ORDER BY policy, revision", cancellationToken)
           let policy = PolicyJson.Read(row.Text(0))
           where policy.Tiers.Count > 0 || row.Text(1) == Current
           select new Revision((int)row.Long(2), policy),
    ];

    /// <summary>The newest revision of every policy by which rows of a source have expired, and its table with the schema; those included that are no longer in force.</summary>
    public async Task<IReadOnlyList<(TableName Table, Policy Policy)>> ExpiredAsync(IStatements statements, CancellationToken cancellationToken) =>
    [
        .. from row in await statements.QueryAsync(
            $"""
            SELECT coalesce(table_schema, {dialect.CurrentSchema}), table_name, document FROM {tables.Policies} AS p
            WHERE kind = {OfTable} AND revision = (SELECT max(q.revision) FROM {tables.Policies} AS q WHERE q.policy = p.policy)
                AND policy IN (SELECT policy FROM {tables.Coverage} WHERE relation = {Planning.Relations.Source} AND kind = {"frozen"})
            """,
            cancellationToken)
           select (new TableName(row.Text(0), row.Text(1)), PolicyJson.Read(row.Text(2))),
    ];

    /// <summary>The number of the newest revision that a name ever had; 0 for none.</summary>
    public async Task<int> NewestAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        (int)(await statements.QueryAsync($"SELECT coalesce(max(revision), 0) FROM {tables.Policies} WHERE policy = {policy}", cancellationToken))[0].Long(0);

    /// <summary>The same for every name.</summary>
    public async Task<IReadOnlyDictionary<string, int>> NewestAsync(IStatements statements, CancellationToken cancellationToken) =>
        (await statements.QueryAsync($"SELECT policy, max(revision) FROM {tables.Policies} GROUP BY policy", cancellationToken)).ToDictionary(r => r.Text(0), r => (int)r.Long(1), StringComparer.Ordinal);

    /// <summary>Stores the next revision of a policy or of a pattern.</summary>
    /// <param name="statements">The transaction.</param>
    /// <param name="document">What to store.</param>
    /// <param name="from">The pattern that it comes from; null for none.</param>
    /// <param name="at">When.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<int> StoreAsync(IStatements statements, PolicyDocument document, (string Name, int Revision)? from, Instant at, string by, CancellationToken cancellationToken)
    {
        var policy = document.Policy;
        var revision = await NewestAsync(statements, policy.Name, cancellationToken) + 1;
        await RetireAsync(statements, policy.Name, "superseded", cancellationToken);
        SqlText pattern = $"NULL, NULL";
        if (from is { } whole) pattern = $"{whole.Name}, {(long)whole.Revision}";
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Policies} (policy, revision, state, table_schema, table_name, document, sha256, yaml, tags, applied_us, applied_by, kind, pattern, pattern_revision)
            VALUES ({policy.Name}, {(long)revision}, {Current}, {policy.Table.Schema}, {policy.Table.Name}, {PolicyJson.Canonical(policy)}, {PolicyJson.Hash(policy)}, {document.Yaml},
                    {string.Join(',', policy.Tags)}, {Micros.From(at)}, {by}, {(policy.Table.IsPattern ? OfPattern : OfTable)}, {pattern})
            """,
            cancellationToken);
        return revision;
    }

    /// <summary>Notes that a policy follows a later revision of its pattern, which says nothing else for it.</summary>
    public Task FollowAsync(IStatements statements, string policy, int patternRevision, CancellationToken cancellationToken) =>
        statements.ExecuteAsync($"UPDATE {tables.Policies} SET pattern_revision = {(long)patternRevision} WHERE policy = {policy} AND state = {Current}", cancellationToken);

    /// <summary>Takes a policy out of force; its revisions stay.</summary>
    public Task DeleteAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        RetireAsync(statements, policy, "deleted", cancellationToken);

    private Task<long> RetireAsync(IStatements statements, string policy, string state, CancellationToken cancellationToken) =>
        statements.ExecuteAsync($"UPDATE {tables.Policies} SET state = {state} WHERE policy = {policy} AND state = {Current}", cancellationToken);

    private static List<StoredPolicy> Read(IReadOnlyList<Row> rows) =>
    [
        .. rows.Select(r => new StoredPolicy(PolicyJson.Read(r.Text(0)), (int)r.Long(1), r.Text(2), r.Text(3), Micros.ToInstant(r.Long(4)), r.Text(5))
        {
            Pattern = r.TextOrNull(6),
            PatternRevision = (int)(r.LongOrNull(7) ?? 0),
        }),
    ];
}
