using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Arrays of text as PostgreSQL writes them.</summary>
internal static class PgArray
{
    internal static IReadOnlyList<string?> Read(string text)
    {
        using var json = JsonDocument.Parse(
            PgAnswer
                .Of(
                    new(
                        [("a", "text[]")],
                        [
                            [text],
                        ]
                    )
                )
                .Body
        );
        return [.. json.RootElement.GetProperty("rows")[0][0].EnumerateArray().Select(v => v.GetString())];
    }
}
