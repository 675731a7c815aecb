using System.Text.RegularExpressions;
using NodaTime;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>
/// Declarative range partitions by time, below partitions by anything else too: their bounds are read from the catalog. A
/// partition goes with all that is below it. The default partition has no bounds and is never dropped: its rows are deleted.
/// </summary>
internal sealed partial class PostgreSqlPartitions(PostgreSqlEngine engine) : Partitioning
{
    /// <summary>
    /// Partitions that DETACH … CONCURRENTLY left between its two transactions become tables of their own, with all of their
    /// rows. Who is at it still holds a lock that is waited for: it is left to them then.
    /// </summary>
    public override async Task<IReadOnlyList<string>> FinishAsync(TableName table, CancellationToken cancellationToken)
    {
        var whole = table with { Schema = table.Schema ?? engine.DefaultSchema };
        var pending = await engine.AsideAsync((s, token) => s.QueryAsync(Detaching(whole), token), cancellationToken);
        List<string> finished = [];
        foreach (var row in pending)
        {
            var (above, part) = (new TableName(row.Text(0), row.Text(1)), new TableName(row.Text(2), row.Text(3)));
            if (await IsFinishedAsync(above, part, cancellationToken))
                finished.Add($"{part.Text}, which somebody had begun to detach, is a table of its own now, with its rows");
        }

        return finished;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        if (time.Type is ColumnType.Integer)
            return [];
        var whole = table with { Schema = table.Schema ?? engine.DefaultSchema };

        // What locks must not have a snapshot yet. What is rehearsed locks nothing, and may stand behind a step that has dropped
        // partitions: whoever asks for bounds beside it would wait for that.
        var rows =
            statements is RehearsedStatements
                ? await statements.QueryAsync(Bounds(whole), cancellationToken)
                : await engine.AsideAsync((s, token) => s.QueryAsync(Bounds(whole), token), cancellationToken);
        List<TablePart> parts =
        [
            .. from row in rows
            where
                row.Text(0) == time.Name
                && row.Truth(6)
                && Range(row.Text(3)) is { } range
                && ranges.Overlaps(range)
                && range.To <= ranges.End
            select new TablePart(new(row.Text(1), row.Text(2)), new(row.Text(4), row.Text(5)), Range(row.Text(3))!),
        ];

        // What is below a partition goes with it where all of it goes, and alone where not.
        parts.RemoveAll(p => !ranges.Covers(p.Range) && rows.Any(r => new TableName(r.Text(4), r.Text(5)) == p.Table));
        parts.RemoveAll(p => parts.Exists(above => above.Table == p.Of));
        if (parts.Count > 0)
            await statements.ExecuteAsync(
                $"LOCK TABLE {SqlText.Join(", ", parts.Select(p => (SqlText)$"{p.Table}"))} IN SHARE ROW EXCLUSIVE MODE",
                cancellationToken
            );
        return parts;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> Dropping(IReadOnlyList<TablePart> parts) =>
        [.. parts.SelectMany(p => Removing(p).Prepend(Stuck(p)).Prepend(RowsSql.All(p.Table)))];

    /// <inheritdoc/>
    public override async Task<long> DropAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken)
    {
        var rows = 0L;
        foreach (var part in parts)
        {
            rows += (await statements.QueryAsync(RowsSql.All(part.Table), cancellationToken))[0].Long(0);
            await GiveWayAsync(statements, part, cancellationToken);
            foreach (var statement in Removing(part))
                await statements.ExecuteAsync(statement, cancellationToken);
        }

        return rows;
    }

    private async Task<bool> IsFinishedAsync(TableName above, TableName part, CancellationToken cancellationToken)
    {
        try
        {
            await engine.AsideAsync(
                (s, token) => s.ExecuteAsync($"ALTER TABLE {above} DETACH PARTITION {part} FINALIZE", token),
                cancellationToken
            );
            return true;
        }
        catch (EngineException error)
        {
            // Somebody is at it, or reads what they would wait for, or came first: it is in nobody's way.
            var pending = await engine.AsideAsync((s, token) => s.QueryAsync(Detaching(above), token), cancellationToken);
            if (error.Code is EngineCodes.Locked || !pending.Any(r => new TableName(r.Text(2), r.Text(3)) == part))
                return false;
            throw;
        }
    }

    /// <summary>
    /// Who writes to the partition has the table above it, and waits here until the step ends; the step would wait for the table
    /// above, and the server would end one of the two. Let it be the step, before the server picks.
    /// </summary>
    private async Task GiveWayAsync(IStatements statements, TablePart part, CancellationToken cancellationToken)
    {
        var stuck = await statements.QueryAsync(Stuck(part), cancellationToken);
        if (stuck.Count > 0)
            throw new EngineException(
                EngineCodes.Locked,
                FormattableString.Invariant(
                    $"{engine.DisplayName}: session {stuck[0].Long(0)} came to write to {part.Table.Text} while its rows were proven, and is let through. Nothing was kept; run again."
                ),
                isTransient: true
            );
    }

    /// <summary>Sessions that wait for a lock of this one, and have one on the table that the partition is to leave.</summary>
    private static SqlText Stuck(TablePart part) =>
        $"""
            SELECT CAST(w.pid AS BIGINT) FROM pg_locks w
            JOIN pg_locks h ON h.pid = w.pid AND h.granted AND h.locktype = 'relation' AND h.database = w.database
            JOIN pg_class p ON p.oid = h.relation AND p.relname = {part.Of.Name} JOIN pg_namespace n ON n.oid = p.relnamespace AND n.nspname = {part.Of.Schema}
            WHERE NOT w.granted AND w.locktype = 'relation' AND w.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND pg_backend_pid() = ANY (pg_blocking_pids(w.pid)) LIMIT 1
            """;

    private static IEnumerable<SqlText> Removing(TablePart part) =>
        [$"ALTER TABLE {part.Of} DETACH PARTITION {part.Table}", $"DROP TABLE {part.Table}"];

    /// <summary>The parts of a table by the first column that its ranges are of; null where there are none.</summary>
    public static async Task<TablePieces?> PiecesAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(Bounds(table), cancellationToken);
        if (rows.Count == 0)
            return null;
        var column = rows[0].Text(0);
        var parts = rows.Where(r => r.Text(0) == column && r.Truth(6)).ToLookup(r => Range(r.Text(3)), r => r.Long(7));
        List<TimeRange> ranges = [.. parts.Select(p => p.Key).OfType<TimeRange>()];
        var leaves = (await PostgreSqlLeaf.AllAsync(statements, table, cancellationToken))
            .SelectMany(l => l.Above, (leaf, above) => (above, leaf))
            .ToLookup(l => l.above, l => l.leaf);

        // Of a part that is divided again the parts go, each in its time.
        return new(
            column,
            [
                .. ranges
                    .Where(r => !ranges.Exists(o => o != r && r.Contains(o)))
                    .OrderBy(r => r.From)
                    .Select(r => Piece(r, [.. parts[r].SelectMany(p => leaves[p])])),
            ]
        );
    }

    /// <summary>The tables that hold the rows of a range, as far as whole parts of a table do.</summary>
    public static async Task<IReadOnlyList<PostgreSqlLeaf>> LeavesAsync(
        IStatements statements,
        TableName table,
        string column,
        TimeRange range,
        CancellationToken cancellationToken
    )
    {
        var parts = (await statements.QueryAsync(Bounds(table), cancellationToken))
            .Where(r => r.Text(0) == column && r.Truth(6) && Range(r.Text(3)) is { } part && range.Contains(part))
            .Select(r => r.Long(7))
            .ToHashSet();
        return [.. (await PostgreSqlLeaf.AllAsync(statements, table, cancellationToken)).Where(l => l.Above.Any(parts.Contains))];
    }

    private static TablePiece Piece(TimeRange range, IReadOnlyList<PostgreSqlLeaf> leaves)
    {
        List<PostgreSqlLeaf> here = [.. leaves.Where(l => !l.IsForeign)];
        List<string> places = [.. here.Select(l => l.Place).Distinct()];
        return new(range)
        {
            Place = places is [var only] ? new(only) : null,
            IsFixed = here.Count == 0,
            Bytes = here.Sum(l => l.Bytes),
        };
    }

    /// <summary>
    /// For each range partition by a column of times: that column, its name, its bounds as PostgreSQL writes them, what it is a
    /// part of, whether this user may drop it, and its object identifier. One that somebody is detaching is none any more.
    /// </summary>
    private static SqlText Bounds(TableName table) =>
        $"""
            WITH RECURSIVE varve_tree AS (
              SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {table.Schema} AND c.relname = {table.Name} AND c.relkind = 'p'
              UNION ALL
              SELECT i.inhrelid, t.depth + 1 FROM varve_tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
            )
            SELECT a.attname, n.nspname, c.relname, pg_get_expr(c.relpartbound, c.oid), pn.nspname, p.relname, pg_has_role(c.relowner, 'USAGE') AND pg_has_role(p.relowner, 'USAGE'), CAST(c.oid AS BIGINT)
            FROM varve_tree t JOIN pg_class p ON p.oid = t.oid JOIN pg_namespace pn ON pn.oid = p.relnamespace
            JOIN pg_partitioned_table d ON d.partrelid = p.oid AND d.partstrat = 'r' AND d.partnatts = 1
            JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = d.partattrs[0] AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
            JOIN pg_inherits i ON i.inhparent = p.oid AND NOT i.inhdetachpending JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            ORDER BY t.depth, c.relname
            """;

    /// <summary>Partitions that are half detached, and what they are parts of; those that this user may finish.</summary>
    private static SqlText Detaching(TableName table) =>
        $"""
            WITH RECURSIVE varve_tree AS (
              SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {table.Schema} AND c.relname = {table.Name} AND c.relkind = 'p'
              UNION ALL
              SELECT i.inhrelid FROM varve_tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
            )
            SELECT pn.nspname, p.relname, n.nspname, c.relname
            FROM varve_tree t JOIN pg_class p ON p.oid = t.oid JOIN pg_namespace pn ON pn.oid = p.relnamespace
            JOIN pg_inherits i ON i.inhparent = p.oid AND i.inhdetachpending JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE pg_has_role(c.relowner, 'USAGE') AND pg_has_role(p.relowner, 'USAGE') ORDER BY c.relname
            """;

    /// <summary>The range of bounds as PostgreSQL writes them; null for the default partition, and for what no calendar has.</summary>
    internal static TimeRange? Range(string bounds)
    {
        if (Written().Match(bounds) is not { Success: true } match)
            return null;
        var (from, to) = (End(match.Groups["from"].Value), End(match.Groups["to"].Value));
        return from is { } start && to is { } end && start < end ? new(start, end) : null;
    }

    private static Instant? End(string text) =>
        text switch
        {
            "MINVALUE" => Instant.MinValue,
            "MAXVALUE" => Instant.MaxValue,
            _ => PostgreSqlValues.Read(
                text.Contains(':', StringComparison.Ordinal)
                    ? text.Contains("+00", StringComparison.Ordinal)
                        ? "timestamp with time zone"
                        : "timestamp without time zone"
                    : "date",
                text.Trim('\'')
            ) switch
            {
                Instant at => at,
                LocalDate date => date == LocalDate.MinIsoValue ? Instant.MinValue
                : date == LocalDate.MaxIsoValue ? Instant.MaxValue
                : date.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant(),
                _ => null,
            },
        };

    [GeneratedRegex(
        @"\AFOR VALUES FROM \((?<from>'[^']*'|MINVALUE|MAXVALUE)\) TO \((?<to>'[^']*'|MINVALUE|MAXVALUE)\)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Written();
}
