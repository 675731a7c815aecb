using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// The policies of the catalog, revision by revision, and the patterns that some of them come from. In force is the newest
/// revision of each name, unless that was deleted: nothing has to be taken back when the next one is stored.
/// </summary>
internal sealed class PolicyTable(CatalogTables tables, Dialect dialect)
{
    private const string Stored = "stored";
    private const string Deleted = "deleted";
    private const string OfTable = "table";
    private const string OfPattern = "pattern";

    /// <summary>The current revision of every policy of one table, by name.</summary>
    public Task<IReadOnlyList<StoredPolicy>> ListAsync(IStatements statements, CancellationToken cancellationToken) =>
        ListAsync(statements, OfTable, cancellationToken);

    /// <summary>The current revision of every pattern, by name.</summary>
    public Task<IReadOnlyList<StoredPolicy>> PatternsAsync(IStatements statements, CancellationToken cancellationToken) =>
        ListAsync(statements, OfPattern, cancellationToken);

    /// <summary>Both, with one look.</summary>
    public async Task<(IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns)> InForceAsync(
        IStatements statements,
        CancellationToken cancellationToken
    )
    {
        var rows = (await InForceAsync(statements, SqlText.Empty, cancellationToken)).ToLookup(r => r.Text(8), StringComparer.Ordinal);
        return (Read([.. rows[OfTable]]), Read([.. rows[OfPattern]]));
    }

    /// <summary>
    /// Policies and patterns in force, and behind each row what its ledger says, the version of the catalog, and how many holds there
    /// are: one question where each is a round trip.
    /// </summary>
    public async Task<(IReadOnlyList<StoredPolicy> Policies, bool HasPatterns, IReadOnlyList<Row> Rows)> WithLedgersAsync(
        IStatements statements,
        SqlText version,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(WithLedgers(version), cancellationToken);
        return (Read([.. rows.Where(r => r.Text(8) == OfTable)]), rows.Any(r => r.Text(8) == OfPattern), rows);
    }

    /// <summary>The question of <see cref="WithLedgersAsync"/>.</summary>
    public SqlText WithLedgers(SqlText version) =>
        $"""
            SELECT p.document, p.revision, p.sha256, p.yaml, p.applied_us, p.applied_by, p.pattern, p.pattern_revision, p.kind,
              p.policy, l.version, l.shown, l.document, ({version}), (SELECT count(*) FROM {tables.Holds})
            FROM {tables.Policies} AS p JOIN {Newest} AS n ON p.policy = n.policy AND p.revision = n.revision
            LEFT JOIN {tables.Ledgers} AS l ON l.policy = p.policy
            WHERE p.state <> {Deleted} ORDER BY p.policy
            """;

    /// <summary>
    /// Policies and patterns in force, and what some other books answer: what a run begins with, where each question is a round trip.
    /// Without a policy nothing is answered.
    /// </summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="also">Queries of one value.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns, Row? Also)> BeginAsync(
        IStatements statements,
        IReadOnlyList<SqlText> also,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(Begins(also), cancellationToken);
        var kinds = rows.ToLookup(r => r.Text(8), StringComparer.Ordinal);
        return (
            Read([.. kinds[OfTable]]),
            Read([.. kinds[OfPattern]]),
            rows.Count == 0 ? null : new Row([.. also.Select((_, i) => rows[0][9 + i])])
        );
    }

    /// <summary>The question of <see cref="BeginAsync"/>.</summary>
    public SqlText Begins(IReadOnlyList<SqlText> also) =>
        $"""
            SELECT p.document, p.revision, p.sha256, p.yaml, p.applied_us, p.applied_by, p.pattern, p.pattern_revision, p.kind,
              {SqlText.Join(", ", also.Select(a => (SqlText)$"({a})"))}
            FROM {tables.Policies} AS p JOIN {Newest} AS n ON p.policy = n.policy AND p.revision = n.revision
            WHERE p.state <> {Deleted} ORDER BY p.policy
            """;

    private async Task<IReadOnlyList<StoredPolicy>> ListAsync(IStatements statements, string kind, CancellationToken cancellationToken) =>
        Read(await InForceAsync(statements, $" AND p.kind = {kind}", cancellationToken));

    private Task<IReadOnlyList<Row>> InForceAsync(IStatements statements, SqlText only, CancellationToken cancellationToken) =>
        statements.QueryAsync(
            $"""
            SELECT p.document, p.revision, p.sha256, p.yaml, p.applied_us, p.applied_by, p.pattern, p.pattern_revision, p.kind
            FROM {tables.Policies} AS p JOIN {Newest} AS n ON p.policy = n.policy AND p.revision = n.revision
            WHERE p.state <> {Deleted}{only} ORDER BY p.policy
            """,
            cancellationToken
        );

    /// <summary>The current revision of the policy of a table; null where none of that name is in force.</summary>
    public async Task<StoredPolicy?> FindAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        Read(
                await statements.QueryAsync(
                    $"""
                    SELECT document, revision, sha256, yaml, applied_us, applied_by, pattern, pattern_revision FROM {tables.Policies}
                    WHERE policy = {policy} AND state <> {Deleted} AND kind = {OfTable}
                    AND revision = (SELECT max(revision) FROM {tables.Policies} WHERE policy = {policy})
                    """,
                    cancellationToken
                )
            )
            .SingleOrDefault();

    private SqlText Newest => $"(SELECT policy, max(revision) AS revision FROM {tables.Policies} GROUP BY policy)";

    /// <summary>
    /// A query for policies, each with the name of a pattern that it comes from, or came from before it was one of its own: at least of
    /// these policies.
    /// </summary>
    public static SqlText PatternsOf(CatalogTables tables, IReadOnlyCollection<string> policies) =>
        $"SELECT DISTINCT policy, pattern FROM {tables.Policies} WHERE pattern IS NOT NULL AND {ValuesSql.OneOf(new("policy"), policies)}";

    /// <summary>One revision of a policy; null where there is none.</summary>
    public async Task<StoredPolicy?> RevisionAsync(IStatements statements, string policy, int revision, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT document, revision, sha256, yaml, applied_us, applied_by, pattern, pattern_revision FROM {tables.Policies} WHERE policy = {policy} AND revision = {(long)revision}",
            cancellationToken
        );
        return rows.Count == 0 ? null : Read(rows)[0];
    }

    /// <summary>
    /// Every policy in force, and every revision that may have built something, of deleted ones too: what was built is
    /// still known under that name. Oldest first.
    /// </summary>
    public async Task<IReadOnlyList<Revision>> RevisionsAsync(IStatements statements, CancellationToken cancellationToken) =>
        (await HistoryAsync(statements, cancellationToken)).Revisions;

    /// <summary>The same, and the number of the newest revision that each name ever had, with one look.</summary>
    public async Task<(IReadOnlyList<Revision> Revisions, IReadOnlyDictionary<string, int> Newest)> HistoryAsync(
        IStatements statements,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT p.document, p.state, p.revision, n.revision, p.kind, p.policy
            FROM {tables.Policies} AS p JOIN {Newest} AS n ON p.policy = n.policy ORDER BY p.policy, p.revision
            """,
            cancellationToken
        );
        var newest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
            newest[row.Text(5)] = (int)row.Long(3);
        return (
            [
                .. from row in rows
                where row.Text(4) == OfTable
                let policy = ParsedPolicies.Read(row.Text(0))
                where policy.Tiers.Count > 0 || (row.Long(2) == row.Long(3) && row.Text(1) != Deleted)
                select new Revision((int)row.Long(2), policy),
            ],
            newest
        );
    }

    /// <summary>
    /// The newest revision of every policy by which rows of a source have expired, and its table with the schema; those included
    /// that are no longer in force.
    /// </summary>
    public async Task<IReadOnlyList<(TableName Table, Policy Policy)>> ExpiredAsync(
        IStatements statements,
        CancellationToken cancellationToken
    ) =>
        [
            .. from row in await statements.QueryAsync(
                $"""
                SELECT coalesce(p.table_schema, {dialect.CurrentSchema}), p.table_name, p.document FROM {tables.Policies} AS p
                JOIN {Newest} AS n ON p.policy = n.policy AND p.revision = n.revision
                JOIN {tables.Ledgers} AS l ON p.policy = l.policy
                WHERE p.kind = {OfTable} AND l.expired
                """,
                cancellationToken
            )
            select (new TableName(row.Text(0), row.Text(1)), ParsedPolicies.Read(row.Text(2))),
        ];

    /// <summary>The number of the newest revision that a name ever had; 0 for none.</summary>
    public async Task<int> NewestAsync(IStatements statements, string policy, CancellationToken cancellationToken) =>
        (int)
            (
                await statements.QueryAsync(
                    $"SELECT coalesce(max(revision), 0) FROM {tables.Policies} WHERE policy = {policy}",
                    cancellationToken
                )
            )[0]
                .Long(0);

    /// <summary>Stores the next revision of a policy or of a pattern.</summary>
    /// <param name="statements">The transaction.</param>
    /// <param name="document">What to store.</param>
    /// <param name="from">The pattern that it comes from; null for none.</param>
    /// <param name="at">When.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<int> StoreAsync(
        IStatements statements,
        PolicyDocument document,
        (string Name, int Revision)? from,
        Instant at,
        string by,
        CancellationToken cancellationToken
    )
    {
        var policy = document.Policy;
        var revision = await NewestAsync(statements, policy.Name, cancellationToken) + 1;
        SqlText pattern = $"NULL, NULL";
        if (from is { } whole)
            pattern = $"{whole.Name}, {(long)whole.Revision}";
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Policies} (policy, revision, state, table_schema, table_name, document, sha256, yaml, tags, applied_us, applied_by, kind, pattern, pattern_revision)
            VALUES ({policy.Name}, {(long)revision}, {Stored}, {policy.Table.Schema}, {policy.Table.Name}, {PolicyJson.Canonical(
                policy
            )}, {PolicyJson.Hash(policy)}, {document.Yaml},
                    {string.Join(',', policy.Tags)}, {Micros.From(at)}, {by}, {(policy.Table.IsPattern ? OfPattern : OfTable)}, {pattern})
            """,
            cancellationToken
        );
        return revision;
    }

    /// <summary>Notes that a policy follows a later revision of its pattern, which says nothing else for it.</summary>
    public async Task FollowAsync(IStatements statements, string policy, int patternRevision, CancellationToken cancellationToken)
    {
        var newest = await NewestAsync(statements, policy, cancellationToken);
        await statements.ExecuteAsync(
            $"UPDATE {tables.Policies} SET pattern_revision = {(long)patternRevision} WHERE policy = {policy} AND revision = {(long)newest}",
            cancellationToken
        );
    }

    /// <summary>Takes a policy out of force; its revisions stay.</summary>
    public async Task DeleteAsync(IStatements statements, string policy, CancellationToken cancellationToken)
    {
        var newest = await NewestAsync(statements, policy, cancellationToken);
        await statements.ExecuteAsync(
            $"UPDATE {tables.Policies} SET state = {Deleted} WHERE policy = {policy} AND revision = {(long)newest}",
            cancellationToken
        );
    }

    private static List<StoredPolicy> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new StoredPolicy(
                ParsedPolicies.Read(r.Text(0)),
                (int)r.Long(1),
                r.Text(2),
                r.Text(3),
                Micros.ToInstant(r.Long(4)),
                r.Text(5)
            )
            {
                Pattern = r.TextOrNull(6),
                PatternRevision = (int)(r.LongOrNull(7) ?? 0),
            }),
        ];
}
