using NodaTime;
using Varve.CrateDb.Diagnosis;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Relocation;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>
/// Partitions move to nodes with an attribute. CrateDB takes the wish at once, also where no node has it, and moves the
/// shards by itself: they are watched until every copy has come. Copies and segments are asked for in the same way.
/// </summary>
internal sealed class CrateDbRelocation(CrateDbEngine engine) : Engines.Relocation
{
    private static readonly Duration s_pause = Duration.FromSeconds(2);

    /// <inheritdoc/>
    public override string? Unfit(Place place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (PartitionCare.Is(place))
            return PartitionCare.Unfit(place);
        return place.Attribute is null
            ? $"On CrateDB a place is an attribute of nodes and its value: write to: {{ storage: {place.Name} }}, not {place.Name}."
            : null;
    }

    /// <inheritdoc/>
    public override async Task<string?> RefusesAsync(IStatements statements, Place place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        await using var borrowed = engine.Borrow();
        var nodes = (await borrowed.Session.QueryAsync(PlaceShapes.Room, cancellationToken)).Rows;
        if (place.Attribute == PartitionCare.Replicas && PartitionCare.Number(place) >= nodes.Count)
            return $"{place.Name} copies of each shard besides the first need more nodes than the {nodes.Count} of the cluster. Start more, or ask for fewer.";
        if (PartitionCare.Is(place))
            return null;
        return nodes.Any(n => Has(n, place))
            ? null
            : $"No node of the cluster has node.attr.{place.Attribute}: {place.Name}. CrateDB would take the wish and move nothing. Start a node with that attribute, or name one that there is: {Known(nodes, place.Attribute!)}.";
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<SqlText>> MovingAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(to);
        await using var borrowed = engine.Borrow();
        var whole = engine.Whole(table);
        var pieces = await PiecesAsync(borrowed.Session, whole, time, range, cancellationToken);
        return PartitionCare.Is(to) ? PartitionCare.Acts(whole, pieces, to) : [.. Unasked(pieces, to).Select(p => Move(whole, p, to))];
    }

    /// <inheritdoc/>
    public override async Task<MoveState> MoveAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(to);
        var whole = engine.Whole(table);
        await using var borrowed = engine.Borrow();
        var session = borrowed.Session;
        var moved = await PiecesAsync(session, whole, time, range, cancellationToken);
        if (PartitionCare.Is(to))
        {
            foreach (var act in PartitionCare.Acts(whole, moved, to))
            {
                statements.Note(act);
                await session.ExecuteAsync(act, takesValues: false, cancellationToken);
            }

            return await PartitionCare.StateAsync(session, whole, moved, to, cancellationToken);
        }

        var unasked = Unasked(moved, to);
        if (unasked.Count > 0)
            await RoomAsync(session, to, unasked.Sum(p => p.Bytes), cancellationToken);
        foreach (var move in unasked.Select(p => Move(whole, p, to)))
        {
            statements.Note(move);
            await session.ExecuteAsync(move, takesValues: false, cancellationToken);
        }

        return await StateAsync(session, whole, moved, to, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<MoveOrigin>> OriginsAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(to);
        await using var borrowed = engine.Borrow();
        return
        [
            .. (await PiecesAsync(borrowed.Session, engine.Whole(table), time, range, cancellationToken))
                .Where(p => AskedFor(p, to) != to.Name)
                .Select(p => new MoveOrigin(p.Ident, AskedFor(p, to))),
        ];
    }

    /// <inheritdoc/>
    public override async Task<MoveState> TakeBackAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        IReadOnlyList<MoveOrigin> origins,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(to);
        var whole = engine.Whole(table);
        await using var borrowed = engine.Borrow();
        var pieces = await PiecesAsync(borrowed.Session, whole, time, range, cancellationToken);
        var told = pieces.Where(p => AskedFor(p, to) == to.Name && MoveOrigin.Of(origins, p.Ident) is not null).ToList();
        foreach (var statement in told.Select(p => Back(whole, p, to, MoveOrigin.Of(origins, p.Ident)!.Place)))
        {
            statements.Note(statement);
            await borrowed.Session.ExecuteAsync(statement, takesValues: false, cancellationToken);
        }

        // The shards go by themselves, as they do where they are told to move.
        var bytes = told.Sum(p => p.Bytes);
        return new(bytes, bytes, IsDone: true);
    }

    private static string? AskedFor(Piece piece, Place to) =>
        to.Attribute == PartitionCare.Replicas ? piece.Replicas : piece.Place.GetValueOrDefault(to.Attribute!);

    private static SqlText Back(TableName table, Piece piece, Place to, string? from) =>
        to.Attribute == PartitionCare.Replicas ? PartitionShapes.Replicas(table, piece.Values, from ?? "0-1")
        : from is null ? PlaceShapes.Forget(table, piece.Values, to.Attribute!)
        : PlaceShapes.Move(table, piece.Values, to.Attribute!, from);

    private static async Task<List<Piece>> PiecesAsync(
        SqlSession session,
        TableName table,
        TimeColumn time,
        TimeRange range,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                (await PieceReader.ReadAsync(session, table, time.Name, PartitionGrid.Of(time.Partition), cancellationToken))?.Pieces ?? []
            ).Where(p => p.Range is { } at && RangeSet.Of(range).Covers(at) && p.Values.All(v => v.Value is not null)),
        ];

    private static List<Piece> Unasked(IEnumerable<Piece> pieces, Place to) =>
        [.. pieces.Where(p => p.Place.GetValueOrDefault(to.Attribute!) != to.Name)];

    private static SqlText Move(TableName table, Piece piece, Place to) => PlaceShapes.Move(table, piece.Values, to.Attribute!, to.Name);

    private static async Task<MoveState> StateAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<Piece> pieces,
        Place to,
        CancellationToken cancellationToken
    )
    {
        var (done, bytes) = (0L, 0L);
        string? left = null;
        var isCopying = false;
        foreach (var piece in pieces)
        {
            var progress = await CopyReader.ProgressAsync(session, table, piece.Ident, to.Attribute!, to.Name, cancellationToken);
            done += progress.Done;
            bytes += progress.Of;
            isCopying |= progress.Left.Any(c => c.IsMoving);
            if (!progress.IsDone && !progress.Left.Any(c => c.IsMoving))
                left ??= piece.Ident;
        }

        var isDone = done == bytes && left is null && await AllThereAsync(session, table, pieces, to, cancellationToken);
        var stuck =
            left is null || isDone ? null : string.Join("; ", await CopyReader.ReasonsAsync(session, table, left, cancellationToken));
        return new(done, bytes, isDone)
        {
            Stuck = string.IsNullOrEmpty(stuck) ? null : stuck,
            IsCopying = isCopying,
            Pause = isDone ? Duration.Zero : s_pause,
        };
    }

    // Empty shards have no bytes that could be missing.
    private static async Task<bool> AllThereAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<Piece> pieces,
        Place to,
        CancellationToken cancellationToken
    )
    {
        foreach (var piece in pieces)
            if (!(await CopyReader.ProgressAsync(session, table, piece.Ident, to.Attribute!, to.Name, cancellationToken)).IsDone)
                return false;
        return true;
    }

    /// <summary>Below the low watermark: above it CrateDB gives a node no more shards.</summary>
    private static async Task RoomAsync(SqlSession session, Place to, long bytes, CancellationToken cancellationToken)
    {
        var nodes = (await session.QueryAsync(PlaceShapes.Room, cancellationToken)).Rows.Where(n => Has(n, to)).ToList();
        if (await ClusterReader.WatermarksAsync(session, cancellationToken) is not { } marks)
            return;
        var free = nodes.Sum(n => Math.Max(0, marks.Room(n.LongOrNull(2) ?? 0, n.LongOrNull(3) ?? 0)));
        if (free >= bytes)
            return;
        throw new EngineException(
            EngineCodes.DiskFull,
            $"what should move to {to.Text} has {PlanText.Bytes(bytes)}, and its nodes take {PlanText.Bytes(free)} more before the low watermark of the disk. Make room there, or add a node; nothing was moved."
        );
    }

    private static bool Has(Row node, Place place) =>
        node[1] is IReadOnlyDictionary<string, object?> attributes
        && attributes.GetValueOrDefault(place.Attribute!) as string == place.Name;

    private static string Known(IEnumerable<Row> nodes, string attribute)
    {
        List<string> values =
        [
            .. nodes
                .Select(n => n[1] is IReadOnlyDictionary<string, object?> all ? all.GetValueOrDefault(attribute) as string : null)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return values.Count == 0 ? $"no node has the attribute {attribute}" : string.Join(", ", values);
    }
}
