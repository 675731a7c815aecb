using System.Collections.Concurrent;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// What a cluster has: schemas, tables, views, nodes, repositories, snapshots and the statements that are being worked on.
/// </summary>
internal sealed class CrateStore
{
    private int _number;

    internal HashSet<string> Schemas { get; } = new(["doc", "blob"], StringComparer.Ordinal);

    internal Dictionary<(string Schema, string Name), CrateTable> Tables { get; } = [];

    internal Dictionary<(string Schema, string Name), CrateView> Views { get; } = [];

    /// <summary>Three nodes, each with a storage of its own.</summary>
    internal List<CrateNode> Nodes { get; } = [Node("n1", "hot"), Node("n2", "warm"), Node("n3", "cold")];

    /// <summary>The names of nodes that are not there at the moment.</summary>
    internal HashSet<string> Away { get; } = new(StringComparer.Ordinal);

    internal IReadOnlyList<CrateNode> NodesThere => [.. Nodes.Where(n => !Away.Contains(n.Name))];

    /// <summary>Name, kind and settings of each repository.</summary>
    internal SortedDictionary<string, (string Kind, IReadOnlyDictionary<string, string> Settings)> Repositories { get; } =
        new(StringComparer.Ordinal);

    internal List<CrateSnapshot> Snapshots { get; } = [];

    internal ConcurrentDictionary<string, CrateJob> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>A number that nothing else has.</summary>
    internal int Next() => ++_number;

    internal CrateTable Table(string? schema, string name, RequestContext call) =>
        Tables.GetValueOrDefault((schema ?? call.Schema, name)) ?? throw Unknown(schema ?? call.Schema, name);

    internal bool Has(string schema, string name) => Tables.ContainsKey((schema, name)) || Views.ContainsKey((schema, name));

    internal bool IsSchema(string schema) =>
        Schemas.Contains(schema)
        || schema is "sys" or "information_schema" or "pg_catalog"
        || Tables.Keys.Any(t => t.Schema == schema)
        || Views.Keys.Any(v => v.Schema == schema);

    internal CrateError Unknown(string schema, string name) =>
        IsSchema(schema) ? CrateError.UnknownTable(schema, name) : CrateError.UnknownSchema(schema);

    private static CrateNode Node(string name, string storage) =>
        new(name, $"id-of-{name}", new Dictionary<string, string> { ["storage"] = storage });
}
