using Varve.CrateDb.Partitions;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>Statements about where partitions lie.</summary>
internal static class PlaceShapes
{
    /// <summary>
    /// Asks for nodes with an attribute. The server answers at once, and also where no node has it: then nothing ever moves.
    /// </summary>
    public static SqlText Move(TableName table, IReadOnlyList<PartitionValue> partition, string attribute, string value) =>
        $"ALTER TABLE {table} PARTITION ({PartitionShapes.Named(partition)}) SET ({Require(attribute)} = {value})";

    /// <summary>Asks for no attribute any more.</summary>
    public static SqlText Forget(TableName table, IReadOnlyList<PartitionValue> partition, string attribute) =>
        $"ALTER TABLE {table} PARTITION ({PartitionShapes.Named(partition)}) RESET ({Require(attribute)})";

    /// <summary>For partitions that are made from now on. Without ONLY every partition that was moved would come back.</summary>
    public static SqlText MoveNew(TableName table, string attribute, string value) =>
        $"ALTER TABLE ONLY {table} SET ({Require(attribute)} = {value})";

    /// <summary>Every copy of every shard of a partition, with the attributes of its node.</summary>
    public static SqlText Copies(TableName table, string ident) =>
        $"""
            SELECT s.id, s.primary, s.node['name'], s.relocating_node, s.routing_state, s.size, s.recovery['size']['percent'], n.attributes
            FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
            WHERE s.schema_name = {table.Schema} AND s.table_name = {table.Name} AND s.partition_ident = {ident} ORDER BY s.id, s.primary
            """;

    /// <summary>The same of every partition, with its ident behind.</summary>
    public static SqlText AllCopies(TableName table) =>
        $"""
            SELECT s.id, s.primary, s.node['name'], s.relocating_node, s.routing_state, s.size, s.recovery['size']['percent'], n.attributes, s.partition_ident
            FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
            WHERE s.schema_name = {table.Schema} AND s.table_name = {table.Name} ORDER BY s.partition_ident, s.id, s.primary
            """;

    /// <summary>Nodes with their attributes, bytes free and bytes in all.</summary>
    public static SqlText Room => $"SELECT name, attributes, fs['total']['available'], fs['total']['size'] FROM sys.nodes ORDER BY name";

    /// <summary>Why a shard of a partition stays where it is, or is nowhere.</summary>
    public static SqlText Reasons(TableName table, string ident) =>
        $"""
            SELECT shard_id, node_id, current_state, explanation FROM sys.allocations
            WHERE table_schema = {table.Schema} AND table_name = {table.Name} AND partition_ident = {ident} ORDER BY shard_id
            """;

    private static Identifier Require(string attribute) => new($"routing.allocation.require.{attribute}");
}
