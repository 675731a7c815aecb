using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// How every partition of some tables stands at one instant, with one question: whether all of it can be read, as
/// <see cref="ShardGuard"/> asks, and which changes it has seen.
/// </summary>
internal sealed class StateLook
{
    private readonly ILookup<TableName, Row> _rows;

    private StateLook(IReadOnlyList<Row> rows) => _rows = rows.ToLookup(r => new TableName(r.Text(0), r.Text(1)));

    /// <summary>Looks, and throws where something of the tables cannot be read.</summary>
    /// <exception cref="EngineException">Not all of them can be read; it is worth waiting, unless one is closed.</exception>
    public static async Task<StateLook> ReadWholeAsync(
        SqlSession session,
        IReadOnlyList<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        var look = new StateLook((await session.QueryAsync(CatalogShapes.States(tables), cancellationToken)).Rows);
        foreach (var table in tables)
            ShardGuard.Require(table, [.. look.Of(table).Where(s => s.IsClosed || s.Marks.Count < s.Shards).Select(Missing)]);
        return look;
    }

    /// <summary>The partitions of a table; the table itself, with an empty ident, where it has none.</summary>
    public IReadOnlyList<PieceState> Of(TableName table) =>
        [
            .. _rows[table]
                .GroupBy(r => r.TextOrNull(2) ?? "")
                .Select(g =>
                {
                    // One that does not tell its changes is not open yet, or not any more, and could not be read either.
                    List<Row> started = [.. g.Where(r => !r.IsNull(7) && !r.IsNull(8))];
                    return new PieceState(
                        g.Key,
                        g.First().Long(3),
                        g.First()[4] is true,
                        g.First()[5] is true or "true",
                        [.. started.Select(r => new ShardMark(r.TextOrNull(6) ?? "", r.Long(7), r.Long(8)))],
                        started.Sum(r => r.LongOrNull(9) ?? 0)
                    );
                }),
        ];

    private static MissingShards Missing(PieceState state) => new(state.Ident, state.Shards, state.Marks.Count, state.IsClosed);
}

/// <summary>How a partition stands.</summary>
/// <param name="Ident">Which.</param>
/// <param name="Shards">How many primary shards it should have.</param>
/// <param name="IsClosed">True: closed, and left out of every answer.</param>
/// <param name="IsSealed">True: it takes no writes.</param>
/// <param name="Marks">The state of each primary shard that is there.</param>
/// <param name="Rows">Its rows, those not refreshed left out.</param>
internal sealed record PieceState(string Ident, long Shards, bool IsClosed, bool IsSealed, IReadOnlyList<ShardMark> Marks, long Rows);
