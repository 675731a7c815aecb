using System.Globalization;
using System.Text.Json.Nodes;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>The schemas sys and information_schema, as rows for PostgreSQL.</summary>
/// <param name="store">What there is.</param>
internal sealed class Catalogs(CrateStore store)
{
    private static readonly CrateType s_texts = Of(("*", CrateType.Text));
    private static readonly CrateType s_require = Of(("allocation", Of(("require", s_texts), ("include", s_texts), ("exclude", s_texts))));

    private static readonly CrateType s_blocks = Of(
        ("write", CrateType.Bool),
        ("read", CrateType.Bool),
        ("read_only", CrateType.Bool),
        ("metadata", CrateType.Bool),
        ("read_only_allow_delete", CrateType.Bool)
    );

    private static readonly CrateType s_settings = Of(
        ("blocks", s_blocks),
        ("routing", s_require),
        ("codec", CrateType.Text),
        ("refresh_interval", CrateType.Long),
        ("column_policy", CrateType.Text)
    );

    private static readonly CrateType s_node = Of(("id", CrateType.Text), ("name", CrateType.Text));

    private static readonly CrateType s_disk = Of(("watermark", s_texts), ("threshold_enabled", CrateType.Bool));

    private static readonly Dictionary<string, CrateType> s_objects = new(StringComparer.Ordinal)
    {
        ["information_schema.tables.settings"] = s_settings,
        ["information_schema.table_partitions.settings"] = s_settings,
        ["information_schema.table_partitions.values"] = s_texts,
        ["sys.shards.node"] = s_node,
        ["sys.shards.seq_no_stats"] = Of(
            ("max_seq_no", CrateType.Long),
            ("local_checkpoint", CrateType.Long),
            ("global_checkpoint", CrateType.Long)
        ),
        ["sys.shards.recovery"] = Of(
            ("stage", CrateType.Text),
            ("type", CrateType.Text),
            ("size", Of(("percent", new("real", "float4")), ("used", CrateType.Long)))
        ),
        ["sys.nodes.version"] = s_texts,
        ["sys.nodes.attributes"] = s_texts,
        ["sys.nodes.fs"] = Of(("total", Of(("size", CrateType.Long), ("available", CrateType.Long), ("used", CrateType.Long)))),
        ["sys.nodes.heap"] = Of(("max", CrateType.Long), ("used", CrateType.Long)),
        ["sys.cluster.settings"] = Of(
            ("cluster", Of(("max_shards_per_node", CrateType.Int), ("routing", Of(("allocation", Of(("disk", s_disk)))))))
        ),
        ["sys.jobs.node"] = s_node,
    };

    /// <summary>The schema sys.</summary>
    internal ClusterCatalogs Cluster { get; } = new(store);

    internal Relations.Found? Read(string schema, string name, RequestContext call)
    {
        (string Columns, IEnumerable<JsonObject> Rows)? found = (schema, name) switch
        {
            ("information_schema", "schemata") => ("schema_name text", Schemas().Select(s => new JsonObject { ["schema_name"] = s })),
            ("information_schema", "tables") => (
                TableColumns,
                store.Tables.Values.Select(Table).Concat(store.Views.Values.Select(ViewTable))
            ),
            ("information_schema", "views") => (ViewColumns, store.Views.Values.Select(View)),
            ("information_schema", "columns") => (
                ColumnColumns,
                store.Tables.Values.SelectMany(Columns).Concat(call.Counted.Columns.SelectMany(v => ViewsColumns(v.Key, v.Value)))
            ),
            ("information_schema", "table_partitions") => (
                PartitionColumns,
                store.Tables.Values.Where(t => t.IsPartitioned).SelectMany(t => t.Partitions.Values.Select(p => Partition(t, p)))
            ),
            ("information_schema", "key_column_usage") => (KeyColumns, store.Tables.Values.SelectMany(Keys)),
            ("information_schema", "table_constraints") => (
                "table_catalog text, table_schema text, table_name text, constraint_name text, constraint_type text",
                store.Tables.Values.Where(t => t.Key.Count > 0).Select(Constraint)
            ),
            ("sys", _) => Cluster.Read(name, call),
            _ => null,
        };
        if (found is not { } rows)
            return null;
        JsonArray all = [.. rows.Rows];
        return new(
            $"(SELECT * FROM jsonb_to_recordset({PgName.Literal(all.ToJsonString())}::jsonb) AS x({rows.Columns}))",
            column => s_objects.GetValueOrDefault($"{schema}.{name}.{column}")
        );
    }

    /// <summary>Names with dots as objects in objects: blocks.write is {"blocks": {"write": …}}.</summary>
    internal static JsonObject Tree(IReadOnlyDictionary<string, string> settings)
    {
        JsonObject tree = new()
        {
            ["blocks"] = Blocks(),
            ["routing"] = new JsonObject { ["allocation"] = Allocation() },
        };
        foreach (var (name, value) in settings)
        {
            var parts = name.StartsWith("routing.allocation.require.", StringComparison.Ordinal)
                ? [.. name.Split('.', 4)]
                : name.Split('.');
            var at = tree;
            foreach (var part in parts[..^1])
            {
                if (at[part] is not JsonObject)
                    at[part] = new JsonObject();
                at = (JsonObject)at[part]!;
            }

            at[parts[^1]] =
                bool.TryParse(value, out var truth) ? truth
                : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && parts is not [_, _, _, _]
                    ? number
                : value;
        }

        return tree;
    }

    private const string TableColumns =
        "table_schema text, table_name text, table_type text, table_catalog text, partitioned_by text[], "
        + "clustered_by text, number_of_shards int4, number_of_replicas text, closed bool, column_policy text, settings jsonb, version jsonb";

    private const string ViewColumns =
        "table_catalog text, table_schema text, table_name text, view_definition text, check_option text, "
        + "is_updatable bool, owner text";

    private const string ColumnColumns =
        "table_catalog text, table_schema text, table_name text, column_name text, ordinal_position int4, "
        + "data_type text, is_nullable text, is_generated text, generation_expression text, column_default text, numeric_precision int4, "
        + "numeric_scale int4, character_maximum_length int4";

    private const string PartitionColumns =
        "table_schema text, table_name text, partition_ident text, \"values\" jsonb, number_of_shards int4, "
        + "number_of_replicas text, closed bool, settings jsonb, version jsonb";

    private const string KeyColumns =
        "table_catalog text, table_schema text, table_name text, constraint_name text, column_name text, ordinal_position int4";

    private static JsonObject Blocks() =>
        new()
        {
            ["read_only"] = false,
            ["read"] = false,
            ["write"] = false,
            ["metadata"] = false,
            ["read_only_allow_delete"] = false,
        };

    private static JsonObject Allocation() =>
        new()
        {
            ["enable"] = "all",
            ["total_shards_per_node"] = -1,
            ["require"] = new JsonObject(),
            ["include"] = new JsonObject(),
            ["exclude"] = new JsonObject(),
        };

    private static CrateType Of(params IEnumerable<(string Name, CrateType Type)> keys) =>
        new("object", "jsonb", keys.ToDictionary(k => k.Name, k => k.Type));

    private IEnumerable<string> Schemas() =>
        store
            .Schemas.Concat(store.Tables.Keys.Select(t => t.Schema))
            .Concat(store.Views.Keys.Select(v => v.Schema))
            .Concat(["sys", "information_schema", "pg_catalog"])
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static JsonObject Table(CrateTable table) =>
        new()
        {
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["table_type"] = "BASE TABLE",
            ["table_catalog"] = "crate",
            ["partitioned_by"] = table.IsPartitioned ? new JsonArray([.. table.PartitionedBy.Select(p => (JsonNode)p)]) : null,
            ["clustered_by"] = table.ClusteredBy,
            ["number_of_shards"] = table.ShardCount,
            ["number_of_replicas"] = Replicas(table.Settings),
            ["closed"] = table.IsClosed,
            ["column_policy"] = table.Settings.GetValueOrDefault("column_policy", "strict"),
            ["settings"] = Tree(table.Settings),
            ["version"] = new JsonObject { ["created"] = "6.4.4" },
        };

    private static JsonObject ViewTable(CrateView view) =>
        new()
        {
            ["table_schema"] = view.Schema,
            ["table_name"] = view.Name,
            ["table_type"] = "VIEW",
            ["table_catalog"] = "crate",
        };

    private static JsonObject View(CrateView view) =>
        new()
        {
            ["table_catalog"] = "crate",
            ["table_schema"] = view.Schema,
            ["table_name"] = view.Name,
            ["view_definition"] = view.Text,
            ["check_option"] = "NONE",
            ["is_updatable"] = false,
            ["owner"] = "crate",
        };

    private static IEnumerable<JsonObject> Columns(CrateTable table) =>
        table.Columns.SelectMany(
            (column, index) =>
                Shown(table, column.Name, column.Type, index + 1)
                    .Select(
                        (row, first) =>
                        {
                            if (first > 0)
                                return row;
                            row["is_nullable"] = column.IsRequired || table.Key.Contains(column.Name) ? "NO" : "YES";
                            row["is_generated"] = column.Generated is null ? "NEVER" : "ALWAYS";
                            row["generation_expression"] = column.Expression;
                            row["column_default"] = column.Default;
                            return row;
                        }
                    )
        );

    private static IEnumerable<JsonObject> Shown(CrateTable table, string name, CrateType type, int position)
    {
        yield return new()
        {
            ["table_catalog"] = "crate",
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["column_name"] = name,
            ["ordinal_position"] = position,
            ["data_type"] = type.Plain,
            ["is_nullable"] = "YES",
            ["is_generated"] = "NEVER",
            ["numeric_precision"] = Precision(type, 0),
            ["numeric_scale"] = Precision(type, 1),
        };
        foreach (var (key, of) in type.Keys ?? new Dictionary<string, CrateType>())
        {
            foreach (var row in Shown(table, $"{name}['{key}']", of, position))
                yield return row;
        }
    }

    private static int? Precision(CrateType type, int part) =>
        type.Plain == "numeric" && type.Display.Contains('(', StringComparison.Ordinal)
            ? int.Parse(type.Display[8..^1].Split(',')[part], CultureInfo.InvariantCulture)
            : null;

    private static IEnumerable<JsonObject> ViewsColumns(CrateView view, IReadOnlyList<(string Name, string Type)> columns) =>
        columns.Select(
            (c, i) =>
                new JsonObject
                {
                    ["table_catalog"] = "crate",
                    ["table_schema"] = view.Schema,
                    ["table_name"] = view.Name,
                    ["column_name"] = c.Name,
                    ["ordinal_position"] = i + 1,
                    ["data_type"] = c.Type,
                    ["is_nullable"] = "YES",
                    ["is_generated"] = "NEVER",
                }
        );

    private static JsonObject Partition(CrateTable table, CratePartition partition) =>
        new()
        {
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["partition_ident"] = partition.Ident,
            ["values"] = Values(table, partition),
            ["number_of_shards"] = partition.Shards.Count,
            ["number_of_replicas"] = Replicas(partition.Settings),
            ["closed"] = partition.IsClosed,
            ["settings"] = Tree(partition.Settings),
            ["version"] = new JsonObject { ["created"] = "6.4.4" },
        };

    private static JsonObject Values(CrateTable table, CratePartition partition) =>
        new(
            table.PartitionColumns.Zip(
                partition.Values,
                (column, value) =>
                    KeyValuePair.Create(
                        column.Name,
                        value is null ? null
                            : column.Type.Stored is "text" ? JsonValue.Create(value)
                            : column.Type.Stored is "bool" ? JsonValue.Create(value is "true" or "t")
                            : JsonNode.Parse(value)
                    )
            )
        );

    private static string Replicas(IReadOnlyDictionary<string, string> settings) => settings.GetValueOrDefault("number_of_replicas", "0-1");

    private static IEnumerable<JsonObject> Keys(CrateTable table) =>
        table.Key.Select(
            (column, index) =>
                new JsonObject
                {
                    ["table_catalog"] = "crate",
                    ["table_schema"] = table.Schema,
                    ["table_name"] = table.Name,
                    ["constraint_name"] = $"{table.Name}_pkey",
                    ["column_name"] = column,
                    ["ordinal_position"] = index + 1,
                }
        );

    private static JsonObject Constraint(CrateTable table) =>
        new()
        {
            ["table_catalog"] = "crate",
            ["table_schema"] = table.Schema,
            ["table_name"] = table.Name,
            ["constraint_name"] = $"{table.Name}_pkey",
            ["constraint_type"] = "PRIMARY KEY",
        };
}
