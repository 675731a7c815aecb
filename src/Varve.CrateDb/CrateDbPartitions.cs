using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>
/// Partitions go as a whole, and only as they were when they were proven: each shard counts its changes, at once. Those that
/// somebody wrote to since an earlier run are closed for writes before they go; whoever writes then gets an error instead of
/// losing a row. All of them are compared once more right before.
/// </summary>
internal sealed class CrateDbPartitions(CrateDbEngine engine) : Partitioning
{
    // A write that had passed the block before it was set is counted by then.
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(100);

    // What is known of a part lives as long as its mark does.
    private readonly ConditionalWeakTable<PartMark, HeldPart> _held = [];

    // Statements that remove partitions: they read no row, so that nothing has to be seen for them.
    private readonly ConditionalWeakTable<SqlText, object> _drops = [];

    // As they were seen last, for steps that are only written down.
    private readonly ConcurrentDictionary<TableName, (string Time, PiecedTable Table)> _last = new();

    // When they were seen so, until that is taken for a beginning.
    private readonly ConcurrentDictionary<TableName, long> _unused = new();

    /// <inheritdoc/>
    public override bool PartsOnly => true;

    /// <summary>What is known of a part that <see cref="HoldAsync"/> gave.</summary>
    public HeldPart Of(TablePart part) =>
        _held.TryGetValue(part.Mark!, out var held)
            ? held
            : throw new ArgumentException($"The part of {part.Range} was not held.", nameof(part));

    /// <summary>True for a statement that removes partitions, and not rows by what they hold.</summary>
    public bool IsDrop(SqlText statement) => _drops.TryGetValue(statement, out _);

    /// <inheritdoc/>
    public override async Task<TableDescription> WithPartsAsync(
        TableDescription table,
        string time,
        PartitionWidth width,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        var pieces = await PiecesAsync(table.Table, time, width, cancellationToken);
        await using var borrowed = engine.Borrow();
        return table with
        {
            // Whoever fills the column may put a row anywhere.
            Pieces = (await CrateDbObserver.PiecesAsync(borrowed.Session, table.Table, time, pieces, cancellationToken)) with
            {
                AreAll = false,
            },
        };
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(statements);
        var whole = engine.Whole(table);
        IReadOnlyList<Piece>? pieces = null;
        if (statements.Own is CrateDbStatements own && _last.TryGetValue(whole, out var last) && last.Time == time.Name)
        {
            pieces = JustSeen(whole, last.Table);
            if (pieces is not null)
                own.Hold(whole);
            else
                pieces = Now(last.Table, (await own.HoldAsync(whole, cancellationToken)).Of(whole));
        }

        pieces ??= await PiecesAsync(whole, time.Name, time.Partition, cancellationToken);
        _unused.TryRemove(whole, out _);

        // What is written from here on changes the marks; what was written before is seen by what comes next.
        await statements.BarrierAsync(Before.Remove, cancellationToken);
        return Held(whole, pieces, ranges);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<TablePart>> ForeseeAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(ranges);
        var whole = engine.Whole(table);
        return _last.TryGetValue(whole, out var last) && last.Time == time.Name
            ? Held(whole, last.Table.Pieces, ranges)
            : await HoldAsync(statements, table, time, ranges, cancellationToken);
    }

    /// <summary>What was seen of a table just now.</summary>
    public void Seen(TableName table, string time, PiecedTable seen)
    {
        _last[table] = (time, seen);
        _unused[table] = engine.Freshness.Now;
    }

    // What the plan of this run saw less than a second ago is where its first removal begins: whoever wrote since then has changed
    // the marks, which are compared right before anything goes, and all of the table could be read then and can be read there. A
    // look that was taken once is not taken again: what is proven again after a change begins with a new one.
    private IReadOnlyList<Piece>? JustSeen(TableName table, PiecedTable seen) =>
        _unused.TryRemove(table, out var at) && engine.Freshness.IsRecent(at) && seen.Pieces.All(p => p.IsWhole) ? seen.Pieces : null;

    // What the rows of a partition have in common is in its name, and never changes: how it stands does. Null where others are there.
    private static List<Piece>? Now(PiecedTable last, IReadOnlyList<PieceState> now)
    {
        var states = now.ToDictionary(s => s.Ident, StringComparer.Ordinal);
        List<Piece> pieces =
        [
            .. from piece in last.Pieces
            where states.ContainsKey(piece.Ident)
            let state = states[piece.Ident]
            select piece with
            {
                Shards = state.Shards,
                Started = state.Marks.Count,
                IsClosed = state.IsClosed,
                IsSealed = state.IsSealed,
                Marks = state.Marks,
                Rows = state.Rows,
            },
        ];
        return pieces.Count == states.Count ? pieces : null;
    }

    private IReadOnlyList<TablePart> Held(TableName table, IReadOnlyList<Piece> pieces, RangeSet ranges) =>
        [
            .. from piece in pieces
            where piece.Range is { } range && ranges.Overlaps(range) && range.To <= ranges.End && !piece.IsClosed
            select Held(table, piece),
        ];

    private IEnumerable<IReadOnlyList<TablePart>> Lots(IReadOnlyList<TablePart> parts) => PartitionShapes.Lots(parts, p => Of(p).Values);

    /// <inheritdoc/>
    public override IReadOnlyList<SqlText> Dropping(IReadOnlyList<TablePart> parts) =>
        [
            .. Lots(parts)
                .SelectMany(some =>
                    (IEnumerable<SqlText>)
                        [
                            .. Unsealed(some).Select(p => PartitionShapes.Seal(p.Table, p.Values)),
                            PartitionShapes.Drop(some[0].Table, [.. some.Select(p => Of(p).Values)]),
                        ]
                ),
        ];

    /// <inheritdoc/>
    public override async Task<long> DropAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var removed = 0L;
        List<TablePart> changed = [];
        IReadOnlyDictionary<string, PartState>? seen = null;
        foreach (var some in Lots(parts))
        {
            // The look after the last removal is the one before the next, unless something is closed in between.
            var closed = await SealAsync(statements, some, cancellationToken);
            if (seen is null && closed.Count == 0)
                seen = Looked(statements, some[0].Table);
            if (closed.Count > 0 || seen is null)
                seen = await StatesAsync(statements, some[0].Table, cancellationToken);
            var now = seen;
            if (now.Count == 0)
                await RequireSeenAsync(some[0].Table, cancellationToken);
            List<TablePart> same = [.. some.Where(p => now.GetValueOrDefault(p.Mark!.Part).Mark?.State == p.Mark.State)];
            List<TablePart> others = [.. some.Where(p => now.ContainsKey(p.Mark!.Part)).Except(same)];
            await ReleaseAsync(statements, [.. others.Intersect(closed)], cancellationToken);
            changed.AddRange(others);
            if (same.Count == 0)
                continue;
            seen = await RemoveAsync(statements, same, cancellationToken);
            removed += same.Sum(p => now[p.Mark!.Part].Rows);
        }

        if (changed.Count == 0)
            return removed;
        throw new EngineException(
            EngineCodes.Conflict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Somebody wrote to {changed[0].Table.Text} of {changed[0].Range}{(changed.Count > 1 ? $" and {changed.Count - 1} other partitions" : "")} while it was proven. It stays, and is proven again."
            ),
            isTransient: true
        );
    }

    /// <inheritdoc/>
    public override async Task ReleaseAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parts);
        await using var borrowed = engine.Borrow();
        foreach (var part in parts.Select(Of).Where(p => p.CanBeSealed))
            await borrowed.Session.ExecuteAsync(PartitionShapes.Unseal(part.Table, part.Values), cancellationToken);
    }

    // A table without partitions looks as one that cannot be seen does, and of that nobody knows what is left.
    private async Task RequireSeenAsync(TableName table, CancellationToken cancellationToken)
    {
        await using var borrowed = engine.Borrow();
        if ((await borrowed.Session.QueryAsync(CatalogShapes.Table(table), cancellationToken)).Rows.Count == 0)
            throw new EngineException(
                EngineCodes.Unknown,
                $"{table.Text} cannot be seen any more: it was dropped or renamed, or the right to it was taken away. Whether its partitions are there is not known, so nothing is written down as removed. Look at the table, then run again."
            );
    }

    // Right after the look: what is not sealed is open to writers for no longer than that.
    private async Task<IReadOnlyDictionary<string, PartState>> RemoveAsync(
        IStatements statements,
        IReadOnlyList<TablePart> parts,
        CancellationToken cancellationToken
    )
    {
        var table = parts[0].Table;
        var seen = engine.Freshness.SeenAt(table);
        var drop = PartitionShapes.Drop(table, [.. parts.Select(p => Of(p).Values)]);
        _drops.Add(drop, drop);
        await statements.ExecuteAsync(drop, cancellationToken);

        // No row was written: what is left is seen as it was before.
        if (seen is { } at)
            engine.Freshness.Refreshed(table, at);
        var now = await StatesAsync(statements, table, cancellationToken);
        var left = parts.Count(p => now.ContainsKey(p.Mark!.Part));
        if (left == 0)
            return now;
        throw new EngineException(
            EngineCodes.NotWritten,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{left} of {parts.Count} partitions of {table.Text} are still there after they were dropped. They are proven, and nobody reads them any more: run again, and if it stays so, report it."
            )
        );
    }

    private TablePart Held(TableName table, Piece piece)
    {
        var mark = MarkOf(piece);
        _held.Add(mark, new(table, piece.Values, piece.IsSealed));
        return new(table, table, piece.Range!) { Within = PartitionShapes.Is(piece.Values), Mark = mark };
    }

    /// <inheritdoc/>
    public override bool Closes(TablePart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return !part.IsQuiet && Of(part) is { WasSealed: false, CanBeSealed: true };
    }

    private List<HeldPart> Unsealed(IEnumerable<TablePart> parts) => [.. parts.Where(Closes).Select(Of)];

    // What was closed.
    private async Task<IReadOnlyList<TablePart>> SealAsync(
        IStatements statements,
        IReadOnlyList<TablePart> parts,
        CancellationToken cancellationToken
    )
    {
        List<TablePart> open = [.. parts.Where(Closes)];
        if (open.Count == 0)
            return open;
        await using var borrowed = engine.Borrow();
        foreach (var part in open.Select(Of))
        {
            var seal = PartitionShapes.Seal(part.Table, part.Values);
            statements.Note(seal);
            await borrowed.Session.ExecuteAsync(seal, cancellationToken);
        }

        await Task.Delay(s_settling, cancellationToken);
        return open;
    }

    private static IReadOnlyDictionary<string, PartState>? Looked(IStatements statements, TableName table) =>
        statements.Own is CrateDbStatements own && own.Looked() is { } look ? States(look.Of(table)) : null;

    // All of them can be read, or this throws: what is missing has not gone.
    private async Task<IReadOnlyDictionary<string, PartState>> StatesAsync(
        IStatements statements,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        if (statements.Own is CrateDbStatements own)
            return States((await own.HoldAsync(table, cancellationToken)).Of(table));
        await using var borrowed = engine.Borrow();
        return States((await StateLook.ReadWholeAsync(borrowed.Session, [table], cancellationToken)).Of(table));
    }

    private static IReadOnlyDictionary<string, PartState> States(IReadOnlyList<PieceState> states) =>
        states.Select(s => new PartState(MarkOf(s.Ident, s.Marks), s.Rows)).ToDictionary(s => s.Mark.Part, StringComparer.Ordinal);

    private readonly record struct PartState(PartMark Mark, long Rows);

    private async Task<IReadOnlyList<Piece>> PiecesAsync(
        TableName table,
        string time,
        PartitionWidth? said,
        CancellationToken cancellationToken
    )
    {
        await using var borrowed = engine.Borrow();
        var grid = PartitionGrid.Of(said);

        // What a table is partitioned by never changes, and it was described in this run.
        var read =
            _last.TryGetValue(table, out var last) && last is { Table.Columns.Count: > 0 }
                ? await PieceReader.ReadAsync(borrowed.Session, table, (new([]), last.Table.Columns), time, grid, cancellationToken)
                : await PieceReader.ReadAsync(borrowed.Session, table, time, grid, cancellationToken);
        if (read is null)
            return [];
        Seen(table, time, read);
        return read.Pieces;
    }

    /// <summary>Which partition it is, and what it holds.</summary>
    public static PartMark MarkOf(Piece piece) => MarkOf(piece.Ident, piece.Marks);

    private static PartMark MarkOf(string ident, IReadOnlyList<ShardMark> marks) =>
        new(
            $"{ident} {string.Join(',', marks.Select(m => m.Partition).Distinct())}",
            string.Join(
                ',',
                marks.OrderBy(m => m.Shard).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Shard}:{m.Sequence}"))
            )
        );
}
