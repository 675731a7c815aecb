using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>A request as the stand-in sees it.</summary>
/// <param name="Node">Which node was asked.</param>
/// <param name="Connection">Over which of its connections.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Args">Its values; empty without any.</param>
/// <param name="Bulk">The rows of values of a bulk statement; null for any other.</param>
/// <param name="Headers">The headers by name.</param>
internal sealed record SqlCall(
    int Node,
    string Connection,
    string Statement,
    IReadOnlyList<JsonElement> Args,
    IReadOnlyList<IReadOnlyList<JsonElement>>? Bulk,
    IReadOnlyDictionary<string, string> Headers
)
{
    internal bool Says(string words) => Statement.Contains(words, StringComparison.Ordinal);
}
