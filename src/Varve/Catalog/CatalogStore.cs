using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Catalog;

/// <summary>The catalog as a whole: one object for each of its books.</summary>
internal sealed class CatalogStore
{
    private readonly Dialect _dialect;

    public CatalogStore(IEngine engine, string schema, string? auditKey, Duration keepRuns)
    {
        _dialect = engine.Dialect;
        Tables = new(schema);
        Schema = new(Tables, engine);
        Policies = new(Tables, _dialect);
        Archives = new(Tables);
        Holds = new(Tables);
        Ledgers = new(Tables, _dialect, Policies, Archives, Holds);
        Runs = new(Tables, keepRuns);
        Audit = new(Tables, auditKey, engine.Capabilities.Transactions);
        Look = new(Tables);
    }

    public CatalogTables Tables { get; }

    public CatalogSchema Schema { get; }

    public PolicyTable Policies { get; }

    public ArchiveTable Archives { get; }

    public LedgerTable Ledgers { get; }

    public HoldTable Holds { get; }

    public RunJournal Runs { get; }

    public AuditLog Audit { get; }

    public CatalogDiagnostics Look { get; }

    /// <summary>Every table of the database that could be the source of a policy, by schema and name: none of the catalog's own.</summary>
    public async Task<IReadOnlyList<TableName>> BaseTablesAsync(IStatements statements, CancellationToken cancellationToken) =>
        [
            .. (await statements.QueryAsync(_dialect.BaseTables(Tables.Schema), cancellationToken)).Select(r => new TableName(
                r.Text(0),
                r.Text(1)
            )),
        ];

    /// <summary>Everything of the catalog that a policy is checked against; nothing where there is none yet.</summary>
    public async Task<CatalogSnapshot> ShelfAsync(IEngine engine, CancellationToken cancellationToken)
    {
        var ignoresCase = engine.Capabilities.IgnoresCase;
        if (!await Schema.ExistsAsync(cancellationToken))
            return CatalogSnapshot.Empty(ignoresCase);
        return await engine.TransactAsync(
            async (s, token) =>
            {
                var (policies, patterns) = await Policies.InForceAsync(s, token);
                var (revisions, newest) = await Policies.HistoryAsync(s, token);
                return new CatalogSnapshot(
                    policies,
                    patterns,
                    revisions,
                    newest,
                    await Ledgers.RelationsAsync(s, token),
                    await ExpiredAsync(s, token),
                    ignoresCase
                );
            },
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>
    /// What is in force, and the rest of it only where a pattern is: tables are looked for that it matches.
    /// </summary>
    public async Task<CatalogSnapshot> InForceAsync(IEngine engine, CancellationToken cancellationToken)
    {
        if (!await Schema.ExistsAsync(cancellationToken))
            return CatalogSnapshot.Empty(engine.Capabilities.IgnoresCase);
        return await InForceAsync(
            engine,
            await engine.TransactAsync(Policies.InForceAsync, Scope.Reading, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The same of what was read just now.</summary>
    public async Task<CatalogSnapshot> InForceAsync(
        IEngine engine,
        (IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns) stored,
        CancellationToken cancellationToken
    ) =>
        stored.Patterns.Count > 0
            ? await ShelfAsync(engine, cancellationToken)
            : CatalogSnapshot.Of(stored.Policies, engine.Capabilities.IgnoresCase);

    /// <summary>
    /// What a run begins with, where the engine is asked as few questions as can be; null where that does not do, because there is
    /// nothing in force, or no catalog of this version.
    /// </summary>
    public async Task<CatalogBeginning?> BeginAsync(IEngine engine, Instant now, CancellationToken cancellationToken)
    {
        if (!engine.Capabilities.AsksAhead)
            return null;
        try
        {
            var begins = Begins(now);
            var (policies, patterns, also) = await engine.TransactAsync(
                (s, token) => Policies.BeginAsync(s, begins, token),
                Scope.Reading,
                cancellationToken
            );
            if (also is null || !Schema.IsCurrent(also.TextOrNull(0)))
                return null;
            Schema.Seen();
            Audit.Foresee(also, 3);
            return new(policies, patterns, also.Long(1) > 0, also.Long(2) > 0, Runs.There(also, 5));
        }
        catch (EngineException error) when (error.Code == EngineCodes.Unknown)
        {
            return null;
        }
    }

    /// <summary>What a run begins with besides policies and patterns.</summary>
    public IReadOnlyList<SqlText> Begins(Instant now) =>
        [Schema.StoredVersion, Archives.CountBegun, Holds.Count, .. Audit.Newest.Values, .. Runs.Open(null, now).Values];

    /// <summary>
    /// The same with the ledgers, where the engine is asked as few questions as can be; null where that does not do, because there is a
    /// pattern, or no catalog of this version: whoever looks closer is told.
    /// </summary>
    public async Task<CatalogBooks?> BooksAsync(IEngine engine, CancellationToken cancellationToken)
    {
        if (!engine.Capabilities.AsksAhead)
            return null;
        try
        {
            var (policies, hasPatterns, rows) = await engine.TransactAsync(
                (s, token) => Policies.WithLedgersAsync(s, Schema.StoredVersion, token),
                Scope.Reading,
                cancellationToken
            );
            if (hasPatterns || rows.Count == 0 || !Schema.IsCurrent(rows[0].TextOrNull(13)))
                return null;
            return new(
                policies,
                rows.Where(r => !r.IsNull(12))
                    .ToDictionary(
                        r => r.Text(9),
                        r => LedgerJson.Read(r.Text(12)) with { Version = r.Long(10), Shown = r.Long(11) },
                        StringComparer.Ordinal
                    ),
                rows[0].Long(14) > 0
            );
        }
        catch (EngineException error) when (error.Code == EngineCodes.Unknown)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<ExpiredSource>> ExpiredAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var frozen = await Ledgers.FrozenAsync(statements, cancellationToken);
        return frozen.Count == 0
            ? []
            :
            [
                .. (await Policies.ExpiredAsync(statements, cancellationToken)).Select(e => new ExpiredSource(
                    e.Table,
                    e.Policy,
                    frozen[e.Policy.Name]
                )),
            ];
    }
}
