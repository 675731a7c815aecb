using Varve.Policies;
using Varve.Sql;

namespace Varve.Catalog;

/// <summary>The views beside the catalog's tables: the same with timestamps, for people.</summary>
internal sealed class CatalogViews(CatalogTables tables, Dialect dialect)
{
    public IEnumerable<SqlText> All() => [.. First(), Archives()];

    /// <summary>Those of the first version.</summary>
    public IEnumerable<SqlText> First() =>
        [
            $"""
                CREATE OR REPLACE VIEW {View("v_runs")} AS SELECT
                run, policy, revision, {dialect.Timestamp($"as_of_us")} AS as_of, {dialect.Timestamp(
                    $"started_us"
                )} AS started, {dialect.Timestamp(
                    $"finished_us"
                )} AS finished, status, steps, steps_done, rows_read, rows_written, rows_removed, error_code, error
                FROM {tables.Runs}
                """,
            $"""
                CREATE OR REPLACE VIEW {View("v_steps")} AS SELECT
                run, policy, ordinal, kind, relation, ranges, reason, status, rows_in, rows_written, rows_removed, {dialect.Timestamp(
                    $"started_us"
                )} AS started, {dialect.Timestamp($"finished_us")} AS finished, note
                FROM {tables.Steps}
                """,
            $"""
                CREATE OR REPLACE VIEW {View("v_coverage")} AS SELECT
                policy, relation, kind, {dialect.Timestamp($"from_us")} AS covered_from, {dialect.Timestamp($"to_us")} AS covered_to
                FROM {tables.Coverage}
                """,
            $"""
                CREATE OR REPLACE VIEW {View("v_audit")} AS SELECT
                seq, {dialect.Timestamp($"at_us")} AS at, actor, system_user, host, action, policy, detail, hash
                FROM {tables.Audit}
                """,
        ];

    public SqlText Archives() =>
        $"""
            CREATE OR REPLACE VIEW {View("v_archives")} AS SELECT
            policy, location, {dialect.Timestamp($"from_us")} AS archived_from, {dialect.Timestamp(
                $"to_us"
            )} AS archived_to, part, file, row_count, byte_count, sha256, run, {dialect.Timestamp(
                $"written_us"
            )} AS written, {dialect.Timestamp($"proven_us")} AS proven, {dialect.Timestamp($"pruned_us")} AS pruned
            FROM {tables.Archives}
            """;

    private TableName View(string name) => new(tables.Schema, name);
}
