namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What is asked of the rows before a catalog is read.</summary>
internal sealed class Counted
{
    /// <summary>Rows by table, partition and shard.</summary>
    internal Dictionary<(CrateTable Table, string Ident, int Shard), long> Rows { get; } = [];

    /// <summary>The columns of views.</summary>
    internal Dictionary<CrateView, IReadOnlyList<(string Name, string Type)>> Columns { get; } = [];
}
