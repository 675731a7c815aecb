using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>What is there, from the catalog of the server: relations, columns, rows, bytes.</summary>
internal sealed class PostgreSqlObserver(PostgreSqlDialect dialect)
{
    /// <summary>Rows of smaller tables are counted: the server's estimate of a table that was just filled says nothing.</summary>
    private const long MostCounted = 16 * 1024 * 1024;

    /// <summary>Names are matched exactly; the schema of one without is filled in.</summary>
    public async Task<TableDescription?> DescribeAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var name = new TableName(dialect.SchemaOf(table), table.Name);
        var rows = await statements.QueryAsync(
            $"""
            WITH RECURSIVE varve_relation AS (
              SELECT c.oid, CAST(c.relkind AS TEXT) AS kind, CAST(c.relpersistence AS TEXT) AS persistence, {PostgreSqlFollowers.Of} AS followers FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = {name.Schema} AND c.relname = {name.Name} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            ), varve_types AS (
              SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS written, a.atttypid AS type, a.atttypmod AS modifier
              FROM pg_attribute a JOIN varve_relation r ON r.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped
              UNION ALL
              SELECT d.attnum, d.attname, d.written, t.typbasetype, CASE WHEN d.modifier < 0 THEN t.typtypmod ELSE d.modifier END
              FROM varve_types d JOIN pg_type t ON t.oid = d.type WHERE t.typtype = 'd'
            )
            SELECT r.kind, r.persistence, d.attname, d.written, t.typname, CAST(t.typcategory AS TEXT), d.modifier,
                   t.typcategory = 'E' OR EXISTS (SELECT 1 FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree' WHERE o.opcdefault AND o.opcintype = t.oid) OR t.typname IN ('varchar', 'cidr'),
                   {PostgreSqlKeepers.IsHypertable($"r.oid")},
                   t.typname = 'citext' OR EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_collation k ON k.oid = a.attcollation AND NOT k.collisdeterministic WHERE a.attrelid = r.oid AND a.attnum = d.attnum),
                   r.followers
            FROM varve_relation r LEFT JOIN (varve_types d JOIN pg_type t ON t.oid = d.type AND t.typtype <> 'd') ON true ORDER BY d.attnum
            """,
            cancellationToken
        );
        if (rows.Count == 0)
            return null;
        var kind = Kind(rows[0].Text(0), rows[0].Text(1));
        var pieces = rows[0].Text(0) == "p" ? await PostgreSqlPartitions.PiecesAsync(statements, name, cancellationToken) : null;
        return new(
            name,
            kind is not RelationKind.Table,
            [
                .. rows.Where(r => !r.IsNull(2))
                    .Select(r => new Column(r.Text(2), PostgreSqlTypes.Read(r.Text(4), r.Text(5), (int)r.Long(6), r.Truth(7)), r.Text(3))
                    {
                        HasAlikes = r.Truth(9),
                    }),
            ]
        )
        {
            Kind = kind,
            Keeper =
                rows[0].Truth(8) ? new(TableKeeper.Timescale, null)
                : pieces is null ? null
                : await PostgreSqlKeepers.PartmanAsync(statements, name, cancellationToken),
            Pieces = pieces,
            OnRemoval = PostgreSqlFollowers.Read(rows[0].TextOrNull(10)),
        };
    }

    private static RelationKind Kind(string kind, string persistence) =>
        (kind, persistence) switch
        {
            (_, "t") => RelationKind.TemporaryTable,
            ("v", _) => RelationKind.ReadableView,
            ("m", _) => RelationKind.MaterializedView,
            ("f", _) => RelationKind.ForeignTable,
            _ => RelationKind.Table,
        };

    /// <summary>
    /// Rows as the server estimates them, scaled to the pages that are there now, of small tables by a count; bytes with indexes
    /// and what lies beside. A partitioned table is what its partitions are, and one that others inherit from has their rows too.
    /// Views and what is not there are left out.
    /// </summary>
    public async Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IStatements statements,
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        List<RelationSize> sizes = [];
        foreach (var table in tables.Distinct())
        {
            var rows = await statements.QueryAsync(
                $"""
                WITH RECURSIVE varve_parts AS (
                  SELECT c.oid, c.relkind, c.reltuples, c.relpages FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = {dialect.SchemaOf(table)} AND c.relname = {table.Name} AND c.relkind IN ('r', 'p')
                  UNION ALL
                  SELECT c.oid, c.relkind, c.reltuples, c.relpages FROM varve_parts p JOIN pg_inherits i ON i.inhparent = p.oid JOIN pg_class c ON c.oid = i.inhrelid
                )
                SELECT count(*), CAST(coalesce(sum(varve_bytes), 0) AS BIGINT), CAST(coalesce(sum(varve_total), 0) AS BIGINT),
                       CAST(coalesce(sum(varve_dead), 0) AS BIGINT),
                       CAST(round(coalesce(sum(CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages * (varve_bytes / 8192.0) WHEN reltuples < 0 THEN varve_bytes / 64.0 END), 0)) AS BIGINT)
                FROM (SELECT p.*, pg_relation_size(p.oid) AS varve_bytes, CASE WHEN {withBytes} THEN pg_total_relation_size(p.oid) END AS varve_total,
                        CASE WHEN {withBytes} THEN pg_stat_get_dead_tuples(p.oid) END AS varve_dead FROM varve_parts p) AS varve_sizes
                """,
                cancellationToken
            );
            if (rows[0].Long(0) == 0)
                continue;
            var count =
                rows[0].Long(1) <= MostCounted
                    ? (await statements.QueryAsync($"SELECT count(*) FROM {table}", cancellationToken))[0].Long(0)
                    : rows[0].Long(4);
            sizes.Add(new(table, count, rows[0].Long(2)) { Dead = rows[0].Long(3) });
        }

        return sizes;
    }
}
