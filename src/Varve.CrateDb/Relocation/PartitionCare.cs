using System.Globalization;
using NodaTime;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Relocation;

/// <summary>What is done to partitions by age besides moving them: fewer or more copies, and segments merged.</summary>
internal static class PartitionCare
{
    /// <summary>The attribute of a place that says how many copies there are.</summary>
    public const string Replicas = "replicas";

    /// <summary>The attribute of a place that says into how many segments each shard is merged.</summary>
    public const string Segments = "segments";

    private static readonly Duration s_pause = Duration.FromSeconds(2);

    /// <summary>True for these two.</summary>
    public static bool Is(Place place) => place.Attribute is Replicas or Segments;

    /// <summary>Why a value means nothing, with the way out; null where it does.</summary>
    public static string? Unfit(Place place)
    {
        var least = place.Attribute == Segments ? 1 : 0;
        return Number(place) is { } number && number >= least
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"`{place.Attribute}` is a number from {least} on, not {place.Name}.");
    }

    /// <summary>The statements that ask for copies where there are others, or that merge.</summary>
    public static IReadOnlyList<SqlText> Acts(TableName table, IReadOnlyList<Piece> pieces, Place to) =>
        to.Attribute == Segments
            ? [.. pieces.Select(p => PartitionShapes.Merge(table, p.Values, Number(to)!.Value))]
            : [.. pieces.Where(p => p.Replicas != to.Name).Select(p => PartitionShapes.Replicas(table, p.Values, Number(to)!.Value))];

    /// <summary>How many of the copies are there; a merge is done with its answer.</summary>
    public static Task<MoveState> StateAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<Piece> pieces,
        Place to,
        CancellationToken cancellationToken
    )
    {
        if (to.Attribute != Segments)
            return CopiedAsync(session, table, pieces, to, cancellationToken);
        var bytes = pieces.Sum(p => p.Bytes);
        return Task.FromResult(
            new MoveState(bytes, bytes, true) { Note = $"merged into {to.Name} segment{(to.Name == "1" ? "" : "s")} a shard" }
        );
    }

    // The wish is taken at once; the copies come later, and where there is no node for them never.
    private static async Task<MoveState> CopiedAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<Piece> pieces,
        Place to,
        CancellationToken cancellationToken
    )
    {
        var copies = (await session.QueryAsync(PlaceShapes.AllCopies(table), cancellationToken)).Rows.ToLookup(
            r => r.TextOrNull(8) ?? "",
            CopyReader.Copy
        );
        var (done, bytes) = (0L, 0L);
        string? left = null;
        var (isCopying, isWhole) = (false, true);
        foreach (var piece in pieces)
        {
            var wanted = piece.Bytes * (Number(to)!.Value + 1);
            var started = copies[piece.Ident].Count(c => c.IsStarted);
            var isDone = started == piece.Shards * (Number(to)!.Value + 1) && copies[piece.Ident].All(c => c.IsStarted);
            bytes += wanted;
            done += isDone ? wanted : Math.Min(wanted, copies[piece.Ident].Where(c => c.IsStarted).Sum(c => c.Bytes));
            var isMoving = copies[piece.Ident].Any(c => c.IsMoving);
            isCopying |= isMoving;
            isWhole &= isDone;
            if (!isDone && !isMoving)
                left ??= piece.Ident;
        }

        var stuck = left is null ? null : string.Join("; ", await CopyReader.ReasonsAsync(session, table, left, cancellationToken));
        return new(done, bytes, isWhole)
        {
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"{to.Name} cop{(to.Name == "1" ? "y" : "ies")} of each shard besides the first"
            ),
            Stuck = string.IsNullOrEmpty(stuck) ? null : stuck,
            IsCopying = isCopying,
            Pause = isWhole ? Duration.Zero : s_pause,
        };
    }

    /// <summary>The value as a number; null where it is none.</summary>
    public static long? Number(Place place) =>
        long.TryParse(place.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
