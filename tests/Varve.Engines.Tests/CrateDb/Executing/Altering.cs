namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>ALTER TABLE and ALTER CLUSTER.</summary>
internal sealed class Altering(CrateStore store, Definitions definitions, Relations relations, Backend backend, Placement placement)
{
    internal async Task<Reply> RunAsync(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        if (Nodes.Takes(nodes, ref at, "cluster", "swap", "table"))
            return await definitions.SwapAsync(nodes, at, call);
        if (Nodes.Takes(nodes, ref at, "cluster"))
            return Reply.Done(0);
        if (!Nodes.Takes(nodes, ref at, "table"))
            throw CrateError.Syntax(nodes[at].Text);
        var isOnly = Nodes.Takes(nodes, ref at, "only");
        var (schema, name) = Nodes.Relation(nodes, ref at);
        if (Nodes.Takes(nodes, ref at, "rename", "to"))
            return definitions.Rename(schema ?? call.Schema, name, nodes[at].Name);
        var table = store.Table(schema, name, call);
        CratePartition? partition = null;
        if (Nodes.Takes(nodes, ref at, "partition"))
            partition = await PartitionText.FindAsync(table, nodes[at++].Inner, new(relations, call), backend);
        if (Nodes.Takes(nodes, ref at, "set"))
            return Set(table, partition, isOnly, [.. SettingsText.Read(nodes[at].Inner, call)]);
        if (Nodes.Takes(nodes, ref at, "reset"))
            return Reset(table, partition, isOnly, [.. Nodes.Split(nodes[at].Inner, ",").Select(SettingsText.Name)]);
        if (Nodes.Takes(nodes, ref at, "close"))
            return Close(table, partition, true);
        if (Nodes.Takes(nodes, ref at, "open"))
            return Close(table, partition, false);
        if (Nodes.Takes(nodes, ref at, "add"))
            return await definitions.AddColumnAsync(table, nodes, at, call);
        if (Nodes.Takes(nodes, ref at, "drop"))
            return await definitions.DropColumnAsync(table, nodes, at);
        if (Nodes.Takes(nodes, ref at, "rename"))
            return await definitions.RenameColumnAsync(table, nodes, at);
        throw CrateError.Syntax(nodes[at].Text);
    }

    /// <summary>Without ONLY a table's settings become those of every partition, wherever these had been moved.</summary>
    private Reply Set(CrateTable table, CratePartition? partition, bool isOnly, IReadOnlyList<(string Name, string Value)> settings)
    {
        if (settings.Any(s => s.Name == "codec"))
            throw CrateError.Parse("Can't update non dynamic settings [[codec]] for open indices [x]");
        foreach (var target in Targets(table, partition, isOnly))
        {
            foreach (var (name, value) in settings)
                target[name] = value;
        }

        return Moved(table, partition);
    }

    private Reply Reset(CrateTable table, CratePartition? partition, bool isOnly, IReadOnlyList<string> names)
    {
        foreach (var target in Targets(table, partition, isOnly))
        {
            foreach (var name in names)
                target.Remove(name);
        }

        return Moved(table, partition);
    }

    private Reply Moved(CrateTable table, CratePartition? partition)
    {
        foreach (var moved in partition is null ? table.Partitions.Values : [partition])
            placement.Move(moved);
        return Reply.Done(-1);
    }

    private static IEnumerable<Dictionary<string, string>> Targets(CrateTable table, CratePartition? partition, bool isOnly)
    {
        if (partition is not null)
            return [partition.Settings];
        return isOnly && table.IsPartitioned ? [table.Settings] : [table.Settings, .. table.Partitions.Values.Select(p => p.Settings)];
    }

    private static Reply Close(CrateTable table, CratePartition? partition, bool isClosed)
    {
        if (partition is not null)
            partition.IsClosed = isClosed;
        else
            table.IsClosed = isClosed;
        return Reply.Done(-1);
    }
}
