using System.Globalization;
using NodaTime;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Relocation;
using Varve.Diagnosis;
using Varve.Policies;

namespace Varve.CrateDb.Diagnosis;

/// <summary>Whether a cluster has what policies ask of it: nodes, repositories, and room for the shards to come. Pure.</summary>
internal static class PolicyNeeds
{
    private static readonly Duration s_year = Duration.FromDays(365);
    private static readonly Duration s_day = Duration.FromDays(1);

    /// <summary>Places and repositories that a policy names and that are not there, or take nothing.</summary>
    public static IEnumerable<Finding> Of(Policy policy, ClusterFacts facts)
    {
        foreach (var to in policy.Relocate.Select(h => h.To).Where(p => p.Attribute is not null && !PartitionCare.Is(p)))
        {
            if (facts.Nodes is not { } nodes || nodes.Any(n => n.Attributes.GetValueOrDefault(to.Attribute!) == to.Name))
                continue;
            List<string> there = [.. nodes.Select(n => n.Attributes.GetValueOrDefault(to.Attribute!)).OfType<string>().Distinct()];
            yield return new(
                "relocate.place",
                Severity.Error,
                policy.Name,
                $"No node of the cluster has node.attr.{to.Attribute}: {to.Name}, where partitions of {policy.Table.Text} are to go.",
                $"Start a node with it, or name one that there is: {(there.Count == 0 ? "there is none" : string.Join(", ", there))}."
            );
        }

        if (policy.Archive is not { To: var archive } || facts.Repositories is not { } repositories)
            yield break;
        var known = repositories.FirstOrDefault(r => r.Name == archive);
        if (known is null)
            yield return new(
                "archive.repository",
                Severity.Error,
                policy.Name,
                $"The cluster has no repository `{archive}`, where {policy.Table.Text} is kept before it goes: nothing of it goes.",
                "Make it: varve archive repository create."
            );
        else if (known.IsReadOnly)
            yield return new(
                "archive.repository",
                Severity.Error,
                policy.Name,
                $"The repository `{archive}` was made to be read only, and takes no snapshot of {policy.Table.Text}: nothing of it goes.",
                "Make it again without readonly, or name another one."
            );
    }

    /// <summary>Where the shards that a year makes are more than the cluster takes; null where they are not.</summary>
    public static Finding? Forecast(ClusterFacts facts, IReadOnlyList<(Policy Policy, PiecedTable Table)> tables)
    {
        if (facts is not { Nodes: { Count: > 0 } nodes, MostShards: > 0 and var most })
            return null;
        var (has, takes) = (nodes.Sum(n => n.Shards), most * nodes.Count);
        var grows = tables.Sum(t => SourceGrowth(t.Policy, t.Table)) + tables.Sum(t => t.Policy.Tiers.Sum(TierGrowth));
        return has + grows <= takes
            ? null
            : new(
                "cluster.forecast",
                Severity.Warning,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Within a year the tables of the policies and their tiers get about {grows} shards more. With the {has} that there are, that is more than the {takes} that the cluster takes, and new partitions fail then."
                ),
                "Fewer shards for each partition, longer partitions, a shorter keep, or another node."
            );
    }

    // As many partitions as a year makes, and no more than are kept at one time.
    private static long SourceGrowth(Policy policy, PiecedTable table)
    {
        List<Piece> pieces = [.. table.Pieces.Where(p => p.Range is not null)];
        if (pieces.MaxBy(p => p.Range!.To) is not { Range: { } range } newest)
            return 0;
        var width = range.To - range.From;
        var made = Count(s_year, width);
        var kept = policy.Keep.IsForever ? long.MaxValue : Count(policy.Keep.Longest, width) + 1;
        return Math.Max(0, Math.Min(pieces.Count + made, kept) - pieces.Count) * newest.Shards * (1 + Copies(newest.Replicas));
    }

    // A partition each month, or each year for buckets of a day and more; with one copy where there is a node for it.
    private static long TierGrowth(Tier tier) => (tier.Every.Longest >= s_day ? 1 : 12) * 2;

    private static long Count(Duration of, Duration width) => (long)Math.Ceiling(of / width);

    // 1, or the greater one of 0-1; of as many as there are nodes nobody knows.
    private static long Copies(string replicas) =>
        long.TryParse(replicas.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var copies) ? copies : 0;
}
