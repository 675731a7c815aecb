using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>The partitions of a table from the catalogs: four small questions, however many there are.</summary>
internal static class PieceReader
{
    private static readonly IReadOnlyDictionary<string, object?> s_nothing = new Dictionary<string, object?>();

    /// <summary>The table with its partitions; null where there is no such table, or no right to it.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="table">Which, with its schema.</param>
    /// <param name="time">The time column of the policy.</param>
    /// <param name="stated">What the policy says of a partition column whose expression does not tell it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<PiecedTable?> ReadAsync(
        SqlSession session,
        TableName table,
        string time,
        (string Column, PartitionGrid Grid)? stated,
        CancellationToken cancellationToken
    )
    {
        var found = (await session.QueryAsync(CatalogShapes.Table(table), cancellationToken)).Rows;
        if (found is not [var described])
            return null;
        var columns = await ColumnsAsync(session, table, Texts(described[0]), cancellationToken);
        return await ReadAsync(session, table, (described, columns), time, stated, cancellationToken);
    }

    /// <summary>The same of a table that was described just now.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="table">Which, with its schema.</param>
    /// <param name="known">What <see cref="CatalogShapes.Table"/> says of it, and its partition columns.</param>
    /// <param name="time">The time column of the policy.</param>
    /// <param name="stated">What the policy says of a partition column whose expression does not tell it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<PiecedTable> ReadAsync(
        SqlSession session,
        TableName table,
        (Row Described, IReadOnlyList<PartitionColumn> Columns) known,
        string time,
        (string Column, PartitionGrid Grid)? stated,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<Row> partitions =
            known.Columns.Count == 0 ? [] : (await session.QueryAsync(CatalogShapes.Partitions(table), cancellationToken)).Rows;
        return Read(known, time, stated, partitions, (await session.QueryAsync(CatalogShapes.Shards(table), cancellationToken)).Rows);
    }

    /// <summary>The same from what the catalogs said.</summary>
    /// <param name="known">What <see cref="CatalogShapes.Table"/> says of it, and its partition columns.</param>
    /// <param name="time">The time column of the policy.</param>
    /// <param name="stated">What the policy says of a partition column whose expression does not tell it.</param>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="primaries">Its primary shards.</param>
    public static PiecedTable Read(
        (Row Described, IReadOnlyList<PartitionColumn> Columns) known,
        string time,
        (string Column, PartitionGrid Grid)? stated,
        IReadOnlyList<Row> partitions,
        IReadOnlyList<Row> primaries
    )
    {
        var (described, columns) = known;
        var shards = primaries.ToLookup(r => r.TextOrNull(0) ?? "");
        var parser = new PieceParser(columns, time, stated);
        var pieces = columns.Count == 0 ? [Whole(described, shards[""])] : partitions.Select(p => Partition(p, parser, shards[p.Text(0)]));
        return new(
            columns,
            [.. pieces.OrderBy(p => p.Range?.To ?? NodaTime.Instant.MaxValue).ThenBy(p => p.Ident, StringComparer.Ordinal)]
        );
    }

    private static async Task<IReadOnlyList<PartitionColumn>> ColumnsAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        if (names.Count == 0)
            return [];
        var known = (await session.QueryAsync(CatalogShapes.Columns(table), cancellationToken)).Rows.ToDictionary(
            r => r.Text(0),
            r => new PartitionColumn(r.Text(0), r.Text(1), r.TextOrNull(2)),
            StringComparer.Ordinal
        );

        // A partition column that the catalog hides is one without an expression.
        return [.. names.Select(n => known.GetValueOrDefault(n) ?? new(n, "", null))];
    }

    private static Piece Partition(Row row, PieceParser parser, IEnumerable<Row> shards)
    {
        var values = parser.Values((IReadOnlyDictionary<string, object?>)row[1]!);
        var (range, reason) = parser.RangeOf(values);
        return new Piece
        {
            Ident = row.Text(0),
            Values = values,
            Range = range,
            Reason = reason,
            Shards = row.Long(2),
            Replicas = row.TextOrNull(6) ?? "",
        }.With(row[3], row[4], row[5], [.. shards]);
    }

    private static Piece Whole(Row row, IEnumerable<Row> shards) =>
        new Piece
        {
            Ident = "",
            Values = [],
            Reason = "the table has no partitions",
            Shards = row.Long(1),
        }.With(row[2], row[3], row[4], [.. shards]);

    private static Piece With(this Piece piece, object? closed, object? place, object? blocked, IReadOnlyList<Row> shards) =>
        piece with
        {
            IsClosed = closed is true,
            IsSealed = blocked is true or "true",
            Place = ((IReadOnlyDictionary<string, object?>?)place ?? s_nothing).ToDictionary(p => p.Key, p => p.Value as string ?? ""),
            Started = shards.Count(IsOpen),
            Rows = shards.Sum(s => s.LongOrNull(4) ?? 0),
            Bytes = shards.Sum(s => s.LongOrNull(5) ?? 0),
            Marks = [.. shards.Where(IsOpen).Select(Mark)],
        };

    /// <summary>False for a shard that does not tell its changes: it is not open yet, or not any more, and cannot be read.</summary>
    public static bool IsOpen(Row shard) => !shard.IsNull(3);

    /// <summary>The mark of a row of <see cref="CatalogShapes.Shards(TableName)"/>.</summary>
    public static ShardMark Mark(Row shard) => new(shard.TextOrNull(1) ?? "", shard.Long(2), shard.Long(3));

    private static IReadOnlyList<string> Texts(object? array) => [.. ((object?[]?)array ?? []).Cast<string>()];
}
