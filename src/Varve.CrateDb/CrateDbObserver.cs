using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
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
    public static async Task<TableDescription?> DescribeAsync(SqlSession session, TableName table, CancellationToken cancellationToken)
    {
        var found = (await session.QueryAsync(ObserverShapes.Relation(table), cancellationToken)).Rows;
        if (found is not [var relation]) return null;
        var rows = (await session.QueryAsync(ObserverShapes.Columns(table), cancellationToken)).Rows;
        IReadOnlyList<Column> columns = [.. rows.Select(r => new Column(r.Text(0), CrateDbTypes.Read(r.Text(1), r.LongOrNull(2)), r.Text(1)))];
        var isTable = relation.Text(0) == "BASE TABLE";
        var names = (object?[]?)relation[1] ?? [];
        if (!isTable || names.Length == 0) return new(table, !isTable, columns);
        List<PartitionColumn> partitioned = [.. names.Cast<string>().Select(n => rows.FirstOrDefault(r => r.Text(0) == n) is { } r ? new(n, r.Text(1), r.TextOrNull(3)) : new PartitionColumn(n, "", null))];
        return new(table, false, columns) { Pieces = await PiecesAsync(session, table, partitioned, cancellationToken) };
    }

    /// <summary>Rows are counted, which CrateDB does without reading them; bytes are those of the primary shards. Views and what is not there are left out.</summary>
    public static async Task<IReadOnlyList<RelationSize>> MeasureAsync(
        CrateDbStatements statements, CrateDbEngine engine, IReadOnlyList<TableName> tables, bool withBytes, CancellationToken cancellationToken)
    {
        List<RelationSize> sizes = [];
        foreach (var table in tables.Distinct())
        {
            var whole = engine.Whole(table);
            var found = (await statements.Session.QueryAsync(ObserverShapes.Relation(whole), cancellationToken)).Rows;
            if (found is not [var relation] || relation.Text(0) != "BASE TABLE") continue;
            var rows = (await statements.QueryAsync(RowsSql.All(whole), cancellationToken))[0].Long(0);
            var bytes = withBytes ? (await statements.Session.QueryAsync(ObserverShapes.Bytes(whole), cancellationToken)).Rows[0].LongOrNull(0) ?? 0 : 0;
            sizes.Add(new(table, rows, bytes));
        }

        return sizes;
    }

    /// <summary>The times of each partition by the column that says them; null where no expression does.</summary>
    private static async Task<TablePieces?> PiecesAsync(SqlSession session, TableName table, IReadOnlyList<PartitionColumn> columns, CancellationToken cancellationToken)
    {
        if (TimeOf(columns) is not { } time) return null;
        var parser = new PieceParser(columns, time);
        var partitions = (await session.QueryAsync(CatalogShapes.Partitions(table), cancellationToken)).Rows;
        var ranges = partitions.Select(p => parser.RangeOf(parser.Values((IReadOnlyDictionary<string, object?>)p[1]!)).Range);
        return new(time, [.. ranges.OfType<TimeRange>().Distinct().OrderBy(r => r.From)]);
    }

    /// <summary>The column that partitions are made from; null where none is known.</summary>
    public static string? TimeOf(IReadOnlyList<PartitionColumn> columns) => columns
        .Select(c => c.Expression is { } expression ? GenerationExpression.Read(expression).Read?.Time : null)
        .FirstOrDefault(t => t is not null);
}
