using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>What is asked about a cluster as a whole.</summary>
internal static class DoctorShapes
{
    /// <summary>Nodes with their versions, attributes, disks and memory.</summary>
    public static SqlText Nodes() =>
        $"""
            SELECT name, version['number'], attributes, fs['total']['size'], fs['total']['available'], heap['max'] FROM sys.nodes ORDER BY name
            """;

    /// <summary>The name of the cluster, its limit of shards, and its watermarks.</summary>
    public static SqlText Cluster() =>
        $"""
            SELECT name, settings['cluster']['max_shards_per_node'], settings['cluster']['routing']['allocation']['disk'] FROM sys.cluster
            """;

    /// <summary>Who asks, in which schema, and the server's clock.</summary>
    public static SqlText Identity() => $"SELECT current_user, current_schema, now()";

    /// <summary>Whether the user may do everything; no row where even that may not be asked.</summary>
    public static SqlText Superuser() => $"SELECT superuser FROM sys.users WHERE name = current_user";

    /// <summary>What a user may do with a table. It answers without rights to sys; of a table that is not there, false.</summary>
    public static SqlText Rights(TableName table, string qualified) =>
        $"""
            SELECT has_schema_privilege({table.Schema}, 'CREATE'), has_table_privilege({qualified}, 'SELECT'),
              has_table_privilege({qualified}, 'INSERT'), has_table_privilege({qualified}, 'DELETE')
            """;

    /// <summary>What the user was given and denied, on the cluster, on schemas and on tables.</summary>
    public static SqlText Grants() =>
        $"SELECT class, ident, type, state FROM sys.privileges WHERE grantee = current_user ORDER BY class, ident, type";

    /// <summary>How many copies new partitions of a table get, and where they are made.</summary>
    public static SqlText TableSettings(TableName table) =>
        $"""
            SELECT number_of_replicas, settings['routing']['allocation']['require'] FROM information_schema.tables
            WHERE table_schema = {table.Schema} AND table_name = {table.Name}
            """;

    /// <summary>Partitions that are kept from being removed, or that take no writes because a disk is full.</summary>
    public static SqlText Blocked(TableName table) =>
        $"""
            SELECT partition_ident, settings['blocks']['read_only'], settings['blocks']['metadata'], settings['blocks']['read_only_allow_delete']
            FROM information_schema.table_partitions WHERE table_schema = {table.Schema} AND table_name = {table.Name}
              AND (settings['blocks']['read_only'] OR settings['blocks']['metadata'] OR settings['blocks']['read_only_allow_delete'])
            ORDER BY partition_ident
            """;

    /// <summary>Shards of each node.</summary>
    public static SqlText ShardsOfNodes() =>
        $"SELECT node['name'], count(*) FROM sys.shards WHERE node['name'] IS NOT NULL GROUP BY 1 ORDER BY 1";

    /// <summary>Tables and partitions that are not green.</summary>
    public static SqlText Unhealthy() =>
        $"""
            SELECT table_schema, table_name, partition_ident, health, missing_shards, underreplicated_shards FROM sys.health
            WHERE health <> 'GREEN' ORDER BY severity DESC, table_schema, table_name, partition_ident
            """;

    /// <summary>Checks of the cluster itself that failed.</summary>
    public static SqlText FailedChecks() =>
        $"SELECT severity, description FROM sys.checks WHERE NOT passed ORDER BY severity DESC, description";

    /// <summary>Tables with many partitions, and the shards that these have.</summary>
    public static SqlText PartitionCounts() =>
        $"""
            SELECT table_schema, table_name, count(*), sum(number_of_shards) FROM information_schema.table_partitions
            GROUP BY 1, 2 ORDER BY 1, 2
            """;
}
