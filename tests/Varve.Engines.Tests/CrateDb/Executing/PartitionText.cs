namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>PARTITION (day = 1, region = 'eu'): every partition column is named.</summary>
internal static class PartitionText
{
    /// <summary>The values as the catalogs have them.</summary>
    /// <exception cref="CrateError">Some of the columns are missing.</exception>
    internal static async Task<IReadOnlyList<string?>> ReadAsync(
        CrateTable table,
        IReadOnlyList<Node> nodes,
        Translator translator,
        Backend backend
    )
    {
        Dictionary<string, string> named = new(StringComparer.Ordinal);
        foreach (var part in Nodes.Split(nodes, ","))
            named[part[0].Name] = translator.Expression(Nodes.Slice(part, 2, part.Count));
        if (named.Count != table.PartitionedBy.Count)
            throw CrateError.Parse(
                FormattableString.Invariant(
                    $"The table \"{table.Schema}.{table.Name}\" is partitioned by {table.PartitionedBy.Count} columns but the PARTITION clause contains {named.Count} columns"
                )
            );
        var values = table.PartitionColumns.Select(c =>
            named.TryGetValue(c.Name, out var value) ? $"({value})::{c.Type.Stored}::text" : throw CrateError.UnknownColumn(c.Name)
        );
        return (await backend.QueryAsync($"SELECT {string.Join(", ", values)}")).Rows[0];
    }

    /// <summary>The partition that is named.</summary>
    /// <exception cref="CrateError">It is not there.</exception>
    internal static async Task<CratePartition> FindAsync(
        CrateTable table,
        IReadOnlyList<Node> nodes,
        Translator translator,
        Backend backend
    )
    {
        var ident = CratePartition.Encode(await ReadAsync(table, nodes, translator, backend));
        return table.Partitions.GetValueOrDefault(ident) ?? throw CrateError.UnknownPartition(table.Schema, table.Name, ident);
    }
}
