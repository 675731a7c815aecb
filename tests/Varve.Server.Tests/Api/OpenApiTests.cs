using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Varve.Server.Tests.Api;

[Collection(Served.Name)]
public sealed class OpenApiTests(ServedDatabase served)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What programs build on: VARVE_APPROVE=1 writes it.</summary>
    [Fact]
    public async Task The_document_is_as_approved()
    {
        using var client = served.With(null);
        var text =
            JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("api/v1/openapi.json")), Indented)
            + "\n";
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            await File.WriteAllTextAsync(Approved(), text);
        Assert.Equal(await File.ReadAllTextAsync(Approved()), text);
    }

    private static string Approved([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "openapi.approved.json");
}
