using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Repositories and snapshots.</summary>
internal sealed class Snapshots(CrateStore store, Definitions definitions, Relations relations, Backend backend, Placement placement)
{
    /// <summary>How often a snapshot that is not waited for is looked at before it has ended.</summary>
    internal int Looks { get; set; } = 1;

    /// <summary>The state and the failures with which the next one ends.</summary>
    internal (string State, IReadOnlyList<string> Failures) Ends { get; set; } = ("SUCCESS", []);

    internal Reply CreateRepository(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        var name = nodes[at].Name;
        if (store.Repositories.ContainsKey(name))
            throw new CrateError(409, 4095, $"RepositoryAlreadyExistsException[Repository '{name}' already exists]");
        var settings = at + 4 < nodes.Count ? SettingsText.Read(nodes[at + 4].Inner, call).ToDictionary(s => s.Name, s => s.Value) : [];
        store.Repositories[name] = (nodes[at + 2].Name, settings);
        return Reply.Done();
    }

    internal Reply DropRepository(IReadOnlyList<Node> nodes, int at) =>
        store.Repositories.Remove(nodes[at].Name) ? Reply.Done() : throw MissingRepository(nodes[at].Name);

    internal async Task<Reply> CreateAsync(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        var (repository, name) = Named(nodes, ref at);
        if (name.Any(char.IsUpper))
            throw BadName(repository, name, "must be lowercase");
        if (name.StartsWith('_') || name.AsSpan().ContainsAny(" ,#\\/*?\"<>|"))
            throw BadName(repository, name, "must not contain the following characters");
        if (Find(repository, name) is not null)
            throw BadName(repository, name, "snapshot with the same name already exists");
        var parts = await PartsAsync(nodes, at, call);
        foreach (var (table, partitions, _) in parts)
        {
            if (partitions.Any(p => p.Shards.Any(s => s.IsLost)))
                throw new CrateError(
                    500,
                    5000,
                    $"SnapshotException[[{repository}:{name}/x] Indices don't have primary shards [{table.Name}]]"
                );
        }

        List<SavedTable> saved = [];
        foreach (var (table, partitions, isWhole) in parts)
        {
            var rows = FormattableString.Invariant($"{backend.Schema}.s{store.Next()}");
            await backend.ExecuteAsync($"CREATE UNLOGGED TABLE {rows} AS SELECT * FROM {table.Current} WHERE {table.In(partitions)}");
            saved.Add(new(table, rows, [.. partitions], isWhole));
        }

        var waits = Settings(nodes, call).GetValueOrDefault("wait_for_completion") == "true";
        store.Snapshots.Add(
            new()
            {
                Repository = repository,
                Name = name,
                Tables = saved,
                Started = call.Now,
                LooksLeft = waits ? 0 : Looks,
                State = Ends.State,
                Failures = Ends.Failures,
            }
        );
        Ends = ("SUCCESS", []);
        return Reply.Done();
    }

    internal async Task<Reply> DropAsync(IReadOnlyList<Node> nodes, int at)
    {
        var (repository, name) = Named(nodes, ref at);
        var snapshot = Find(repository, name) ?? throw Missing(repository, name);
        foreach (var table in snapshot.Tables)
            await backend.ExecuteAsync($"DROP TABLE {table.Rows}");
        store.Snapshots.Remove(snapshot);
        return Reply.Done();
    }

    internal async Task<Reply> RestoreAsync(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        var (repository, name) = Named(nodes, ref at);
        var snapshot = Find(repository, name) ?? throw Missing(repository, name);
        var settings = Settings(nodes, call);
        if (Nodes.Takes(nodes, ref at, "all"))
        {
            foreach (var saved in snapshot.Tables)
                await RestoreAsync(saved, saved.Partitions, settings);
            return Reply.Done();
        }

        at++;
        foreach (var part in Nodes.Split(Nodes.Slice(nodes, at, Nodes.Find(nodes, at, "with")), ","))
        {
            var place = 0;
            var (schema, tableName) = Nodes.Relation(part, ref place);
            var saved =
                snapshot.Tables.FirstOrDefault(t => t.Table.Schema == (schema ?? call.Schema) && t.Table.Name == tableName)
                ?? throw new CrateError(404, 4041, $"RelationUnknown[Relation '{schema ?? call.Schema}.{tableName}' unknown]");
            var partitions = saved.Partitions;
            if (Nodes.Takes(part, ref place, "partition"))
            {
                var values = await PartitionText.ReadAsync(saved.Table, part[place].Inner, new(relations, call), backend);
                var ident = CratePartition.Encode(values);
                partitions = [.. partitions.Where(p => p.Ident == ident)];
                if (partitions.Count == 0)
                    throw CrateError.UnknownPartition(saved.Table.Schema, saved.Table.Name, ident);
            }

            await RestoreAsync(saved, partitions, settings);
        }

        return Reply.Done();
    }

    /// <summary>Rows come back as they were, visible at once, in partitions of their own.</summary>
    private async Task RestoreAsync(
        SavedTable saved,
        IReadOnlyList<CratePartition> partitions,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var schema = Renamed(saved.Table.Schema, settings, "schema");
        var name = Renamed(saved.Table.Name, settings, "table");
        var table = store.Tables.GetValueOrDefault((schema, name));
        if (table is not null && !table.IsPartitioned)
            throw CrateError.Exists(schema, name);
        if (table is not null && partitions.FirstOrDefault(p => table.Partitions.ContainsKey(p.Ident)) is { } there)
            throw new CrateError(
                409,
                4097,
                $"PartitionAlreadyExistsException[Partition '{schema}..partitioned.{name}.{there.Ident}' already exists]"
            );
        table ??= await definitions.MakeAsync(
            new(backend.Schema, store.Next())
            {
                Schema = schema,
                Name = name,
                Columns = [.. saved.Table.Columns],
                Key = saved.Table.Key,
                PartitionedBy = saved.Table.PartitionedBy,
                ClusteredBy = saved.Table.ClusteredBy,
                ShardCount = saved.Table.ShardCount,
                Settings = new(saved.Table.Settings),
            }
        );
        var columns = $"{string.Join(", ", table.Written.Select(c => c.Quoted))}, _seq_no, _primary_term, _version";
        await backend.ExecuteAsync(
            $"""
            WITH w AS (INSERT INTO {table.Current} ({columns}) SELECT {columns} FROM {saved.Rows} WHERE {saved.Table.In(
                partitions
            )} RETURNING *)
            INSERT INTO {table.Visible} SELECT * FROM w
            """
        );
        foreach (var partition in partitions)
        {
            if (table.IsPartitioned)
                table.Add(placement.Partition(table, partition.Values));
            foreach (var (own, was) in table.Partitions[partition.Ident].Shards.Zip(partition.Shards))
                own.Sequence = was.Sequence;
        }
    }

    private static string Renamed(string name, IReadOnlyDictionary<string, string> settings, string kind) =>
        settings.TryGetValue($"{kind}_rename_pattern", out var pattern)
            ? Regex.Replace(name, pattern, settings.GetValueOrDefault($"{kind}_rename_replacement", "$1"))
            : name;

    /// <summary>TABLE a PARTITION (…), b.</summary>
    private async Task<IReadOnlyList<(CrateTable Table, IReadOnlyList<CratePartition> Partitions, bool IsWhole)>> PartsAsync(
        IReadOnlyList<Node> nodes,
        int at,
        RequestContext call
    )
    {
        if (Nodes.Takes(nodes, ref at, "all"))
            return [.. store.Tables.Values.Select(t => (t, (IReadOnlyList<CratePartition>)[.. t.Partitions.Values], true))];
        at++;
        Dictionary<CrateTable, (List<CratePartition> Partitions, bool IsWhole)> parts = [];
        foreach (var part in Nodes.Split(Nodes.Slice(nodes, at, Nodes.Find(nodes, at, "with")), ","))
        {
            var place = 0;
            var (schema, name) = Nodes.Relation(part, ref place);
            var table = store.Table(schema, name, call);
            var (partitions, _) = parts.TryGetValue(table, out var known) ? known : ([], false);
            var isWhole = !Nodes.Takes(part, ref place, "partition");
            if (isWhole)
                partitions.AddRange(table.Partitions.Values);
            else
                partitions.Add(await PartitionText.FindAsync(table, part[place].Inner, new(relations, call), backend));
            parts[table] = (partitions, isWhole);
        }

        return [.. parts.Select(p => (p.Key, (IReadOnlyList<CratePartition>)p.Value.Partitions, p.Value.IsWhole))];
    }

    private (string Repository, string Name) Named(IReadOnlyList<Node> nodes, ref int at)
    {
        var (repository, name) = Nodes.Relation(nodes, ref at);
        return store.Repositories.ContainsKey(repository ?? "") ? (repository!, name) : throw MissingRepository(repository ?? "");
    }

    private static Dictionary<string, string> Settings(IReadOnlyList<Node> nodes, RequestContext call) =>
        Nodes.Find(nodes, 0, "with") is var with && with < nodes.Count
            ? SettingsText.Read(nodes[with + 1].Inner, call).ToDictionary(s => s.Name, s => s.Value)
            : [];

    private CrateSnapshot? Find(string repository, string name) => store.Snapshots.Find(s => s.Repository == repository && s.Name == name);

    private static CrateError MissingRepository(string name) => new(404, 4047, $"RepositoryMissingException[[{name}] missing]");

    private static CrateError Missing(string repository, string name) =>
        new(404, 4048, $"SnapshotMissingException[[{repository}:{name}] is missing]");

    private static CrateError BadName(string repository, string name, string why) =>
        new(409, 4096, $"InvalidSnapshotNameException[[{repository}:{name}] Invalid snapshot name [{name}], {why}]");
}
