using Varve.Queries;

namespace Varve.Tests.Queries;

/// <summary>docs/queries.md has a row for each key, and none for a key that does not exist.</summary>
public sealed class QueryDocsTests
{
    [Fact]
    public void The_table_of_keys_is_that_of_the_reader()
    {
        var lines = File.ReadAllLines(Path.Combine(HouseRulesSource.Root, "docs", "queries.md"));
        var from = Array.FindIndex(lines, l => l.StartsWith("| key |", StringComparison.Ordinal)) + 2;
        Assert.Equal(
            QueryKeys.All.Select(k => $"| `{k.Name}` | {k.Default} | {k.Meaning} |"),
            lines[from..].TakeWhile(l => l.StartsWith('|'))
        );
    }
}
