using Varve.Diagnosis;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>What others do on the server that a run would wait for, or that keeps what went on the disk.</summary>
internal static class PostgreSqlSessions
{
    /// <summary>Transactions that are open for long, those that were prepared and left, and how many cannot be judged.</summary>
    public static async Task<IReadOnlyList<Finding>> AllAsync(
        IStatements statements,
        HealthLimits limits,
        CancellationToken cancellationToken
    ) =>
        [
            .. await LongAsync(statements, limits, cancellationToken),
            .. await HiddenAsync(statements, cancellationToken),
            .. await PreparedAsync(statements, limits, cancellationToken),
        ];

    /// <summary>Sessions that hold what a step over the table or its partitions would have to wait for; vacuum yields by itself.</summary>
    public static async Task<IReadOnlyList<Finding>> LocksAsync(
        IStatements statements,
        string policy,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        // Of a session that is hidden the server tells its locks, and neither its kind nor its state.
        var rows = await statements.QueryAsync(
            $"""
            SELECT l.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), a.state, min(l.mode), min(CAST(l.relation::regclass AS TEXT)),
                   CAST(EXTRACT(EPOCH FROM clock_timestamp() - min(a.xact_start)) AS BIGINT)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_locks l ON l.granted AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (l.relation = c.oid OR l.relation IN (SELECT relid FROM pg_partition_tree(c.oid)))
            JOIN pg_stat_activity a ON a.pid = l.pid AND a.pid <> pg_backend_pid()
              AND (a.backend_type = 'client backend' OR (a.backend_type IS NULL AND a.usesysid IS NOT NULL))
            WHERE n.nspname = {table.Schema} AND c.relname = {table.Name}
              AND (l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                OR (a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - INTERVAL '1 minute'))
            GROUP BY l.pid, a.usename, a.application_name, a.state ORDER BY l.pid LIMIT 5
            """,
            cancellationToken
        );
        return
        [
            .. rows.Select(r => new Finding(
                "session.lock",
                Severity.Warning,
                policy,
                FormattableString.Invariant(
                    $"Session {r.Long(0)} ({r.Text(1)}, {r.Text(2)}) holds {r.Text(4)} on {r.Text(5)}{Since(r)}: a step over that waits for it, no longer than lock_timeout, and is put off."
                ),
                FormattableString.Invariant(
                    $"Let it end, or end it where it was forgotten: SELECT pg_terminate_backend({r.Long(0)}). A run of Varve's ends by itself."
                )
            )),
        ];
    }

    private static string Since(Row row) =>
        row.LongOrNull(6) is { } seconds
            ? FormattableString.Invariant($" for {seconds} s, {row.TextOrNull(3)}")
            : ", since when is hidden from this user";

    private static async Task<IReadOnlyList<Finding>> LongAsync(
        IStatements statements,
        HealthLimits limits,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT pid, coalesce(usename, ''), coalesce(application_name, ''), state, CAST(EXTRACT(EPOCH FROM clock_timestamp() - xact_start) / 60 AS BIGINT)
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - {(long)
                limits.LongTransaction.TotalMilliseconds} * INTERVAL '1 millisecond' ORDER BY xact_start LIMIT 5
            """,
            cancellationToken
        );
        return
        [
            .. rows.Select(r => new Finding(
                "session.long",
                Severity.Warning,
                null,
                FormattableString.Invariant(
                    $"Session {r.Long(0)} ({r.Text(1)}, {r.Text(2)}) has been in one transaction for {r.Long(4)} minutes, {r.Text(3)}: vacuum keeps every row that went since, and a step that needs a lock on what it reads waits and is put off."
                ),
                FormattableString.Invariant(
                    $"End it where it was forgotten: SELECT pg_terminate_backend({r.Long(0)}). idle_in_transaction_session_timeout ends such sessions by itself."
                )
            )),
        ];
    }

    /// <summary>
    /// Sessions of others that are in a transaction: they hold a snapshot, have written, or hold a relation. Since when, the server
    /// tells only who may read its statistics; without this finding such a session would pass for none.
    /// </summary>
    private static async Task<IReadOnlyList<Finding>> HiddenAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"""
            SELECT count(*), string_agg(DISTINCT coalesce(CAST(a.usename AS TEXT), CAST(a.usesysid AS TEXT)), ', '), current_user, quote_ident(current_user)
            FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL
              AND NOT pg_has_role(a.usesysid, 'USAGE') AND NOT pg_has_role('pg_read_all_stats', 'USAGE')
              AND (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL
                OR EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation'))
            """,
            cancellationToken
        );
        var row = rows[0];
        if (row.Long(0) is 0)
            return [];
        var (sessions, are) = row.Long(0) == 1 ? ("One session", "is") : (FormattableString.Invariant($"{row.Long(0)} sessions"), "are");
        return
        [
            new(
                "session.hidden",
                Severity.Note,
                null,
                $"{sessions} of other users ({row.Text(1)}) {are} in a transaction, and {row.Text(2)} may not see since when: one that stays for long, which vacuum and steps wait for, is not found.",
                $"GRANT pg_read_all_stats TO {row.Text(3)}; then look again."
            ),
        ];
    }

    /// <summary>
    /// Transactions that were prepared, and neither committed nor rolled back: no session is at them, a restart of the server does
    /// not end them, and they hold their locks and the rows that went since as long as they are there.
    /// </summary>
    private static async Task<IReadOnlyList<Finding>> PreparedAsync(
        IStatements statements,
        HealthLimits limits,
        CancellationToken cancellationToken
    )
    {
        // Its locks have no session. What ties them to it is the one on its own number.
        var rows = await statements.QueryAsync(
            $"""
            SELECT quote_literal(p.gid), CAST(p.owner AS TEXT), CAST(EXTRACT(EPOCH FROM clock_timestamp() - p.prepared) / 60 AS BIGINT),
                   (SELECT string_agg(DISTINCT CAST(l.relation::regclass AS TEXT), ', ') FROM pg_locks own
                    JOIN pg_locks l ON l.virtualtransaction = own.virtualtransaction AND l.pid IS NULL AND l.locktype = 'relation'
                    JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
                    WHERE own.pid IS NULL AND own.locktype = 'transactionid' AND own.transactionid = p.transaction)
            FROM pg_prepared_xacts p WHERE p.database = current_database() AND p.prepared < clock_timestamp() - {(long)
                limits.Prepared.TotalMilliseconds} * INTERVAL '1 millisecond' ORDER BY p.prepared LIMIT 5
            """,
            cancellationToken
        );
        return
        [
            .. rows.Select(r => new Finding(
                "transaction.prepared",
                Severity.Warning,
                null,
                FormattableString.Invariant(
                    $"The transaction {r.Text(0)} of {r.Text(1)} was prepared {r.Long(2)} minutes ago and never ended{(r.TextOrNull(3) is { } held ? $", and holds {held}" : "")}: vacuum keeps every row that went since, and a step that needs a lock on what it holds waits and is put off. A restart does not end it."
                ),
                $"Ask whoever coordinates it; then, in this database as {r.Text(1)} or a superuser: COMMIT PREPARED {r.Text(0)}, or ROLLBACK PREPARED {r.Text(0)}."
            )),
        ];
    }
}
