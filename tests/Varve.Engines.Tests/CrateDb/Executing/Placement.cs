using System.Globalization;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Which nodes shards may be on, and how they get there.</summary>
/// <param name="store">What there is.</param>
internal sealed class Placement(CrateStore store)
{
    private const string Require = "routing.allocation.require.";

    /// <summary>How often shards that move are looked at before they have arrived.</summary>
    internal int Looks { get; set; } = 1;

    /// <summary>Nothing moves, whatever is asked for: a node is full, or may not take more at a time.</summary>
    internal bool IsStuck { get; set; }

    /// <summary>The nodes that have what the settings require.</summary>
    internal IReadOnlyList<CrateNode> Allowed(IReadOnlyDictionary<string, string> settings)
    {
        var required = settings.Where(s => s.Key.StartsWith(Require, StringComparison.Ordinal)).ToList();
        return [.. store.NodesThere.Where(n => required.All(r => n.Attributes.GetValueOrDefault(r.Key[Require.Length..]) == r.Value))];
    }

    /// <summary>A new partition, its shards spread over the nodes that its table allows.</summary>
    internal CratePartition Partition(CrateTable table, IReadOnlyList<string?> values)
    {
        var allowed = Allowed(table.Settings);
        if (allowed.Count == 0)
            allowed = store.NodesThere;
        CratePartition made = new(
            values,
            [.. Enumerable.Range(0, table.ShardCount).Select(i => new CrateShard(i, allowed[i % allowed.Count].Name))]
        );
        foreach (var (name, value) in table.Settings)
            made.Settings[name] = value;
        return made;
    }

    /// <summary>After the settings changed: shards set out for a node that they allow, where there is one.</summary>
    internal void Move(CratePartition partition)
    {
        var allowed = Allowed(partition.Settings);
        foreach (var shard in partition.Shards)
        {
            shard.Target = null;
            if (IsStuck || allowed.Count == 0 || allowed.Any(n => n.Name == shard.Node))
                continue;
            shard.Target = allowed[shard.Id % allowed.Count].Name;
            shard.LooksLeft = Looks;
        }
    }

    /// <summary>Shards that moved long enough have arrived.</summary>
    internal void Arrive()
    {
        foreach (
            var shard in store.Tables.Values.SelectMany(t => t.Partitions.Values).SelectMany(p => p.Shards).Where(s => s.Target is not null)
        )
        {
            if (shard.LooksLeft-- > 0)
                continue;
            (shard.Node, shard.Target) = (shard.Target!, null);
        }
    }

    /// <summary>The nodes of the replicas of a shard; null for one that has no place.</summary>
    internal IReadOnlyList<string?> Replicas(CratePartition partition, CrateShard shard)
    {
        var allowed = Allowed(partition.Settings).Where(n => n.Name != shard.Node && n.Name != shard.Target).Select(n => n.Name).ToList();
        var wanted = partition.Settings.GetValueOrDefault("number_of_replicas", "0-1");
        var count = wanted.Split('-') is [var least, var most]
            ? Math.Max(Number(least), Math.Min(most == "all" ? int.MaxValue : Number(most), allowed.Count))
            : Number(wanted);
        return [.. Enumerable.Range(0, count).Select(i => i < allowed.Count ? allowed[(shard.Id + i) % allowed.Count] : null)];
    }

    /// <summary>
    /// A node is gone: a shard whose primary was there goes on from a replica, or has no live copy; a snapshot that is being taken
    /// of it ends as a part, and nobody says so.
    /// </summary>
    internal void Leave(string node)
    {
        store.Away.Add(node);
        foreach (var (partition, shard) in Shards())
        {
            if (shard.Target == node)
                shard.Target = null;
            if (shard.Node != node)
                continue;
            foreach (var snapshot in store.Snapshots.Where(s => s.LooksLeft > 0 && s.Tables.Any(t => t.Partitions.Contains(partition))))
                (snapshot.State, snapshot.Failures) = ("PARTIAL", [.. snapshot.Failures, $"shard {Text(shard.Id)}: node {node} left"]);
            shard.Target = null;
            if (Replicas(partition, shard).FirstOrDefault(r => r is not null) is { } replica)
                shard.Node = replica;
            else
                (shard.IsLost, shard.LostWith) = (true, node);
        }
    }

    /// <summary>A node is back, with what it had; shards that wait for one like it set out.</summary>
    internal void Return(string node)
    {
        store.Away.Remove(node);
        foreach (var (_, shard) in Shards().Where(s => s.Shard.LostWith == node))
            (shard.IsLost, shard.LostWith) = (false, null);
        foreach (var partition in store.Tables.Values.SelectMany(t => t.Partitions.Values))
            Move(partition);
    }

    private IEnumerable<(CratePartition Partition, CrateShard Shard)> Shards() =>
        store.Tables.Values.SelectMany(t => t.Partitions.Values).SelectMany(p => p.Shards.Select(s => (p, s)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
