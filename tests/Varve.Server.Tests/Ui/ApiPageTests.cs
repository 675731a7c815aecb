using System.Text.Json;
using System.Text.RegularExpressions;
using Varve.Server.Access;

namespace Varve.Server.Tests.Ui;

/// <summary>The page of the API has what its document has.</summary>
[Collection(Served.Name)]
public sealed partial class ApiPageTests(ServedDatabase served)
{
    [Fact]
    public async Task Every_operation_and_every_shape_stands_there_once_and_links_lead_somewhere()
    {
        using var client = served.Client(Role.Viewer);
        var document = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("api/v1/openapi.json"));
        var page = await client.GetStringAsync("api");
        var operations = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject())
            .Select(o => o.Value)
            .ToList();
        var shapes = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => s.Name).ToList();
        var expected = operations.Select(o => o.GetProperty("operationId").GetString()!).Concat(shapes).Order(StringComparer.Ordinal);
        Assert.Equal(expected, Target().Matches(page).Select(m => m.Groups["id"].Value).Order(StringComparer.Ordinal));
        var links = Link().Matches(page).Select(m => m.Groups["id"].Value).ToHashSet();
        Assert.Empty(links.Except(shapes));
        Assert.Contains("RunBody", links);
        Assert.Equal(
            operations.Count(o => o.GetProperty("description").GetString() == "Takes the role admin."),
            page.Split("<span>Takes the role admin.</span>").Length - 1
        );
    }

    [Fact]
    public async Task Operations_are_found_by_path_name_and_group()
    {
        using var client = served.Client(Role.Viewer);
        foreach (var (words, found, not) in new[] { ("BACKFILL", "BeginBackfill", "ListTokens"), ("/holds", "Hold", "GetPolicy") })
        {
            var page = await client.GetStringAsync($"api?find={Uri.EscapeDataString(words)}");
            Assert.Contains($"<div id=\"{found}\">", page, StringComparison.Ordinal);
            Assert.DoesNotContain($"<div id=\"{not}\">", page, StringComparison.Ordinal);
            var links = Link().Matches(page).Select(m => m.Groups["id"].Value).ToHashSet();
            Assert.NotEmpty(links);
            Assert.Empty(links.Except(Target().Matches(page).Select(m => m.Groups["id"].Value)));
        }

        Assert.Contains("No operation is called so.", await client.GetStringAsync("api?find=nonsense"), StringComparison.Ordinal);
    }

    [GeneratedRegex("<div id=\"(?<id>[^\"]+)\">")]
    private static partial Regex Target();

    [GeneratedRegex("href=\"#(?<id>[A-Z][^\"]*)\"")]
    private static partial Regex Link();
}
