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

/// <summary>What is there, from the catalogs of the cluster: relations, columns, partitions, rows, bytes.</summary>
internal static class CrateDbObserver
{
    /// <summary>Names are matched exactly. What is below an object column is a column with the keys in brackets.</summary>
    public static async Task<TableDescription?> DescribeAsync(
        CrateDbEngine engine,
        SqlSession session,
        TableName table,
        CatalogLook look,
        CancellationToken cancellationToken
    )
    {
        if (look.Table(table) is not { } relation)
            return null;
        var (description, partitioned) = Describe(table, relation, look.Columns(table));
        if (partitioned is null || TimeOf(partitioned) is not { } time)
            return description;
        var read = PieceReader.Read((relation, partitioned), time, null, look.Partitions(table), look.Shards(table));
        engine.Partitions.Seen(table, time, read);
        return description with { Pieces = await PiecesAsync(session, table, time, read.Pieces, cancellationToken) };
    }

    /// <summary>Partitions as parts by time.</summary>
    public static async Task<TablePieces> PiecesAsync(
        SqlSession session,
        TableName table,
        string time,
        IReadOnlyList<Piece> pieces,
        CancellationToken cancellationToken
    ) => new(time, await PartsAsync(session, table, pieces, cancellationToken)) { AreAll = pieces.All(p => p.Range is not null) };

    /// <summary>A relation with its columns; and the columns that its parts are made by, null where nobody asks for its parts.</summary>
    private static (TableDescription Description, IReadOnlyList<PartitionColumn>? Partitioned) Describe(
        TableName table,
        Row relation,
        IReadOnlyList<Row> rows
    )
    {
        IReadOnlyList<Column> columns =
        [
            .. rows.Select(r => new Column(r.Text(0), CrateDbTypes.Read(r.Text(1), r.LongOrNull(3)), r.Text(1))),
        ];
        var isTable = relation.Text(5) == "BASE TABLE";
        var names = (object?[]?)relation[0] ?? [];

        // The parts of a tier are Varve's own matter, and nobody asks for them.
        if (!isTable || names.Length == 0 || names is [string part] && part == CrateDbTierSql.Part.Value)
            return (new(table, !isTable, columns), null);
        List<PartitionColumn> partitioned =
        [
            .. names
                .Cast<string>()
                .Select(n =>
                    rows.FirstOrDefault(r => r.Text(0) == n) is { } r
                        ? new(n, r.Text(1), r.TextOrNull(2))
                        : new PartitionColumn(n, "", null)
                ),
        ];
        return (
            new(table, false, columns) { PartitionedBy = [.. partitioned.Select(c => new PartitionedBy(c.Name, PieceParser.ReasonOf(c)))] },
            partitioned
        );
    }

    /// <summary>
    /// Rows are counted, which CrateDB does without reading them; bytes are those of the primary shards. Views and what is not
    /// there are left out.
    /// </summary>
    public static async Task<IReadOnlyList<RelationSize>> MeasureAsync(
        CrateDbStatements statements,
        CrateDbEngine engine,
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        List<(TableName Asked, TableName Whole)> found = [];
        foreach (var table in tables.Distinct())
        {
            var whole = engine.Whole(table);
            if (statements.IsTable(whole) || await IsTableAsync(statements.Session, whole, cancellationToken))
                found.Add((table, whole));
        }

        if (found.Count == 0)
            return [];
        IReadOnlyList<TableName> wholes = [.. found.Select(f => f.Whole)];
        if (statements.Known(wholes) is { } known)
            return [.. found.Zip(known, (f, k) => new RelationSize(f.Asked, k.Rows, withBytes ? k.Bytes : 0))];
        await statements.BeginReadAsync(wholes, cancellationToken);
        var rows = (await statements.QueryAsync(ObserverShapes.Rows(wholes), cancellationToken))[0];
        var bytes = withBytes
            ? (await statements.Session.QueryAsync(ObserverShapes.Bytes(wholes), cancellationToken)).Rows.ToDictionary(
                r => new TableName(r.Text(0), r.Text(1)),
                r => r.LongOrNull(2) ?? 0
            )
            : [];
        return [.. found.Select((f, i) => new RelationSize(f.Asked, rows.Long(i), bytes.GetValueOrDefault(f.Whole)))];
    }

    private static async Task<bool> IsTableAsync(SqlSession session, TableName table, CancellationToken cancellationToken) =>
        (await session.QueryAsync(CatalogShapes.Table(table), cancellationToken)).Rows is [var relation]
        && relation.Text(5) == "BASE TABLE";

    /// <summary>Partitions as parts by time; those of which no times are known are left out.</summary>
    private static async Task<IReadOnlyList<TablePiece>> PartsAsync(
        SqlSession session,
        TableName table,
        IReadOnlyList<Piece> pieces,
        CancellationToken cancellationToken
    )
    {
        var places = pieces.Any(p => p.Place.Count > 0) ? await PlacesAsync(session, table, cancellationToken) : null;
        return
        [
            .. pieces
                .Where(p => p.Range is not null)
                .GroupBy(p => p.Range!)
                .OrderBy(g => g.Key.From)
                .Select(g => Part(g.Key, [.. g], places)),
        ];
    }

    /// <summary>Partitions of the same times are one part; it is at a place where all of them are, and none is on its way.</summary>
    private static TablePiece Part(TimeRange range, IReadOnlyList<Piece> pieces, ILookup<string, ShardCopy>? places)
    {
        List<Place?> at = [.. pieces.Select(p => PlaceOf(p, places)).Distinct()];
        List<string> replicas = [.. pieces.Select(p => p.Replicas).Distinct()];
        return new(range)
        {
            Bytes = pieces.Sum(p => p.Bytes),
            Place = at.Count == 1 ? at[0] : null,
            Also = replicas is [{ Length: > 0 } same] ? [new(same, PartitionCare.Replicas)] : [],
            State = pieces.All(p => p.IsWhole) ? PartMark.Together(pieces.Select(CrateDbPartitions.MarkOf)) : null,
        };
    }

    // What was asked for is where a partition lies only where every copy has come there.
    private static Place? PlaceOf(Piece piece, ILookup<string, ShardCopy>? places)
    {
        foreach (var (attribute, value) in piece.Place)
            if (places?[piece.Ident].All(c => c.IsAt(attribute, value)) == true)
                return new(value, attribute);
        return null;
    }

    private static async Task<ILookup<string, ShardCopy>> PlacesAsync(
        SqlSession session,
        TableName table,
        CancellationToken cancellationToken
    ) =>
        (await session.QueryAsync(PlaceShapes.AllCopies(table), cancellationToken)).Rows.ToLookup(
            r => r.TextOrNull(8) ?? "",
            CopyReader.Copy
        );

    /// <summary>The column that partitions are made from; null where none is known.</summary>
    public static string? TimeOf(IReadOnlyList<PartitionColumn> columns) =>
        columns
            .Select(c => c.Expression is { } expression ? GenerationExpression.Read(expression).Read?.Time : null)
            .FirstOrDefault(t => t is not null);
}
