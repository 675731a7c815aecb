using Varve.Engines.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Varve.Engines.Tests;

/// <summary>
/// Classes that take minutes begin first. One that begins last would hold one processor while the other has nothing to do.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // What test.sh names as the slowest, the longest first.
    private static readonly string[] s_long = ["Kills", "OddTimes", "PastLives", "LongAgo", "Lives", "Times", "Approximate", "Late"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        // "Test collection for Varve.Engines.Tests.DuckDbKills (id: …)"
        var place = Array.FindIndex(s_long, end => collection.TestCollectionDisplayName.Contains($"{end} (", StringComparison.Ordinal));
        return place < 0 ? s_long.Length : place;
    }
}
