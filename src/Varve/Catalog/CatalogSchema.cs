using System.Globalization;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Catalog;

/// <summary>
/// Creates the catalog and brings an older one up to date. Readers never do either; a catalog that is newer than this
/// Varve is refused with both versions.
/// </summary>
internal sealed class CatalogSchema(CatalogTables tables, IEngine engine)
{
    private const string VersionName = "schema_version";

    /// <summary>What leads from each version to the next, from an empty database on.</summary>
    private static readonly Func<CatalogSchema, IEnumerable<SqlText>>[] s_migrations = [catalog => catalog.First(), catalog => catalog.Second(), catalog => catalog.Third(), catalog => catalog.Fourth()];

    private bool _seen;

    /// <summary>The version that this Varve writes.</summary>
    public static int Version => s_migrations.Length;

    /// <summary>False where there is no catalog yet.</summary>
    /// <exception cref="EngineException">It is newer than this Varve, or older: a run or an apply brings it up to date.</exception>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        if (await VersionAsync(cancellationToken) is not { } version) return false;
        if (version == Version) return true;
        throw new EngineException(EngineCodes.NewerCatalog, FormattableString.Invariant(
            $"The catalog in schema {tables.Schema} has version {version} and this Varve writes version {Version}: apply or run brings it up to date, reading does not."));
    }

    /// <summary>Creates the catalog where there is none, and brings an older one up to date: all of it, or nothing.</summary>
    /// <exception cref="EngineException">It is newer than this Varve.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken) => EnsureAsync(Version, cancellationToken);

    /// <summary>Brings the catalog to an earlier version than the newest: for tests of what leads on from there.</summary>
    internal async Task EnsureAsync(int target, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken) ?? 0;
        if (version >= target) return;
        await engine.TransactAsync(
            async (statements, token) =>
            {
                foreach (var statement in s_migrations[version..target].SelectMany(m => m(this))) await statements.ExecuteAsync(statement, token);
                await statements.ExecuteAsync($"DELETE FROM {tables.Meta} WHERE name = {VersionName}", token);
                await statements.ExecuteAsync($"INSERT INTO {tables.Meta} (name, value) VALUES ({VersionName}, {target.ToString(CultureInfo.InvariantCulture)})", token);
                return 0;
            },
            readOnly: false,
            cancellationToken);
    }

    /// <summary>Brings an older catalog up to date, and creates none: what writes does this before it looks.</summary>
    public async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        if (await VersionAsync(cancellationToken) is not null) await EnsureAsync(cancellationToken);
    }

    /// <summary>The version that is there; null for none.</summary>
    /// <exception cref="EngineException">It is newer than this Varve.</exception>
    public async Task<int?> VersionAsync(CancellationToken cancellationToken)
    {
        _seen = _seen || await engine.DescribeAsync(tables.Meta, cancellationToken) is not null;
        if (!_seen) return null;
        var version = await engine.TransactAsync(ReadVersionAsync, readOnly: true, cancellationToken);
        if (version <= Version) return version;
        throw new EngineException(EngineCodes.NewerCatalog, FormattableString.Invariant(
            $"The catalog in schema {tables.Schema} has version {version}, this Varve knows up to {Version}: use the newer Varve that wrote it."));
    }

    private async Task<int> ReadVersionAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync($"SELECT value FROM {tables.Meta} WHERE name = {VersionName}", cancellationToken);
        return rows.Count == 1 ? int.Parse(rows[0].Text(0), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Version 1. Instants are microseconds since 1970 UTC; the views beside the tables show timestamps.</summary>
    private IEnumerable<SqlText> First()
    {
        var dialect = engine.Dialect;
        yield return $"CREATE SCHEMA IF NOT EXISTS {dialect.Schema(tables.Schema)}";
        yield return $"CREATE TABLE {tables.Meta} (name VARCHAR NOT NULL, value VARCHAR)";
        yield return $"""
            CREATE TABLE {tables.Policies} (policy VARCHAR NOT NULL, revision INTEGER NOT NULL, state VARCHAR NOT NULL, table_schema VARCHAR, table_name VARCHAR NOT NULL,
            document VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, yaml VARCHAR NOT NULL, tags VARCHAR NOT NULL, applied_us BIGINT NOT NULL, applied_by VARCHAR NOT NULL)
            """;
        yield return $"CREATE TABLE {tables.Relations} (policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, schema_name VARCHAR, name VARCHAR NOT NULL, created_us BIGINT NOT NULL)";
        yield return $"""
            CREATE TABLE {tables.Runs} (run VARCHAR NOT NULL, policy VARCHAR NOT NULL, revision INTEGER NOT NULL, as_of_us BIGINT NOT NULL, started_us BIGINT NOT NULL, finished_us BIGINT,
            status VARCHAR NOT NULL, steps INTEGER NOT NULL, steps_done INTEGER NOT NULL, rows_read BIGINT NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, error_code VARCHAR, error VARCHAR)
            """;
        yield return $"""
            CREATE TABLE {tables.Steps} (run VARCHAR NOT NULL, policy VARCHAR NOT NULL, ordinal INTEGER NOT NULL, kind VARCHAR NOT NULL, relation VARCHAR NOT NULL, ranges VARCHAR NOT NULL, reason VARCHAR NOT NULL,
            status VARCHAR NOT NULL, statement VARCHAR, rows_in BIGINT NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, started_us BIGINT, finished_us BIGINT, note VARCHAR)
            """;
        yield return $"CREATE TABLE {tables.Coverage} (policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL)";
        yield return $"CREATE TABLE {tables.Dirty} (policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, rows_left BIGINT, by_others BOOLEAN)";
        yield return $"CREATE TABLE {tables.Edges} (policy VARCHAR NOT NULL, relation VARCHAR NOT NULL, at_us BIGINT NOT NULL)";
        yield return $"CREATE TABLE {tables.Holds} (hold VARCHAR NOT NULL, policy VARCHAR NOT NULL, relation VARCHAR, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, reason VARCHAR NOT NULL, who VARCHAR NOT NULL, until_us BIGINT, set_us BIGINT NOT NULL)";
        yield return $"CREATE TABLE {tables.Leases} (policy VARCHAR NOT NULL, run VARCHAR NOT NULL, holder VARCHAR NOT NULL, taken_us BIGINT NOT NULL)";
        yield return $"""
            CREATE TABLE {tables.Audit} (seq BIGINT NOT NULL, at_us BIGINT NOT NULL, actor VARCHAR NOT NULL, system_user VARCHAR NOT NULL, host VARCHAR NOT NULL, action VARCHAR NOT NULL, policy VARCHAR,
            detail VARCHAR NOT NULL, previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL)
            """;
        yield return $"CREATE VIEW {new Policies.TableName(tables.Schema, "v_runs")} AS SELECT run, policy, revision, {dialect.Timestamp($"as_of_us")} AS as_of, {dialect.Timestamp($"started_us")} AS started, {dialect.Timestamp($"finished_us")} AS finished, status, steps, steps_done, rows_read, rows_written, rows_removed, error_code, error FROM {tables.Runs}";
        yield return $"CREATE VIEW {new Policies.TableName(tables.Schema, "v_steps")} AS SELECT run, policy, ordinal, kind, relation, ranges, reason, status, rows_in, rows_written, rows_removed, {dialect.Timestamp($"started_us")} AS started, {dialect.Timestamp($"finished_us")} AS finished, note FROM {tables.Steps}";
        yield return $"CREATE VIEW {new Policies.TableName(tables.Schema, "v_coverage")} AS SELECT policy, relation, kind, {dialect.Timestamp($"from_us")} AS covered_from, {dialect.Timestamp($"to_us")} AS covered_to FROM {tables.Coverage}";
        yield return $"CREATE VIEW {new Policies.TableName(tables.Schema, "v_audit")} AS SELECT seq, {dialect.Timestamp($"at_us")} AS at, actor, system_user, host, action, policy, detail, hash FROM {tables.Audit}";
    }

    /// <summary>Version 2: archives, and states that a tier got after some of its buckets were built.</summary>
    private IEnumerable<SqlText> Second()
    {
        var dialect = engine.Dialect;
        yield return $"ALTER TABLE {tables.Relations} ADD COLUMN states VARCHAR";
        yield return $"""
            UPDATE {tables.Relations} SET states = (SELECT string_agg(column_name, chr(31) ORDER BY ordinal_position) FROM information_schema.columns AS varve_columns
            WHERE varve_columns.table_schema = {tables.Relations}.schema_name AND varve_columns.table_name = {tables.Relations}.name) WHERE kind = {"states"}
            """;
        yield return $"ALTER TABLE {tables.Dirty} ADD COLUMN state VARCHAR";
        yield return $"""
            CREATE TABLE {tables.Archives} (policy VARCHAR NOT NULL, location VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, part INTEGER NOT NULL, file VARCHAR NOT NULL,
            row_count BIGINT NOT NULL, byte_count BIGINT NOT NULL, row_hash VARCHAR NOT NULL, hashed_by VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, run VARCHAR NOT NULL, written_us BIGINT NOT NULL, proven_us BIGINT, pruned_us BIGINT)
            """;
        yield return $"CREATE VIEW {new Policies.TableName(tables.Schema, "v_archives")} AS SELECT policy, location, {dialect.Timestamp($"from_us")} AS archived_from, {dialect.Timestamp($"to_us")} AS archived_to, part, file, row_count, byte_count, sha256, run, {dialect.Timestamp($"written_us")} AS written, {dialect.Timestamp($"proven_us")} AS proven, {dialect.Timestamp($"pruned_us")} AS pruned FROM {tables.Archives}";
    }

    /// <summary>Version 3: patterns, and the policies that come from them.</summary>
    private IEnumerable<SqlText> Third()
    {
        yield return $"ALTER TABLE {tables.Policies} ADD COLUMN kind VARCHAR";
        yield return $"ALTER TABLE {tables.Policies} ADD COLUMN pattern VARCHAR";
        yield return $"ALTER TABLE {tables.Policies} ADD COLUMN pattern_revision INTEGER";
        yield return $"UPDATE {tables.Policies} SET kind = {"table"}";
    }

    /// <summary>Version 4: the intent to prune a part, written down before its files go.</summary>
    private IEnumerable<SqlText> Fourth()
    {
        yield return $"ALTER TABLE {tables.Archives} ADD COLUMN pruning_us BIGINT";
    }
}
