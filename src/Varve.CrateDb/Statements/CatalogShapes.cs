using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>What is asked of the catalogs about one table. The names of schema and table are values, never parts of a statement.</summary>
internal static class CatalogShapes
{
    /// <summary>Name, type, generation expression and scale of each column, in their order.</summary>
    public static SqlText Columns(TableName table) =>
        $"""
            SELECT column_name, data_type, generation_expression, numeric_scale FROM information_schema.columns
            WHERE table_schema = {table.Schema} AND table_name = {table.Name} ORDER BY ordinal_position
            """;

    /// <summary>
    /// The partition columns, shards, place and blocks of a table, and whether it is one or a view; no row where there is none, or
    /// no right to it.
    /// </summary>
    public static SqlText Table(TableName table) =>
        $"""
            SELECT partitioned_by, number_of_shards, closed, settings['routing']['allocation']['require'], settings['blocks']['write'], table_type
            FROM information_schema.tables WHERE table_schema = {table.Schema} AND table_name = {table.Name}
            """;

    /// <summary>
    /// The same of several relations with schema and name behind, and then each of their columns as <see cref="Columns(TableName)"/>
    /// has it: what is said of a relation and of its columns is of one instant.
    /// </summary>
    public static SqlText TablesWithColumns(IReadOnlyList<TableName> tables) =>
        $"""
            SELECT t.partitioned, t.shards, t.closed, t.place, t.blocked, t.kind, t.of_schema, t.of_table,
              c.column_name, c.data_type, c.generation_expression, c.numeric_scale FROM (
              SELECT table_schema AS of_schema, table_name AS of_table, partitioned_by AS partitioned, number_of_shards AS shards, closed,
                settings['routing']['allocation']['require'] AS place, settings['blocks']['write'] AS blocked, table_type AS kind
                FROM information_schema.tables WHERE {Any("table_schema", tables)}) t
            LEFT JOIN (SELECT table_schema AS of_schema, table_name AS of_table, column_name, data_type, generation_expression, numeric_scale,
                ordinal_position AS at FROM information_schema.columns WHERE {Any("table_schema", tables)}) c
              ON c.of_schema = t.of_schema AND c.of_table = t.of_table
            ORDER BY t.of_schema, t.of_table, c.at
            """;

    /// <summary>
    /// The partitions of several tables with schema and name behind, and then each primary shard that can be read. A partition
    /// without one has a row without a shard.
    /// </summary>
    public static SqlText PartitionsWithShards(IReadOnlyList<TableName> tables) =>
        $"""
            SELECT p.ident, p.parts, p.shards, p.closed, p.place, p.blocked, p.replicas, p.of_schema, p.of_table,
              s.partition_uuid, s.id, s.changes, s.num_docs, s.size FROM (
              SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, "values" AS parts, number_of_shards AS shards,
                closed, settings['routing']['allocation']['require'] AS place, settings['blocks']['write'] AS blocked,
                number_of_replicas AS replicas FROM information_schema.table_partitions WHERE {Any("table_schema", tables)}) p
            LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, partition_uuid, id,
                seq_no_stats['max_seq_no'] AS changes, num_docs, size FROM sys.shards
              WHERE ({Any("schema_name", tables)}) AND primary AND routing_state IN ('STARTED', 'RELOCATING')) s
              ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
            ORDER BY p.of_schema, p.of_table, p.ident, s.id
            """;

    /// <summary>Their primary shards that can be read, with schema and name behind.</summary>
    public static SqlText Shards(IReadOnlyList<TableName> tables) =>
        $"""
            SELECT partition_ident, partition_uuid, id, seq_no_stats['max_seq_no'], num_docs, size, schema_name, table_name FROM sys.shards
            WHERE ({Any("schema_name", tables)}) AND primary AND routing_state IN ('STARTED', 'RELOCATING')
            ORDER BY schema_name, table_name, partition_ident, id
            """;

    /// <summary>Every partition with its values, shards, place, blocks and replicas.</summary>
    public static SqlText Partitions(TableName table) =>
        $"""
            SELECT partition_ident, "values", number_of_shards, closed,
              settings['routing']['allocation']['require'], settings['blocks']['write'], number_of_replicas
            FROM information_schema.table_partitions WHERE table_schema = {table.Schema} AND table_name = {table.Name} ORDER BY partition_ident
            """;

    /// <summary>
    /// Every primary shard that can be read: its rows, its bytes, and the sequence number that rises with each write, at once
    /// and without a refresh.
    /// </summary>
    public static SqlText Shards(TableName table) =>
        $"""
            SELECT partition_ident, partition_uuid, id, seq_no_stats['max_seq_no'], num_docs, size FROM sys.shards
            WHERE schema_name = {table.Schema} AND table_name = {table.Name} AND primary AND routing_state IN ('STARTED', 'RELOCATING')
            ORDER BY partition_ident, id
            """;

    /// <summary>
    /// Partitions, or the table itself where it has none, of which a primary shard is missing: a read of such a partition answers
    /// with the rows that are left, and says nothing. No row: everything can be read.
    /// </summary>
    public static SqlText MissingShards(TableName table) =>
        $"""
            SELECT p.ident, p.shards, coalesce(s.n, 0), p.closed FROM (
              SELECT partition_ident AS ident, number_of_shards AS shards, closed FROM information_schema.table_partitions
                WHERE table_schema = {table.Schema} AND table_name = {table.Name}
              UNION ALL SELECT '', number_of_shards, closed FROM information_schema.tables
                WHERE table_schema = {table.Schema} AND table_name = {table.Name} AND partitioned_by IS NULL) p
            LEFT JOIN (SELECT coalesce(partition_ident, '') AS ident, count(*) AS n FROM sys.shards
              WHERE schema_name = {table.Schema} AND table_name = {table.Name} AND primary AND routing_state IN ('STARTED', 'RELOCATING')
              GROUP BY 1) s ON s.ident = p.ident
            WHERE coalesce(s.n, 0) < p.shards OR p.closed ORDER BY 1
            """;

    /// <summary>The same of several tables, with schema and name behind.</summary>
    public static SqlText MissingShards(IReadOnlyList<TableName> tables) =>
        $"""
            SELECT p.ident, p.shards, coalesce(s.n, 0), p.closed, p.of_schema, p.of_table FROM (
              SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, number_of_shards AS shards, closed
                FROM information_schema.table_partitions WHERE {Any("table_schema", tables)}
              UNION ALL SELECT table_schema, table_name, '', number_of_shards, closed FROM information_schema.tables
                WHERE ({Any("table_schema", tables)}) AND partitioned_by IS NULL) p
            LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, count(*) AS n
              FROM sys.shards WHERE ({Any("schema_name", tables)}) AND primary AND routing_state IN ('STARTED', 'RELOCATING')
              GROUP BY 1, 2, 3) s ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
            WHERE coalesce(s.n, 0) < p.shards OR p.closed ORDER BY 5, 6, 1
            """;

    /// <summary>
    /// Every partition of some tables, or the table itself where it has none, with each of its primary shards that can be read:
    /// what is missing, and how each stands that is there. A partition without one has a row without a shard.
    /// </summary>
    public static SqlText States(IReadOnlyList<TableName> tables) =>
        $"""
            SELECT p.of_schema, p.of_table, p.ident, p.shards, p.closed, p.blocked, s.partition_uuid, s.id, s.changes, s.num_docs FROM (
              SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, number_of_shards AS shards, closed,
                settings['blocks']['write'] AS blocked FROM information_schema.table_partitions WHERE {Any("table_schema", tables)}
              UNION ALL SELECT table_schema, table_name, '', number_of_shards, closed, settings['blocks']['write']
                FROM information_schema.tables WHERE ({Any("table_schema", tables)}) AND partitioned_by IS NULL) p
            LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, partition_uuid, id,
                seq_no_stats['max_seq_no'] AS changes, num_docs FROM sys.shards
              WHERE ({Any("schema_name", tables)}) AND primary AND routing_state IN ('STARTED', 'RELOCATING')) s
              ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
            ORDER BY 1, 2, 3, 8
            """;

    /// <summary>Statements of a run that are still being worked on, its client gone or not.</summary>
    public static SqlText JobsOf(string tag)
    {
        var comment = $"/* varve {tag} */%";
        return $"SELECT id, started FROM sys.jobs WHERE stmt LIKE {comment}";
    }

    /// <summary>Ends a statement. It keeps what it wrote until then.</summary>
    public static SqlText Kill(string job) => $"KILL {job}";

    /// <summary>Makes what was written visible to everything but look-ups by the whole primary key.</summary>
    public static SqlText Refresh(TableName table) => $"REFRESH TABLE {table}";

    /// <summary>The same of several tables.</summary>
    public static SqlText Refresh(IReadOnlyList<TableName> tables) =>
        $"REFRESH TABLE {SqlText.Join(", ", tables.Select(t => (SqlText)$"{t}"))}";

    /// <summary>True for rows of a catalog about some tables.</summary>
    public static SqlText Any(string schema, IReadOnlyList<TableName> tables) =>
        SqlText.Join(" OR ", tables.Select(t => (SqlText)$"({new Identifier(schema)} = {t.Schema} AND table_name = {t.Name})"));
}
