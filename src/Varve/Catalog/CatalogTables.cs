using Varve.Policies;

namespace Varve.Catalog;

/// <summary>Where the catalog's tables are: one schema, by default <c>varve</c>.</summary>
internal sealed class CatalogTables(string schema)
{
    public string Schema { get; } = schema;

    public TableName Meta { get; } = new(schema, "meta");

    public TableName Policies { get; } = new(schema, "policies");

    public TableName Relations { get; } = new(schema, "relations");

    public TableName Runs { get; } = new(schema, "runs");

    public TableName Steps { get; } = new(schema, "steps");

    public TableName Ledgers { get; } = new(schema, "ledgers");

    public TableName Coverage { get; } = new(schema, "coverage");

    public TableName Dirty { get; } = new(schema, "dirty");

    public TableName Edges { get; } = new(schema, "edges");

    public TableName Holds { get; } = new(schema, "holds");

    public TableName Archives { get; } = new(schema, "archives");

    public TableName Leases { get; } = new(schema, "leases");

    public TableName Audit { get; } = new(schema, "audit");

    /// <summary>Every table of the catalog.</summary>
    public IReadOnlyList<TableName> All =>
        [Meta, Policies, Relations, Runs, Steps, Ledgers, Coverage, Dirty, Edges, Holds, Archives, Leases, Audit];

    /// <summary>True for a table of the catalog.</summary>
    public bool Owns(TableName table) => All.Contains(table);
}
