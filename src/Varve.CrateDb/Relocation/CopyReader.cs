using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Relocation;

/// <summary>One copy of one shard, where it is.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="IsPrimary">True for the copy that writes go to first.</param>
/// <param name="Node">The node's name; null where it is nowhere.</param>
/// <param name="IsStarted">True: there, and not on its way.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Attributes">What its node has.</param>
/// <param name="IsMoving">True: it is being copied to another node, or is being made.</param>
internal sealed record ShardCopy(
    long Shard,
    bool IsPrimary,
    string? Node,
    bool IsStarted,
    long Bytes,
    IReadOnlyDictionary<string, string> Attributes,
    bool IsMoving = false
)
{
    /// <summary>True where it lies on a node with that attribute and moves no more.</summary>
    public bool IsAt(string attribute, string value) => IsStarted && Attributes.GetValueOrDefault(attribute) == value;
}

/// <summary>How far a move is.</summary>
/// <param name="Done">Bytes that are where they should be.</param>
/// <param name="Of">Bytes altogether.</param>
/// <param name="Left">The copies that are not.</param>
internal sealed record MoveProgress(long Done, long Of, IReadOnlyList<ShardCopy> Left)
{
    /// <summary>True where every copy is.</summary>
    public bool IsDone => Left.Count == 0;
}

/// <summary>
/// Where the copies of a partition are. The statement that asks for a move answers at once, and also where nothing will ever move.
/// </summary>
internal static class CopyReader
{
    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>Every copy of a partition.</summary>
    public static async Task<IReadOnlyList<ShardCopy>> ReadAsync(
        SqlSession session,
        TableName table,
        string ident,
        CancellationToken cancellationToken
    )
    {
        var answer = await session.QueryAsync(PlaceShapes.Copies(table, ident), cancellationToken);
        return [.. answer.Rows.Select(Copy)];
    }

    /// <summary>How far a partition is on its way to nodes with an attribute.</summary>
    /// <exception cref="EngineException">No copy of it is there at all.</exception>
    public static async Task<MoveProgress> ProgressAsync(
        SqlSession session,
        TableName table,
        string ident,
        string attribute,
        string value,
        CancellationToken cancellationToken
    )
    {
        var copies = await ReadAsync(session, table, ident, cancellationToken);
        if (copies.Count == 0)
            throw new EngineException(
                EngineCodes.Unknown,
                $"{table.Text}: there is no partition {ident} any more, or no right to see where it is."
            );
        var left = copies.Where(c => !c.IsAt(attribute, value)).ToList();
        return new(copies.Except(left).Sum(c => c.Bytes), copies.Sum(c => c.Bytes), left);
    }

    /// <summary>Why shards stay where they are, as the server explains it: each explanation once.</summary>
    public static async Task<IReadOnlyList<string>> ReasonsAsync(
        SqlSession session,
        TableName table,
        string ident,
        CancellationToken cancellationToken
    )
    {
        var answer = await session.QueryAsync(PlaceShapes.Reasons(table, ident), cancellationToken);
        return [.. answer.Rows.Select(r => r.TextOrNull(3)).OfType<string>().Distinct()];
    }

    /// <summary>A copy from a row of <see cref="PlaceShapes.Copies"/>.</summary>
    public static ShardCopy Copy(Row row) =>
        new(
            row.Long(0),
            row.Truth(1),
            row.TextOrNull(2),
            row.TextOrNull(4) == "STARTED" && row.IsNull(3),
            row.LongOrNull(5) ?? 0,
            row[7] is IReadOnlyDictionary<string, object?> attributes
                ? attributes.ToDictionary(a => a.Key, a => a.Value as string ?? "")
                : s_none,
            row.TextOrNull(4) is "RELOCATING" or "INITIALIZING"
        );
}
