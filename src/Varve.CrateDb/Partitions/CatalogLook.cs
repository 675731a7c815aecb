using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>What the catalogs of the cluster say of some relations: four questions, however many there are.</summary>
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
            foreach (var row in (await session.QueryAsync(CatalogShapes.Tables(some), cancellationToken)).Rows)
                look._tables[new(row.Text(6), row.Text(7))] = row;
            Add(look._columns, (await session.QueryAsync(CatalogShapes.Columns(some), cancellationToken)).Rows, 4);
            List<TableName> stored = [.. some.Where(t => look.Table(t)?.Text(5) == "BASE TABLE")];
            if (stored.Exists(t => look.Table(t)![0] is object?[] { Length: > 0 }))
                Add(look._partitions, (await session.QueryAsync(CatalogShapes.Partitions(stored), cancellationToken)).Rows, 7);
            if (stored.Count > 0)
                Add(look._shards, (await session.QueryAsync(CatalogShapes.Shards(stored), cancellationToken)).Rows, 6);
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
        var started = Shards(table).CountBy(s => s.TextOrNull(0) ?? "").ToDictionary();
        if (relation[0] is not object?[] { Length: > 0 })
            return relation[2] is not true && started.GetValueOrDefault("") >= relation.Long(1);
        return Partitions(table).All(p => p[3] is not true && started.GetValueOrDefault(p.Text(0)) >= p.Long(2));
    }

    private static void Add(Dictionary<TableName, List<Row>> all, IReadOnlyList<Row> rows, int schema)
    {
        foreach (var row in rows)
        {
            var table = new TableName(row.Text(schema), row.Text(schema + 1));
            if (!all.TryGetValue(table, out var own))
                all[table] = own = [];
            own.Add(row);
        }
    }
}
