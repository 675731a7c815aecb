using System.Runtime.CompilerServices;
using System.Text.Json;
using Varve.Policies;
using Xunit;

namespace Varve.Tests.Policies;

public sealed class PolicySchemaTests
{
    [Fact]
    public void The_schema_in_the_docs_is_the_one_of_the_code() =>
        Approval.File(Path.GetFullPath(Path.Combine(Here(), "../../../docs/policy.schema.json")), PolicySchema.Json);

    [Fact]
    public void Every_built_key_has_its_place_and_its_meaning()
    {
        using var schema = JsonDocument.Parse(PolicySchema.Json);
        var properties = schema.RootElement.GetProperty("$defs").GetProperty("policy").GetProperty("properties");
        foreach (var key in PolicyKeys.Under(""))
        {
            Assert.Equal(!key.IsLater, properties.TryGetProperty(key.Name, out var found));
            if (!key.IsLater)
                Assert.StartsWith(key.Meaning, found.GetProperty("description").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Keys_and_codes_are_listed_once()
    {
        Assert.Equal(PolicyKeys.All.Count, PolicyKeys.All.Select(k => k.Path).Distinct().Count());
        Assert.Equal(PolicyCodes.All.Count, PolicyCodes.All.Select(c => c.Code).Distinct().Count());
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
