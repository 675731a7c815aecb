using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Varve.Server.Tests.Client;

[Collection(Served.Name)]
public sealed class ClientSourceTests(ServedDatabase served)
{
    /// <summary>What programs build on: VARVE_APPROVE=1 writes it.</summary>
    [Fact]
    public async Task It_is_made_from_the_document()
    {
        using var http = served.With(null);
        var files = new ClientSource(JsonNode.Parse(await http.GetStringAsync("api/v1/openapi.json"))!).Files();
        var folder = Folder();
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
        {
            foreach (var before in Made(folder))
                File.Delete(Path.Combine(folder, before));
            foreach (var (name, text) in files)
                await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        }

        Assert.Equal(files.Keys, Made(folder));
        foreach (var (name, text) in files)
            Assert.True(
                text == await File.ReadAllTextAsync(Path.Combine(folder, name)),
                $"{name} is not what the document says: VARVE_APPROVE=1 writes it anew."
            );
    }

    /// <summary>The files that were made from a document, and not by a person.</summary>
    private static IReadOnlyList<string> Made(string folder) =>
        [
            .. new[] { folder, Path.Combine(folder, "Shapes") }
                .SelectMany(f => Directory.EnumerateFiles(f, "*.cs"))
                .Where(f => File.ReadAllText(f).StartsWith(ClientSource.Head, StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(folder, f))
                .Order(StringComparer.Ordinal),
        ];

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src", "Varve.Client"));
}
