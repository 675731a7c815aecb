using Varve.Engines;
using Varve.Sql;

namespace Varve.Catalog;

/// <summary>What leads from each version of the catalog to the next, for databases in which an older Varve made one.</summary>
internal sealed class CatalogMigrations(CatalogTables tables, Dialect dialect)
{
    /// <summary>The version that they lead to.</summary>
    public const int Newest = 6;

    private const int LedgersAsOne = 5;

    /// <summary>From one version to a later one; 0 is an empty database.</summary>
    public async Task RunAsync(IStatements statements, int from, int to, CancellationToken cancellationToken)
    {
        IEnumerable<SqlText>[] versions = [First(), Second(), Third(), Fourth(), Fifth(), Sixth()];
        for (var version = from; version < to; version++)
        {
            foreach (var statement in versions[version])
                await statements.ExecuteAsync(statement, cancellationToken);
            if (version + 1 == LedgersAsOne)
                await MoveLedgersAsync(statements, cancellationToken);
        }
    }

    /// <summary>Version 1.</summary>
    private IEnumerable<SqlText> First()
    {
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
        foreach (var view in new CatalogViews(tables, dialect).First())
            yield return view;
    }

    /// <summary>Version 2: archives, and states that a tier got after some of its buckets were built.</summary>
    private IEnumerable<SqlText> Second()
    {
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
        yield return new CatalogViews(tables, dialect).Archives();
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

    /// <summary>Version 5: the ledger of a policy is one value; which revision is in force is not written down any more.</summary>
    private IEnumerable<SqlText> Fifth()
    {
        yield return $"CREATE TABLE {tables.Ledgers} (policy VARCHAR NOT NULL, version BIGINT NOT NULL, shown BIGINT NOT NULL, expired BOOLEAN NOT NULL, document VARCHAR NOT NULL)";
        yield return $"UPDATE {tables.Policies} SET state = {"stored"} WHERE state <> {"deleted"}";
    }

    /// <summary>Version 6: what a step did, beside what it was going to do.</summary>
    private IEnumerable<SqlText> Sixth()
    {
        yield return $"ALTER TABLE {tables.Steps} ADD COLUMN executed {dialect.LongText}";
    }

    private async Task MoveLedgersAsync(IStatements statements, CancellationToken cancellationToken)
    {
        await new FormerLedgers(tables).MoveAsync(statements, cancellationToken);
        await statements.ExecuteAsync($"DELETE FROM {tables.Meta} WHERE starts_with(name, {"policy:"})", cancellationToken);
        await statements.ExecuteAsync($"ALTER TABLE {tables.Relations} DROP COLUMN states", cancellationToken);
    }
}
