using System.Globalization;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Catalog;

/// <summary>
/// Creates the catalog and brings an older one up to date. Readers never do either; a catalog that is newer than this
/// Varve is refused with both versions.
/// </summary>
internal sealed class CatalogSchema(CatalogTables tables, IEngine engine)
{
    private const string VersionName = "schema_version";

    // Where there are no transactions nobody is kept from raising it a moment after it was read, and each look is a round trip.
    private static readonly TimeSpan s_known = TimeSpan.FromSeconds(1);

    private bool _seen;
    private Tuple<int, long>? _known;

    /// <summary>The version that this Varve writes.</summary>
    public static int Version => CatalogMigrations.Newest;

    /// <summary>False where there is no catalog yet.</summary>
    /// <exception cref="EngineException">It is newer than this Varve, or older: a run or an apply brings it up to date.</exception>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        if (await VersionAsync(cancellationToken) is not { } version)
            return false;
        if (version == Version)
            return true;
        throw new EngineException(
            EngineCodes.NewerCatalog,
            FormattableString.Invariant(
                $"The catalog in schema {tables.Schema} has version {version} and this Varve writes version {Version}: apply or run brings it up to date, reading does not."
            )
        );
    }

    /// <summary>Creates the catalog where there is none, and brings an older one up to date: all of it, or nothing.</summary>
    /// <exception cref="EngineException">It is newer than this Varve.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken) => EnsureAsync(Version, cancellationToken);

    /// <summary>Brings the catalog to an earlier version than the newest: for tests of what leads on from there.</summary>
    internal async Task EnsureAsync(int target, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken) ?? 0;
        if (version >= target)
            return;
        await engine.TransactAsync(
            async (statements, token) =>
            {
                if (version == 0 && engine.Capabilities.Transactions && await IsMadeAsync(statements, target, token))
                    return 0;
                if (version == 0 && target == Version)
                    await CreateAsync(statements, token);
                else
                    await new CatalogMigrations(tables, engine.Dialect).RunAsync(statements, version, target, token);
                await statements.ExecuteAsync($"DELETE FROM {tables.Meta} WHERE name = {VersionName}", token);
                await statements.ExecuteAsync(
                    $"INSERT INTO {tables.Meta} (name, value) VALUES ({VersionName}, {target.ToString(CultureInfo.InvariantCulture)})",
                    token
                );
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    /// <summary>Brings an older catalog up to date, and creates none: what writes does this before it looks.</summary>
    public async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        if (await VersionAsync(cancellationToken) is not null)
            await EnsureAsync(cancellationToken);
    }

    /// <summary>The version that is there; null for none.</summary>
    /// <exception cref="EngineException">It is newer than this Varve.</exception>
    public async Task<int?> VersionAsync(CancellationToken cancellationToken)
    {
        if (engine.Capabilities.Transactions && !_seen)
        {
            if (await Look.DescribeAsync(engine, tables.Meta, cancellationToken) is not { } meta)
                return null;
            _seen = IsMeta(meta) ? true : throw Strange(tables.Meta);
        }

        if (_known is var (known, at) && TimeProvider.System.GetElapsedTime(at) < s_known)
            return known;
        if (await FoundAsync(cancellationToken) is not { } version)
            return null;
        if (version == 0 && engine.Capabilities.Transactions)
            throw Strange(tables.Meta);
        if (version == Version && !engine.Capabilities.Transactions)
            Seen();
        if (version <= Version)
            return version;
        throw new EngineException(
            EngineCodes.NewerCatalog,
            FormattableString.Invariant(
                $"The catalog in schema {tables.Schema} has version {version}, this Varve knows up to {Version}: use the newer Varve that wrote it."
            )
        );
    }

    /// <summary>
    /// True where somebody else made the catalog since it was looked for. Where all of it is made or nothing, a table that is there
    /// without it is not Varve's: it would be written to as if it were.
    /// </summary>
    /// <exception cref="EngineException">The schema has a table of such a name.</exception>
    private async Task<bool> IsMadeAsync(IStatements statements, int target, CancellationToken cancellationToken)
    {
        if (await statements.DescribeAsync(tables.Meta, cancellationToken) is { } meta)
            return IsMeta(meta) && await ReadVersionAsync(statements, cancellationToken) >= target ? true : throw Strange(tables.Meta);
        foreach (var table in tables.All)
            if (await statements.DescribeAsync(table, cancellationToken) is not null)
                throw Strange(table);
        return false;
    }

    private static bool IsMeta(TableDescription found) =>
        found is { IsView: false } && found.Find("name") is not null && found.Find("value") is not null;

    private static EngineException Strange(TableName table) =>
        new(
            EngineCodes.NotACatalog,
            $"The schema {table.Schema} has a table {table.Name} that is not Varve's, where the catalog would be. Nothing was changed. Name another schema for the catalog (--schema NAME)."
        );

    // Each look may be a round trip: where a failed one ends nothing else, whether there is a catalog is not asked by itself.
    private async Task<int?> FoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await engine.TransactAsync(ReadVersionAsync, Scope.Reading, cancellationToken);
        }
        catch (EngineException error) when (error.Code == EngineCodes.Unknown && !engine.Capabilities.Transactions)
        {
            return null;
        }
    }

    /// <summary>A query for the version as it is stored.</summary>
    public SqlText StoredVersion => $"SELECT value FROM {tables.Meta} WHERE name = {VersionName}";

    /// <summary>True for the version that this Varve writes, as it is stored.</summary>
    public bool IsCurrent(string? stored) => stored == Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version was read just now, and is the one that this Varve writes.</summary>
    public void Seen() => _known = new(Version, TimeProvider.System.GetTimestamp());

    private async Task<int> ReadVersionAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(StoredVersion, cancellationToken);
        return rows.Count == 1 ? int.Parse(rows[0].Text(0), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>
    /// The newest catalog. Instants are microseconds since 1970 UTC; the views beside the tables show timestamps. Every table
    /// has its natural key, but for those that only show what <c>ledgers</c> says.
    /// </summary>
    private async Task CreateAsync(IStatements statements, CancellationToken cancellationToken)
    {
        foreach (var statement in Tables().Concat(new CatalogViews(tables, engine.Dialect).All()))
            await statements.ExecuteAsync(statement, cancellationToken);
    }

    private IEnumerable<SqlText> Tables() =>
        [
            .. engine.Dialect.MakeSchema(tables.Schema) is { } schema ? [schema] : Array.Empty<SqlText>(),
            Table(tables.Meta, $"name VARCHAR NOT NULL, value VARCHAR{Key(["name"])}"),
            Table(
                tables.Policies,
                $"""
                policy VARCHAR NOT NULL, revision INTEGER NOT NULL, state VARCHAR NOT NULL, table_schema VARCHAR, table_name VARCHAR NOT NULL,
                document {Long} NOT NULL, sha256 VARCHAR NOT NULL, yaml {Long} NOT NULL, tags VARCHAR NOT NULL, applied_us BIGINT NOT NULL, applied_by VARCHAR NOT NULL,
                kind VARCHAR, pattern VARCHAR, pattern_revision INTEGER{Key(["policy", "revision"])}
                """
            ),
            Table(
                tables.Ledgers,
                $"""
                policy VARCHAR NOT NULL, version BIGINT NOT NULL, shown BIGINT NOT NULL, expired BOOLEAN NOT NULL, document {Long} NOT NULL{Key([
                    "policy",
                ])}
                """
            ),
            Table(
                tables.Relations,
                $"""
                policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, schema_name VARCHAR, name VARCHAR NOT NULL, created_us BIGINT NOT NULL
                """
            ),
            Table(
                tables.Runs,
                $"""
                run VARCHAR NOT NULL, policy VARCHAR NOT NULL, revision INTEGER NOT NULL, as_of_us BIGINT NOT NULL, started_us BIGINT NOT NULL, finished_us BIGINT,
                status VARCHAR NOT NULL, steps INTEGER NOT NULL, steps_done INTEGER NOT NULL, rows_read BIGINT NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, error_code VARCHAR, error {Long}{Key([
                    "run",
                ])}
                """
            ),
            Table(
                tables.Steps,
                $"""
                run VARCHAR NOT NULL, policy VARCHAR NOT NULL, ordinal INTEGER NOT NULL, kind VARCHAR NOT NULL, relation VARCHAR NOT NULL, ranges {Long} NOT NULL, reason {Long} NOT NULL,
                status VARCHAR NOT NULL, statement {Long}, executed {Long}, rows_in BIGINT NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, started_us BIGINT, finished_us BIGINT, note {Long}{Key([
                    "run",
                    "ordinal",
                ])}
                """
            ),
            Table(
                tables.Coverage,
                $"policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL"
            ),
            Table(
                tables.Dirty,
                $"""
                policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, rows_left BIGINT, by_others BOOLEAN, state VARCHAR
                """
            ),
            Table(tables.Edges, $"policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, at_us BIGINT NOT NULL{Key(["policy", "relation"])}"),
            Table(
                tables.Holds,
                $"""
                hold VARCHAR NOT NULL, policy VARCHAR NOT NULL, relation VARCHAR, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, reason {Long} NOT NULL, who VARCHAR NOT NULL,
                until_us BIGINT, set_us BIGINT NOT NULL{Key(["hold"])}
                """
            ),
            Table(
                tables.Leases,
                $"policy VARCHAR NOT NULL, run VARCHAR NOT NULL, holder VARCHAR NOT NULL, taken_us BIGINT NOT NULL{Key(["policy"])}"
            ),
            Table(
                tables.Audit,
                $"""
                seq BIGINT NOT NULL, at_us BIGINT NOT NULL, actor VARCHAR NOT NULL, system_user VARCHAR NOT NULL, host VARCHAR NOT NULL, action VARCHAR NOT NULL, policy VARCHAR,
                detail VARCHAR NOT NULL, previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL{Key(["seq"])}
                """
            ),
            Table(
                tables.Archives,
                $"""
                policy VARCHAR NOT NULL, location VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, part INTEGER NOT NULL, file VARCHAR NOT NULL,
                row_count BIGINT NOT NULL, byte_count BIGINT NOT NULL, row_hash VARCHAR NOT NULL, hashed_by VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, run VARCHAR NOT NULL, written_us BIGINT NOT NULL, proven_us BIGINT,
                pruned_us BIGINT, pruning_us BIGINT
                """
            ),
        ];

    private SqlText Long => engine.Dialect.LongText;

    private SqlText Table(TableName table, SqlText columns) => $"CREATE TABLE IF NOT EXISTS {table} ({columns}){engine.Dialect.FewRows}";

    private SqlText Key(IEnumerable<string> columns) => engine.Dialect.Key([.. columns.Select(c => new Identifier(c))]);
}
