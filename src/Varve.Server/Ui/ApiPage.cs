using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Varve.Server.Access;

namespace Varve.Server.Ui;

/// <summary>The API as people read it: made from the same document that clients are made from.</summary>
internal static class ApiPage
{
    private const string Root = "/api/v1";

    internal static void Map(RouteGroupBuilder pages) => pages.MapGet("/api", ShowAsync).Needs(Role.Viewer);

    /// <param name="http">The request.</param>
    /// <param name="provider">The document.</param>
    /// <param name="find">Part of a path, of what an operation is called, or of its group; null: all.</param>
    private static async Task<IResult> ShowAsync(
        HttpContext http,
        [FromKeyedServices("v1")] IOpenApiDocumentProvider provider,
        string? find
    )
    {
        var document = await provider.GetOpenApiDocumentAsync(http.RequestAborted);
        var words = string.IsNullOrWhiteSpace(find) ? null : find.Trim();
        var groups = Operations(document)
            .Where(o => words is null || o.IsFound(words))
            .GroupBy(o => o.Group, StringComparer.Ordinal)
            .ToList();
        return Shell.Page(
            http,
            "API",
            $"""
            <header class="head"><h1>API</h1><form class="find" role="search" method="get"><input type="search" name="find" value="{words}" placeholder="Path, name or group" aria-label="Find operations"><button>Find</button></form></header>
            <p class="hint">A program sends a token, <code>Authorization: Bearer varve_…</code>; an administrator makes one on the page Access. <a href="{http.Request.PathBase.Value}{Root}/openapi.json">openapi.json</a> is this page for programs.</p>
            {groups.Select(Group)}
            {(groups.Count == 0 ? (Html)$"""<p class="hint">No operation is called so.</p>""" : Html.None)}
            {(words is null ? Html.None : (Html)$"""<p><a href="?">All operations</a></p>""")}
            {Shapes(document)}
            """
        );
    }

    private static IEnumerable<Listed> Operations(OpenApiDocument document) =>
        from path in document.Paths
        from operation in path.Value.Operations ?? []
        select new Listed(path.Key, operation.Key.Method, operation.Value);

    private static Html Group(IGrouping<string, Listed> group) =>
        $"""
            <section aria-labelledby="group-{group.Key}"><h2 id="group-{group.Key}">{group.Key}</h2>
            {group.Select(One)}
            </section>
            """;

    private static Html One(Listed listed)
    {
        var (path, method, operation) = listed;
        return $"""
            <details class="operation"><summary><b>{method}</b> <code>{path}</code></summary>
            <div id="{operation.OperationId}"><p class="facts"><span>{operation.OperationId}</span> <span>{operation.Description}</span></p>
            {Parameters(operation.Parameters)}
            {Body("Sends", operation.RequestBody?.Content)}
            {(operation.Responses ?? []).Select(r => Body($"Answers {r.Key}", r.Value.Content))}
            </div></details>
            """;
    }

    private static Html Parameters(IList<IOpenApiParameter>? all) =>
        all is not { Count: > 0 }
            ? Html.None
            : $"""
                <div class="scroll"><table><thead><tr><th>Parameter</th><th>In</th><th>What</th></tr></thead><tbody>{all.Select(p =>
                    (Html)$"""<tr><td><code>{p.Name}</code></td><td>{p.In?.ToString().ToLowerInvariant()}</td><td>{Kind(p.Schema)}{(p.Required ? (Html)$", required" : Html.None)} {p.Description}</td></tr>"""
                )}</tbody></table></div>
                """;

    private static Html Body(string word, IDictionary<string, OpenApiMediaType>? content) =>
        content is not { Count: > 0 }
            ? (Html)$"""<p class="facts"><span>{word}</span> <span>nothing</span></p>"""
            : (Html)
                $"""{content.Select(c => (Html)$"""<p class="facts"><span>{word}</span> <span>{Kind(c.Value.Schema)}</span> <span>{c.Key}</span></p>""")}""";

    /// <summary>Every shape with its fields, whatever is searched for: what is found links to them.</summary>
    private static Html Shapes(OpenApiDocument document)
    {
        var shapes = document.Components?.Schemas?.OrderBy(s => s.Key, StringComparer.Ordinal).ToList() ?? [];
        return $"""<section aria-labelledby="shapes"><h2 id="shapes">Shapes</h2>{shapes.Select(s => Shape(s.Key, s.Value))}</section>""";
    }

    private static Html Shape(string name, IOpenApiSchema schema) =>
        $"""
            <details class="operation"><summary><code>{name}</code></summary><div id="{name}">
            {(
                schema.Properties is not { Count: > 0 } fields
                    ? (Html)$"""<p class="facts"><span>{Kind(schema)}</span></p>"""
                    : (Html)
                        $"""<div class="scroll"><table><thead><tr><th>Field</th><th>What</th></tr></thead><tbody>{fields.Select(f => (Html)$"""<tr><td><code>{f.Key}</code></td><td>{Kind(f.Value)}{(schema.Required?.Contains(f.Key) == true ? (Html)$", always" : Html.None)}</td></tr>""")}</tbody></table></div>"""
            )}</div></details>
            """;

    /// <summary>What a value is, in words; shapes are linked.</summary>
    private static Html Kind(IOpenApiSchema? schema)
    {
        switch (schema)
        {
            case null:
                return $"anything";
            case OpenApiSchemaReference { Reference.Id: { } id }:
                return $"""<a href="#{id}">{id}</a>""";
        }

        if (schema.OneOf is { Count: > 0 } some || (some = schema.AnyOf) is { Count: > 0 })
            return Joined(some);
        if (schema.Enum is { Count: > 0 } words)
            return $"one of {string.Join(", ", words.Select(w => w?.ToString() ?? "null"))}";
        if (schema.Items is { } items)
            return $"list of {Kind(items)}";
        if (schema.AdditionalProperties is { } values)
            return $"map of {Kind(values)}";
        return $"{string.Join(" or ", Names(schema))}{(schema.Format is { } format ? (Html)$" ({format})" : Html.None)}";
    }

    private static Html Joined(IEnumerable<IOpenApiSchema> some)
    {
        Html all = Html.None;
        foreach (var one in some)
            all = all.IsEmpty ? Kind(one) : (Html)$"{all} or {Kind(one)}";
        return all;
    }

    private static IEnumerable<string> Names(IOpenApiSchema schema) =>
        schema.Type is not { } type
            ? ["anything"]
            : Enum.GetValues<JsonSchemaType>().Where(t => type.HasFlag(t)).Select(t => t.ToString().ToLowerInvariant());

    private sealed record Listed(string Path, string Method, OpenApiOperation Operation)
    {
        public string Group => Operation.Tags?.FirstOrDefault()?.Name ?? "other";

        public bool IsFound(string words) =>
            Path.Contains(words, StringComparison.OrdinalIgnoreCase)
            || Group.Contains(words, StringComparison.OrdinalIgnoreCase)
            || Operation.OperationId?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
    }
}
