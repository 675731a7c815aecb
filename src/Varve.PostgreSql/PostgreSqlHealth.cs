using Varve.Catalog;
using Varve.Diagnosis;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>From where on an operator should know of it.</summary>
/// <param name="LongTransaction">How long a session has been in one transaction.</param>
/// <param name="BytesBehind">How much a replication slot keeps on the disk.</param>
internal sealed record HealthLimits(TimeSpan LongTransaction, long BytesBehind)
{
    public static HealthLimits Usual { get; } = new(TimeSpan.FromMinutes(10), 1_000_000_000);

    /// <summary>How long a transaction is prepared: whoever prepares one decides at once, and only an accident leaves it.</summary>
    public TimeSpan Prepared => LongTransaction / 10;
}

/// <summary>What only a server has: rights, sessions that hold others up, dead rows, slots that keep what was dropped.</summary>
public static class PostgreSqlHealth
{
    /// <summary>Findings about the server and the tables of policies. Nothing is changed.</summary>
    /// <exception cref="ArgumentException">The database is not PostgreSQL's.</exception>
    public static Task<IReadOnlyList<Finding>> DiagnoseAsync(
        Database database,
        IReadOnlyList<StoredPolicy> policies,
        CancellationToken cancellationToken = default
    ) => DiagnoseAsync(database, policies, HealthLimits.Usual, cancellationToken);

    internal static async Task<IReadOnlyList<Finding>> DiagnoseAsync(
        Database database,
        IReadOnlyList<StoredPolicy> policies,
        HealthLimits limits,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(policies);
        if (database.Engine is not PostgreSqlEngine engine)
            throw new ArgumentException($"{database.Name} is not a PostgreSQL database.", nameof(database));
        return await engine.TransactAsync<IReadOnlyList<Finding>>(
            async (s, token) =>
            {
                List<Finding> findings = [.. await PostgreSqlSessions.AllAsync(s, limits, token), .. await SlotsAsync(s, limits, token)];
                List<TableName> kept = [];
                foreach (var policy in policies.Select(p => p.Policy))
                {
                    var whole = policy.Table with { Schema = policy.Table.Schema ?? engine.DefaultSchema };
                    kept.Add(whole);
                    findings.AddRange(await TableAsync(s, policy, whole, token));
                    findings.AddRange(await PostgreSqlSessions.LocksAsync(s, policy.Name, whole, token));
                    findings.AddRange(await KeepersAsync(s, policy, whole, token));
                }

                findings.AddRange(await PostgreSqlFindings.UnkeptAsync(s, kept, token));
                return findings;
            },
            Scope.Reading,
            cancellationToken
        );
    }

    private static async Task<IReadOnlyList<Finding>> KeepersAsync(
        IStatements statements,
        Policy policy,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        if (await statements.DescribeAsync(table, cancellationToken) is not { } found)
            return [];
        return [.. Keepers(policy.Name, found), .. Followers(policy, found)];
    }

    private static IEnumerable<Finding> Followers(Policy policy, TableDescription found)
    {
        if (LayoutRulesRemoval.Warning(policy, found) is { } warning)
            yield return new(
                "table.removal",
                Severity.Warning,
                policy.Name,
                warning,
                "Nothing, where that is meant; else drop the foreign key, the trigger or the rule, or take keep out of the policy."
            );
    }

    private static IReadOnlyList<Finding> Keepers(string policy, TableDescription found)
    {
        var table = found.Table;
        if (found.Keeper is not { } keeper)
            return [];
        if (keeper.Name == TableKeeper.Timescale)
            return
            [
                new(
                    "table.hypertable",
                    Severity.Note,
                    policy,
                    $"{table.Text} is a hypertable of TimescaleDB: its rows are deleted one by one, which is slow in compressed chunks.",
                    "Take keep out of the policy where drop_chunks removes chunks, which proves nothing; what it removes is found as removed by others."
                ),
            ];
        return LayoutRulesKeeper.Warning(found) is { } warning
            ?
            [
                new(
                    "table.retention",
                    Severity.Warning,
                    policy,
                    warning,
                    $"Take the retention of {keeper.Name} out: UPDATE part_config SET retention = NULL WHERE parent_table = '{table.Schema}.{table.Name}', in the schema of the extension."
                ),
            ]
            : [];
    }

    private static async Task<IReadOnlyList<Finding>> SlotsAsync(
        IStatements statements,
        HealthLimits limits,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT slot_name, active, CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) AS BIGINT) FROM pg_replication_slots
            WHERE NOT pg_is_in_recovery() AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > {limits.BytesBehind}
            """,
            cancellationToken
        );
        return
        [
            .. rows.Select(r => new Finding(
                "slot.behind",
                Severity.Warning,
                null,
                FormattableString.Invariant(
                    $"The replication slot {r.Text(0)} is {r.Long(2) / 1_000_000:N0} MB behind{(r.Truth(1) ? "" : " and nobody reads it")}: the server keeps all of that on its disk, and what Varve removes with it."
                ),
                $"Start its reader, or drop the slot where it is not needed any more: SELECT pg_drop_replication_slot('{r.Text(0)}');"
            )),
        ];
    }

    private static async Task<IReadOnlyList<Finding>> TableAsync(
        IStatements statements,
        Policy policy,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'DELETE'), has_schema_privilege(n.oid, 'CREATE'), pg_has_role(c.relowner, 'USAGE'), CAST(c.relkind AS TEXT),
                   c.relrowsecurity AND NOT (SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user) AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE')),
                   coalesce(s.n_dead_tup, 0), coalesce(s.n_live_tup, 0), current_user,
                   (SELECT p.reltuples <> 0 FROM pg_partitioned_table d JOIN pg_class p ON p.oid = d.partdefid WHERE d.partrelid = c.oid),
                   (SELECT p.relname FROM pg_partitioned_table d JOIN pg_class p ON p.oid = d.partdefid WHERE d.partrelid = c.oid),
                   (SELECT min(format('ALTER TABLE %s DETACH PARTITION %s FINALIZE;', i.inhparent::regclass, i.inhrelid::regclass)) FROM pg_partition_tree(c.oid) t JOIN pg_inherits i ON i.inhparent = t.relid AND i.inhdetachpending)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
            WHERE n.nspname = {table.Schema} AND c.relname = {table.Name}
            """,
            cancellationToken
        );
        if (rows.Count == 0)
            return [];
        List<Finding> findings = [.. Of(policy.Name, table, rows[0])];
        if (rows[0].Text(4) == "p" && await statements.DescribeAsync(table, cancellationToken) is { } found)
            findings.AddRange(PostgreSqlFindings.Widths(policy, found));
        return findings;
    }

    private static IEnumerable<Finding> Of(string policy, TableName table, Row row)
    {
        var (name, user) = ($"\"{table.Schema}\".\"{table.Name}\"", $"\"{row.Text(8)}\"");
        var removes = row.Text(4) is "r" or "p";
        if (!row.Truth(0) || (removes && !row.Truth(1)))
            yield return new(
                "rights.table",
                Severity.Error,
                policy,
                $"{row.Text(8)} may not read {(removes ? "and remove rows of " : "")}{table.Text}.",
                $"GRANT SELECT{(removes ? ", DELETE" : "")} ON {name} TO {user};"
            );
        if (!row.Truth(2))
            yield return new(
                "rights.schema",
                Severity.Error,
                policy,
                $"{row.Text(8)} may make no table in the schema {table.Schema}, where the tiers of {policy} are.",
                $"GRANT USAGE, CREATE ON SCHEMA \"{table.Schema}\" TO {user}; or name another one in the policy (schema:)."
            );
        if (row.Text(4) == "p" && !row.Truth(3))
            yield return new(
                "rights.partitions",
                Severity.Warning,
                policy,
                $"{row.Text(8)} does not own {table.Text}, and only the owner may drop its partitions: rows are deleted one by one instead.",
                $"GRANT the role that owns {table.Text} TO {user}; or let {row.Text(8)} own it."
            );
        if (row.Truth(5))
            yield return new(
                "rights.rows",
                Severity.Error,
                policy,
                $"Row-level security hides rows of {table.Text} from {row.Text(8)}: what Varve does not see it cannot prove, and every step is refused.",
                $"ALTER ROLE {user} BYPASSRLS; or take the policies off the table."
            );
        if (row.Long(6) >= 10_000 && row.Long(6) * 4 >= row.Long(7))
            yield return new(
                "rows.dead",
                Severity.Note,
                policy,
                FormattableString.Invariant(
                    $"{table.Text} has about {row.Long(6):N0} dead rows beside {row.Long(7):N0} live ones: their room is used again once vacuum was there, and the disk does not get it back."
                ),
                "Autovacuum comes by itself; where it is behind, VACUUM the table, or lower its autovacuum_vacuum_scale_factor. Partitions by time go without dead rows."
            );
        if (row.TextOrNull(11) is { } finalize)
            yield return new(
                "partition.detaching",
                Severity.Error,
                policy,
                $"Somebody began to detach a partition of {table.Text} and did not come to the end: nobody sees its rows in {table.Text} any more, and no other partition can be detached CONCURRENTLY. A run that removes partitions of it finishes that; the rows stay in a table of their own.",
                finalize
            );
        if (!row.IsNull(9) && row.Truth(9))
            yield return new(
                "partition.default",
                Severity.Note,
                policy,
                $"{table.Text} has rows in its default partition {row.Text(10)}: it is never dropped, and its rows are deleted one by one.",
                "Make the partitions that these rows belong into ahead of time."
            );
    }
}
