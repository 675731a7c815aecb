using NodaTime;
using Varve.Time;

namespace Varve.CrateDb.Partitions;

/// <summary>A column that a table is partitioned by.</summary>
/// <param name="Name">Its name; below an object column with the keys in brackets.</param>
/// <param name="Type">Its type as CrateDB writes it.</param>
/// <param name="Expression">What it is generated from; null for a column that writers fill.</param>
internal sealed record PartitionColumn(string Name, string Type, string? Expression)
{
    /// <summary>True for both kinds of timestamps.</summary>
    public bool IsTimestamp => Type.StartsWith("timestamp", StringComparison.Ordinal);

    /// <summary>A value as the catalog has it, in the column's own type.</summary>
    public object? Value(object? stored) => stored is long milliseconds && IsTimestamp ? CrateDbTime.At(milliseconds) : stored;
}

/// <summary>One value of a partition.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">An instant, an integer, a truth value, a double or text; null for NULL.</param>
internal sealed record PartitionValue(PartitionColumn Column, object? Value);

/// <summary>Which version of a shard's rows it is: it rises with every write, at once.</summary>
/// <param name="Partition">The identity of the partition; another one after it was dropped and made again.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Sequence">The greatest sequence number.</param>
internal sealed record ShardMark(string Partition, long Shard, long Sequence);

/// <summary>A partition, or a table that has none.</summary>
internal sealed record Piece
{
    /// <summary>How CrateDB names it; empty for a table without partitions.</summary>
    public required string Ident { get; init; }

    /// <summary>Its values, one for each partition column, in their order.</summary>
    public required IReadOnlyList<PartitionValue> Values { get; init; }

    /// <summary>The instants that its rows can have; null where that is not known.</summary>
    public TimeRange? Range { get; init; }

    /// <summary>Why <see cref="Range"/> is not known; null where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>How many primary shards it should have.</summary>
    public required long Shards { get; init; }

    /// <summary>How many of them are there and can be read.</summary>
    public long Started { get; init; }

    /// <summary>Its rows, those not refreshed left out; 0 where shards are missing too.</summary>
    public long Rows { get; init; }

    /// <summary>The bytes of its primary shards.</summary>
    public long Bytes { get; init; }

    /// <summary>The state of its rows, in the order of the shards.</summary>
    public IReadOnlyList<ShardMark> Marks { get; init; } = [];

    /// <summary>The attributes that its nodes must have, as somebody asked for.</summary>
    public IReadOnlyDictionary<string, string> Place { get; init; } = new Dictionary<string, string>();

    /// <summary>How many copies each shard should have besides the first, as CrateDB writes it: 1, or 0-1.</summary>
    public string Replicas { get; init; } = "";

    /// <summary>True: closed, and left out of every answer.</summary>
    public bool IsClosed { get; init; }

    /// <summary>True: it takes no writes.</summary>
    public bool IsSealed { get; init; }

    /// <summary>False where a read of it would silently leave rows out.</summary>
    public bool IsWhole => Started >= Shards && !IsClosed;
}

/// <summary>A table and its partitions.</summary>
/// <param name="Columns">The partition columns in the order of PARTITIONED BY; none for a table without partitions.</param>
/// <param name="Pieces">The partitions, the oldest first, those without a range last; the table itself where it has none.</param>
internal sealed record PiecedTable(IReadOnlyList<PartitionColumn> Columns, IReadOnlyList<Piece> Pieces);
