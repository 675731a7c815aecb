using System.Text.Json.Nodes;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>The schema sys: nodes, shards, health, jobs, repositories and snapshots.</summary>
/// <param name="store">What there is.</param>
internal sealed class ClusterCatalogs(CrateStore store)
{
    internal Placement Placement { get; } = new(store);

    internal (string Columns, IEnumerable<JsonObject> Rows)? Read(string name, RequestContext call) =>
        name switch
        {
            "shards" => (ShardColumns, Shards(call)),
            "nodes" => (NodeColumns, store.NodesThere.Select(Node)),
            "cluster" => ("id text, name text, settings jsonb", [Cluster()]),
            "jobs" => ("id text, started crate.tstz, stmt text, username text, node jsonb", store.Jobs.Values.Select(Job)),
            "jobs_log" => ("id text, started crate.tstz, ended crate.tstz, stmt text, username text, error text", []),
            "checks" => ("id int4, severity int4, description text, passed bool", [Check(1), Check(2)]),
            "node_checks" => ("id int4, node_id text, severity int4, description text, passed bool, acknowledged bool", []),
            "health" => (HealthColumns, store.Tables.Values.SelectMany(t => t.Partitions.Values.Select(p => Health(t, p)))),
            "cluster_health" => (
                "health text, description text, severity int4, missing_shards int8, underreplicated_shards int8, pending_tasks int8",
                [Overall()]
            ),
            "repositories" => ("name text, type text, settings jsonb", store.Repositories.Select(r => Repository(r.Key, r.Value))),
            "snapshots" => (SnapshotColumns, Snapshots()),
            "snapshot_restore" => ("id text, name text, repository text, shards jsonb[], state text", []),
            "allocations" => (
                AllocationColumns,
                store.Tables.Values.SelectMany(t => t.Partitions.Values.SelectMany(p => p.Shards.Select(s => Allocation(t, p, s))))
            ),
            "users" => ("name text, superuser bool", [new() { ["name"] = "crate", ["superuser"] = true }]),
            "privileges" => ("class text, grantee text, grantor text, ident text, state text, type text", []),
            _ => null,
        };

    private const string ShardColumns =
        "schema_name text, table_name text, partition_ident text, partition_uuid text, id int4, \"primary\" bool, "
        + "state text, routing_state text, relocating_node text, node jsonb, num_docs int8, size int8, seq_no_stats jsonb, recovery jsonb, "
        + "closed bool, orphan_partition bool";

    private const string NodeColumns =
        "id text, name text, hostname text, rest_url text, version jsonb, attributes jsonb, fs jsonb, heap jsonb";

    private const string HealthColumns =
        "table_schema text, table_name text, partition_ident text, health text, severity int4, "
        + "missing_shards int8, underreplicated_shards int8, fqn text";

    private const string SnapshotColumns =
        "id text, name text, repository text, state text, tables text[], table_partitions jsonb[], "
        + "failures text[], reason text, total_shards int4, started crate.tstz, finished crate.tstz, version text, concrete_indices text[], "
        + "include_global_state bool";

    private const string AllocationColumns =
        "table_schema text, table_name text, partition_ident text, shard_id int4, node_id text, "
        + "\"primary\" bool, current_state text, explanation text, decisions jsonb[]";

    /// <summary>Every copy of every shard. A look at them lets those that move come closer.</summary>
    private IEnumerable<JsonObject> Shards(RequestContext call)
    {
        Placement.Arrive();
        foreach (var table in store.Tables.Values)
        {
            foreach (var partition in table.Partitions.Values)
            {
                foreach (var shard in partition.Shards)
                {
                    var rows = call.Counted.Rows.GetValueOrDefault((table, partition.Ident, shard.Id));
                    yield return Copy(table, partition, shard, rows, isPrimary: true, shard.IsLost ? null : shard.Node);
                    foreach (var node in Placement.Replicas(partition, shard))
                        yield return Copy(table, partition, shard, rows, isPrimary: false, shard.IsLost ? null : node);
                }
            }
        }
    }

    private JsonObject Copy(CrateTable table, CratePartition partition, CrateShard shard, long rows, bool isPrimary, string? node)
    {
        var moves = isPrimary && shard.Target is not null;
        return new()
        {
            ["schema_name"] = table.Schema,
            ["table_name"] = table.Name,
            ["partition_ident"] = partition.Ident,
            ["partition_uuid"] = partition.Uuid,
            ["id"] = shard.Id,
            ["primary"] = isPrimary,
            ["state"] =
                node is null ? "UNASSIGNED"
                : moves ? "RELOCATING"
                : "STARTED",
            ["routing_state"] =
                node is null ? "UNASSIGNED"
                : moves ? "RELOCATING"
                : "STARTED",
            ["relocating_node"] = moves ? Id(shard.Target!) : null,
            ["node"] = node is null ? null : new JsonObject { ["id"] = Id(node), ["name"] = node },
            ["num_docs"] = node is null ? null : rows,
            ["size"] = node is null ? null : 230 + (rows * 100),
            ["seq_no_stats"] = node is null ? null : new JsonObject { ["max_seq_no"] = shard.Sequence },
            ["recovery"] = new JsonObject
            {
                ["stage"] = "DONE",
                ["type"] = "EMPTY_STORE",
                ["size"] = new JsonObject { ["percent"] = moves ? 50.0 : 100.0 },
            },
            ["closed"] = partition.IsClosed,
            ["orphan_partition"] = false,
        };
    }

    private string Id(string node) => store.Nodes.Find(n => n.Name == node)?.Id ?? node;

    private static JsonObject Node(CrateNode node) =>
        new()
        {
            ["id"] = node.Id,
            ["name"] = node.Name,
            ["hostname"] = "localhost",
            ["rest_url"] = "127.0.0.1:4200",
            ["version"] = new JsonObject { ["number"] = node.Version },
            ["attributes"] = new JsonObject(node.Attributes.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value))),
            ["fs"] = new JsonObject
            {
                ["total"] = new JsonObject
                {
                    ["size"] = node.Disk,
                    ["available"] = node.Free,
                    ["used"] = node.Disk - node.Free,
                },
            },
            ["heap"] = new JsonObject { ["max"] = 4_294_967_296, ["used"] = 1_000_000_000 },
        };

    private static JsonObject Cluster() =>
        new()
        {
            ["id"] = "stand-in",
            ["name"] = "stand-in",
            ["settings"] = JsonNode.Parse(
                """
                {"cluster": {"max_shards_per_node": 1000, "routing": {"allocation": {"disk": {"threshold_enabled": true,
                  "watermark": {"low": "85%", "high": "90%", "flood_stage": "95%"}}}}}}
                """
            ),
        };

    private static JsonObject Job(CrateJob job) =>
        new()
        {
            ["id"] = job.Id,
            ["started"] = job.Started,
            ["stmt"] = job.Statement,
            ["username"] = "crate",
            ["node"] = new JsonObject { ["id"] = "id-of-n1", ["name"] = "n1" },
        };

    private static JsonObject Check(int id) =>
        new()
        {
            ["id"] = id,
            ["severity"] = 1,
            ["description"] = $"check {id}",
            ["passed"] = true,
        };

    private JsonObject Health(CrateTable table, CratePartition partition)
    {
        var missing = partition.Shards.Count(s => s.IsLost);
        var under = partition.Shards.Sum(s => Placement.Replicas(partition, s).Count(r => r is null));
        return new()
        {
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["partition_ident"] = table.IsPartitioned ? partition.Ident : null,
            ["health"] =
                missing > 0 ? "RED"
                : under > 0 ? "YELLOW"
                : "GREEN",
            ["severity"] =
                missing > 0 ? 3
                : under > 0 ? 2
                : 1,
            ["missing_shards"] = missing,
            ["underreplicated_shards"] = under,
            ["fqn"] = $"{table.Schema}.{table.Name}",
        };
    }

    private JsonObject Overall()
    {
        var all = store.Tables.Values.SelectMany(t => t.Partitions.Values.Select(p => Health(t, p))).ToList();
        var severity = all.Count == 0 ? 1 : all.Max(h => (int)h["severity"]!);
        return new()
        {
            ["health"] = severity switch
            {
                3 => "RED",
                2 => "YELLOW",
                _ => "GREEN",
            },
            ["severity"] = severity,
            ["missing_shards"] = all.Sum(h => (int)h["missing_shards"]!),
            ["underreplicated_shards"] = all.Sum(h => (int)h["underreplicated_shards"]!),
            ["pending_tasks"] = 0,
        };
    }

    /// <summary>Secrets are masked.</summary>
    private static JsonObject Repository(string name, (string Kind, IReadOnlyDictionary<string, string> Settings) repository) =>
        new()
        {
            ["name"] = name,
            ["type"] = repository.Kind,
            ["settings"] = new JsonObject(
                repository.Settings.Select(s =>
                    KeyValuePair.Create(
                        s.Key,
                        (JsonNode?)(
                            s.Key.Contains("key", StringComparison.Ordinal) || s.Key.Contains("token", StringComparison.Ordinal)
                                ? "[xxxxx]"
                                : s.Value
                        )
                    )
                )
            ),
        };

    private IEnumerable<JsonObject> Snapshots() =>
        store.Snapshots.Select(snapshot =>
        {
            var isRunning = snapshot.LooksLeft-- > 0;
            return new JsonObject
            {
                ["id"] = $"{snapshot.Repository}/{snapshot.Name}",
                ["name"] = snapshot.Name,
                ["repository"] = snapshot.Repository,
                ["state"] = isRunning ? "IN_PROGRESS" : snapshot.State,
                ["tables"] = new JsonArray([.. snapshot.Tables.Select(t => (JsonNode)$"{t.Table.Schema}.{t.Table.Name}")]),
                ["table_partitions"] = new JsonArray([
                    .. snapshot.Tables.Where(t => t.Table.IsPartitioned).SelectMany(t => t.Partitions.Select(p => Saved(t, p))),
                ]),
                ["failures"] = new JsonArray([.. snapshot.Failures.Select(f => (JsonNode)f)]),
                ["reason"] = null,
                ["total_shards"] = snapshot.Shards,
                ["started"] = snapshot.Started,
                ["finished"] = isRunning ? null : snapshot.Started + 500,
                ["version"] = "6.4.4",
                ["include_global_state"] = true,
            };
        });

    private static JsonNode Saved(SavedTable table, CratePartition partition) =>
        new JsonObject
        {
            ["table_schema"] = table.Table.Schema,
            ["table_name"] = table.Table.Name,
            ["values"] = new JsonArray([.. partition.Values.Select(v => (JsonNode?)v)]),
        };

    private JsonObject Allocation(CrateTable table, CratePartition partition, CrateShard shard)
    {
        var stays = shard.Target is null && Placement.Allowed(partition.Settings).All(n => n.Name != shard.Node);
        return new()
        {
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["partition_ident"] = partition.Ident,
            ["shard_id"] = shard.Id,
            ["node_id"] = Id(shard.Node),
            ["primary"] = true,
            ["current_state"] =
                shard.IsLost ? "UNASSIGNED"
                : shard.Target is null ? "STARTED"
                : "RELOCATING",
            ["explanation"] = stays
                ? "cannot move shard to another node, even though it is not allowed to remain on its current node"
                : null,
        };
    }
}
