using System.Globalization;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Relocation;
using Varve.Diagnosis;
using Varve.Policies;

namespace Varve.CrateDb.Diagnosis;

/// <summary>What the settings of partitions say. Pure.</summary>
internal static class PartitionFindings
{
    /// <summary>
    /// Settings of partitions that neither their table has nor the policy asks for: a partition that is dropped and made again by
    /// a late row gets those of the table, and so does one that is restored where it is not any more.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="table">Its table.</param>
    /// <param name="read">Its partitions.</param>
    /// <param name="replicas">How many copies new partitions get.</param>
    /// <param name="place">Where new partitions are made, by attribute.</param>
    public static Finding? Lost(
        Policy policy,
        TableName table,
        PiecedTable read,
        string replicas,
        IReadOnlyDictionary<string, string> place
    )
    {
        List<string> own =
        [
            .. read
                .Pieces.Where(p => p.Ident.Length > 0)
                .SelectMany(p => Settings(p))
                .Where(s => s.Attribute == PartitionCare.Replicas ? s.Name != replicas : place.GetValueOrDefault(s.Attribute!) != s.Name)
                .Where(s => !policy.Relocate.Any(h => h.To == s))
                .GroupBy(s => s.Text)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} ({g.Count()})")),
        ];
        return own.Count == 0
            ? null
            : new(
                "partition.settings",
                Severity.Note,
                policy.Name,
                $"Partitions of {table.Text} have settings of their own that neither the table nor the policy says: {string.Join(", ", own)}. One that is made again, by a late row or out of a snapshot, does not have them.",
                $"Say them in the policy (relocate), or for what is made from now on: ALTER TABLE ONLY {table.Text} SET (…)."
            );
    }

    /// <summary>Where partitions age to other nodes and new ones are made on any: also on those for what is old.</summary>
    public static Finding? Unplaced(Policy policy, TableName table, IReadOnlyDictionary<string, string> place) =>
        policy
            .Relocate.Select(h => h.To)
            .FirstOrDefault(t => t.Attribute is not null && !PartitionCare.Is(t) && !place.ContainsKey(t.Attribute))
            is { } to
            ? new(
                "relocate.new",
                Severity.Note,
                policy.Name,
                $"New partitions of {table.Text} are made on any node, also on those with {to.Text}, where only old ones should be.",
                $"Say where new ones are made: ALTER TABLE ONLY {table.Text} SET (\"routing.allocation.require.{to.Attribute}\" = '…'). Without ONLY, those that were moved come back."
            )
            : null;

    /// <summary>Partitions of which a copy lies elsewhere than their own setting asks for.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="table">Its table.</param>
    /// <param name="read">Its partitions.</param>
    /// <param name="copies">Every copy, by partition.</param>
    /// <returns>Which, with one of their names; null where there are none.</returns>
    public static (Finding Finding, string Ident)? Misplaced(
        Policy policy,
        TableName table,
        PiecedTable read,
        ILookup<string, ShardCopy> copies
    )
    {
        List<Piece> away = [.. read.Pieces.Where(p => p.Place.Any(a => copies[p.Ident].Any(c => !c.IsAt(a.Key, a.Value))))];
        return away.Count == 0
            ? null
            : (
                new(
                    "partition.place",
                    Severity.Warning,
                    policy.Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{away.Count} partition{(away.Count == 1 ? " has" : "s have")} shards of {table.Text} where their own settings do not allow it, or on the way: {string.Join(", ", away.SelectMany(p => p.Place).Select(a => $"{a.Key}={a.Value}").Distinct())}"
                    ),
                    $"See sys.allocations; start a node with the attribute, make room, or: varve relocate undo {policy.Name}."
                ),
                away[0].Ident
            );
    }

    private static IEnumerable<Place> Settings(Piece piece) =>
        [
            .. piece.Place.Select(p => new Place(p.Value, p.Key)),
            .. piece.Replicas.Length > 0 ? [new Place(piece.Replicas, PartitionCare.Replicas)] : Array.Empty<Place>(),
        ];
}
