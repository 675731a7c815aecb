using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// What the catalogs of the cluster say of some relations: two questions, or three where some tables have no partitions, however
/// many there are.
/// </summary>
internal sealed class CatalogLook
{
    // A statement is at most 262,144 characters long, and its condition names every one of them.
    private const int Most = 500;

    private readonly Dictionary<TableName, Row> _tables = [];
    private readonly Dictionary<TableName, List<Row>> _columns = [];
    private readonly Dictionary<TableName, List<Row>> _partitions = [];
    private readonly Dictionary<TableName, List<Row>> _shards = [];

    /// <summary>Reads all of it. Relations that are not there, or that one has no right to, are left out.</summary>
    public static async Task<CatalogLook> ReadAsync(
        SqlSession session,
        IReadOnlyList<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        var look = new CatalogLook();
        foreach (var some in tables.Distinct().Chunk(Most))
        {
            foreach (var row in (await session.QueryAsync(CatalogShapes.TablesWithColumns(some), cancellationToken)).Rows)
            {
                var table = new TableName(row.Text(6), row.Text(7));
                look._tables[table] = row;
                if (!row.IsNull(8))
                    Add(look._columns, table, new([.. Values(row, 8, 4)]));
            }

            var stored = some.Where(t => look.Table(t)?.Text(5) == "BASE TABLE")
                .ToLookup(t => look.Table(t)![0] is object?[] { Length: > 0 });
            List<TableName> parted = [.. stored[true]],
                whole = [.. stored[false]];
            if (parted.Count > 0)
                look.AddPartitions((await session.QueryAsync(CatalogShapes.PartitionsWithShards(parted), cancellationToken)).Rows);
            if (whole.Count > 0)
                foreach (var row in (await session.QueryAsync(CatalogShapes.Shards(whole), cancellationToken)).Rows)
                    Add(look._shards, new(row.Text(6), row.Text(7)), row);
        }

        return look;
    }

    /// <summary>What <see cref="CatalogShapes.Table"/> gives; null where there is none.</summary>
    public Row? Table(TableName table) => _tables.GetValueOrDefault(table);

    /// <summary>What <see cref="CatalogShapes.Columns(TableName)"/> gives.</summary>
    public IReadOnlyList<Row> Columns(TableName table) => _columns.GetValueOrDefault(table) ?? [];

    /// <summary>What <see cref="CatalogShapes.Partitions(TableName)"/> gives.</summary>
    public IReadOnlyList<Row> Partitions(TableName table) => _partitions.GetValueOrDefault(table) ?? [];

    /// <summary>What <see cref="CatalogShapes.Shards(TableName)"/> gives.</summary>
    public IReadOnlyList<Row> Shards(TableName table) => _shards.GetValueOrDefault(table) ?? [];

    /// <summary>The bytes of its primary shards.</summary>
    public long Bytes(TableName table) => Shards(table).Sum(s => s.LongOrNull(5) ?? 0);

    /// <summary>True for a table of which every primary shard could be read when this was asked, as <see cref="ShardGuard"/> asks it.</summary>
    public bool IsWhole(TableName table)
    {
        if (Table(table) is not { } relation || relation.Text(5) != "BASE TABLE")
            return false;
        var started = Shards(table).Where(PieceReader.IsOpen).CountBy(s => s.TextOrNull(0) ?? "").ToDictionary();
        if (relation[0] is not object?[] { Length: > 0 })
            return relation[2] is not true && started.GetValueOrDefault("") >= relation.Long(1);
        return Partitions(table).All(p => p[3] is not true && started.GetValueOrDefault(p.Text(0)) >= p.Long(2));
    }

    // A partition has as many rows as shards that can be read, and one where it has none.
    private void AddPartitions(IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            var table = new TableName(row.Text(7), row.Text(8));
            if (Partitions(table) is not [.., var last] || last.Text(0) != row.Text(0))
                Add(_partitions, table, row);
            if (!row.IsNull(10))
                Add(_shards, table, new([row[0], .. Values(row, 9, 5)]));
        }
    }

    private static IEnumerable<object?> Values(Row row, int first, int count) => Enumerable.Range(first, count).Select(i => row[i]);

    private static void Add(Dictionary<TableName, List<Row>> all, TableName table, Row row)
    {
        if (!all.TryGetValue(table, out var own))
            all[table] = own = [];
        own.Add(row);
    }
}
