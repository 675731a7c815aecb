using System.Globalization;
using NodaTime;

namespace Varve.CrateDb.Diagnosis;

/// <summary>What of a cluster's facts a person should know. Pure; each finding says what to do.</summary>
internal static class ClusterFindings
{
    private static readonly Version s_oldest = new(6, 3, 4);
    private static readonly Version s_recommended = new(6, 4, 4);

    /// <param name="facts">The facts.</param>
    /// <param name="inTheClear">True where a password crosses a network without TLS.</param>
    public static IReadOnlyList<ClusterFinding> Of(ClusterFacts facts, bool inTheClear) =>
        [
            .. Versions(facts),
            .. Clock(facts),
            .. Rights(facts),
            .. Shards(facts),
            .. Disks(facts),
            .. facts.Unhealthy.Select(Health),
            .. facts.FailedChecks.Select(c => new ClusterFinding(
                "cluster.check",
                false,
                $"The cluster's own check says: {c}",
                "See its text, or the admin console."
            )),
            .. inTheClear
                ?
                [
                    new ClusterFinding(
                        "cluster.clear",
                        false,
                        "The password crosses the network in the clear.",
                        "Add ssl=true to the URL where the server has TLS."
                    ),
                ]
                : Array.Empty<ClusterFinding>(),
        ];

    private static IEnumerable<ClusterFinding> Versions(ClusterFacts facts)
    {
        var versions = (facts.Nodes ?? [])
            .Select(n => n.Version)
            .Where(v => v.Length > 0)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        if (versions.Count > 1)
            yield return new(
                "cluster.versions",
                false,
                $"The nodes have different versions: {string.Join(", ", versions)}.",
                "Finish the upgrade before partitions are removed."
            );
        foreach (var text in versions)
        {
            if (!Version.TryParse(text, out var version))
                yield return new(
                    "cluster.version",
                    false,
                    $"The version {text} is none that Varve can compare.",
                    "Look whether it is 6.3.4 or later."
                );
            else if (version < s_oldest)
                yield return new(
                    "cluster.version",
                    true,
                    $"CrateDB {text} loses data when partitions are dropped, or restores falsely: 6.3.4 is the oldest that Varve works on.",
                    "Upgrade the cluster."
                );
            else if (version < s_recommended)
                yield return new(
                    "cluster.version",
                    false,
                    $"CrateDB {text} works; 6.4.4 and later mend UNION ALL with ORDER BY, which the stitched view reads by.",
                    "Upgrade when it suits."
                );
        }
    }

    private static IEnumerable<ClusterFinding> Clock(ClusterFacts facts)
    {
        var off = facts.ClockOffset < Duration.Zero ? -facts.ClockOffset : facts.ClockOffset;
        if (off > Duration.FromMinutes(1))
        {
            yield return new(
                "cluster.clock",
                true,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The server's clock and this machine's are " + $"{off.TotalSeconds:0} s apart: ages would be wrong by as much."
                ),
                "Set them right (NTP)."
            );
        }
    }

    private static IEnumerable<ClusterFinding> Rights(ClusterFacts facts)
    {
        if (facts.Nodes is null || facts.MostShards is null)
            yield return new(
                "cluster.rights",
                true,
                $"The user {facts.User} cannot see the state of the cluster, so that lost shards would go unnoticed.",
                $"GRANT DQL ON SCHEMA sys TO \"{facts.User}\""
            );
        if (facts.Repositories is null)
            yield return new(
                "cluster.rights",
                false,
                $"The user {facts.User} cannot see the repositories, which archives need.",
                $"GRANT DQL ON SCHEMA sys TO \"{facts.User}\""
            );
    }

    private static IEnumerable<ClusterFinding> Shards(ClusterFacts facts)
    {
        if (facts is not { Nodes: { Count: > 0 } nodes, MostShards: > 0 and var most })
            yield break;
        foreach (var node in nodes.Where(n => n.Shards >= most * 9 / 10))
        {
            yield return new(
                "cluster.shards",
                node.Shards >= most,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Node {node.Name} has {node.Shards} of at most {most} shards. New partitions fail beyond."
                ),
                "Fewer shards for each partition, longer partitions, or another node."
            );
        }
    }

    private static IEnumerable<ClusterFinding> Disks(ClusterFacts facts)
    {
        if (facts is not { Nodes: { } nodes, Watermarks: { } marks })
            yield break;
        foreach (var node in nodes)
        {
            if (node.DiskUsed is not { } used)
                continue;
            var (mark, what) =
                Watermarks.Share(marks.FloodStage) <= used ? (marks.FloodStage, "nothing is written any more")
                : Watermarks.Share(marks.High) <= used ? (marks.High, "shards are moved away")
                : Watermarks.Share(marks.Low) <= used ? (marks.Low, "no shard is moved there")
                : ("", "");
            if (mark.Length > 0)
                yield return new(
                    "cluster.disk",
                    mark == marks.FloodStage,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The disk of node {node.Name} is {used * 100:0.#} % full; from {mark} on {what}."
                    ),
                    "Make room, or add a node."
                );
        }
    }

    private static ClusterFinding Health(UnhealthyTable table)
    {
        var name = $"{table.Schema}.{table.Table}{(table.Ident is { Length: > 0 } ident ? $", partition {ident}" : "")}";
        return table.Missing > 0
            ? new(
                "cluster.health",
                true,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} lost {table.Missing} primary shards: what is read of it leaves rows out."
                ),
                "Nothing of it is rolled up or removed until they are back: start the node that has them, or restore them."
            )
            : new(
                "cluster.health",
                false,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} has {table.Underreplicated} shards without all of their replicas. If a node is lost now, rows may be lost with it."
                ),
                "Add a node, or wait until the replicas are made."
            );
    }
}

/// <summary>Something about a cluster that a person should know.</summary>
/// <param name="Check">Which look found it.</param>
/// <param name="IsBad">True where Varve cannot work rightly until it is mended.</param>
/// <param name="Found">What it is.</param>
/// <param name="WayOut">What to do.</param>
internal sealed record ClusterFinding(string Check, bool IsBad, string Found, string WayOut)
{
    /// <summary>Both in one.</summary>
    public string Text => $"{Found} {WayOut}";
}
