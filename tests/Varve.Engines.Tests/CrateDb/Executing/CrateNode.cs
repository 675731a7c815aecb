namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A node of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Attributes">What it has.</param>
internal sealed record CrateNode(string Name, string Id, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Bytes of its disk.</summary>
    internal long Disk { get; init; } = 100_000_000_000;

    /// <summary>Bytes of it that are free.</summary>
    internal long Free { get; init; } = 84_721_500_160;

    internal string Version { get; init; } = "6.4.4";
}
