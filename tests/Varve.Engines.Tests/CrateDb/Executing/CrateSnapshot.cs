namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A snapshot: the partitions as they were when it was taken.</summary>
internal sealed class CrateSnapshot
{
    internal required string Repository { get; init; }

    internal required string Name { get; init; }

    /// <summary>The tables of PostgreSQL with the rows.</summary>
    internal required IReadOnlyList<SavedTable> Tables { get; init; }

    internal required long Started { get; init; }

    /// <summary>How often it is looked at before it has ended.</summary>
    internal int LooksLeft { get; set; }

    /// <summary>The state that it ends in.</summary>
    internal required string State { get; set; }

    internal IReadOnlyList<string> Failures { get; set; } = [];

    internal int Shards => Tables.Sum(t => t.Partitions.Count * t.Table.ShardCount);
}

/// <summary>What a snapshot has of a table.</summary>
/// <param name="Table">The table as it was defined.</param>
/// <param name="Rows">The table of PostgreSQL with its rows.</param>
/// <param name="Partitions">The partitions of which rows were saved.</param>
/// <param name="IsWhole">All of the table.</param>
internal sealed record SavedTable(CrateTable Table, string Rows, IReadOnlyList<CratePartition> Partitions, bool IsWhole);
