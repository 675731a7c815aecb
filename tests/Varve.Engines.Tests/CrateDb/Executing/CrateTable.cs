using System.Globalization;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// A table: what is defined of it, its partitions and shards, and the four tables of PostgreSQL that hold its rows. Current
/// has every change at once, visible what was refreshed, changed the rows that differ between the two, and staged what a
/// statement is about to write.
/// </summary>
/// <param name="schema">The schema of PostgreSQL.</param>
/// <param name="number">One of its own.</param>
internal sealed class CrateTable(string schema, int number)
{
    private readonly Dictionary<string, CratePartition> _partitions = new(StringComparer.Ordinal);

    internal required string Schema { get; set; }

    internal required string Name { get; set; }

    internal required List<CrateColumn> Columns { get; init; }

    internal IReadOnlyList<string> Key { get; init; } = [];

    internal IReadOnlyList<string> PartitionedBy { get; init; } = [];

    internal string ClusteredBy { get; init; } = "_id";

    internal int ShardCount { get; init; } = 4;

    internal Dictionary<string, string> Settings { get; init; } = new(StringComparer.Ordinal);

    internal bool IsClosed { get; set; }

    /// <summary>Something was written since the last refresh.</summary>
    internal bool IsChanged { get; set; }

    internal bool IsPartitioned => PartitionedBy.Count > 0;

    /// <summary>Every partition by its ident; a table without partitions is one, whose ident is empty.</summary>
    internal IReadOnlyDictionary<string, CratePartition> Partitions => _partitions;

    internal string Current => At("");

    internal string Visible => At("v");

    internal string Changed => At("d");

    internal string Staged => At("s");

    internal string Sequence => At("q");

    /// <summary>Every column, for PostgreSQL.</summary>
    internal string AllColumns => string.Join(", ", Columns.Select(c => c.Quoted));

    /// <summary>The columns that a writer fills.</summary>
    internal IEnumerable<CrateColumn> Written => Columns.Where(c => c.Generated is null);

    internal IEnumerable<CrateColumn> PartitionColumns => PartitionedBy.Select(Column);

    /// <summary>The shard of a row.</summary>
    internal string ShardOf
    {
        get
        {
            var id = Key.Count == 0 ? "_id::text" : string.Join(" || '/' || ", Key.Select(k => $"{PgName.Quote(k)}::text"));
            return $"(hashtext({id})::int8 & 2147483647) % {ShardCount.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    /// <summary>The values of the partition of a row, as an array of text.</summary>
    internal string ValuesOf =>
        IsPartitioned ? $"ARRAY[{string.Join(", ", PartitionedBy.Select(p => $"{PgName.Quote(p)}::text"))}]::text[]" : "'{}'::text[]";

    internal CrateColumn Column(string name) => Find(name) ?? throw CrateError.UnknownColumn(name);

    internal CrateColumn? Find(string name) => Columns.Find(c => c.Name == name);

    internal void Add(CratePartition partition) => _partitions[partition.Ident] = partition;

    internal void Remove(string ident) => _partitions.Remove(ident);

    /// <summary>Rows of some partitions, as a condition; false of none.</summary>
    internal string In(IEnumerable<CratePartition> partitions)
    {
        var lists = partitions
            .Select(p =>
                $"({string.Join(" AND ", PartitionedBy.Zip(p.Values, (c, v) => v is null
            ? $"{PgName.Quote(c)} IS NULL"
            : $"{PgName.Quote(c)} = {PgName.Literal(v)}::{Column(c).Type.Stored}"))})"
            )
            .ToList();
        return lists.Count == 0 ? "false"
            : IsPartitioned ? $"({string.Join(" OR ", lists)})"
            : "true";
    }

    private string At(string suffix) => string.Create(CultureInfo.InvariantCulture, $"{schema}.t{number}{suffix}");
}
