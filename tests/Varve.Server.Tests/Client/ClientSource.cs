using System.Text;
using System.Text.Json.Nodes;

namespace Varve.Server.Tests.Client;

/// <summary>The source of the typed client, made from the OpenAPI document: a file for each shape, and one for each tag.</summary>
internal sealed class ClientSource(JsonNode document)
{
    internal const string Head =
        "// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.\n";

    private static readonly Dictionary<string, string> s_known = new()
    {
        ["Instant"] = "Instant",
        ["Duration"] = "double",
        ["JsonElement"] = "JsonElement",
        ["JsonObject"] = "JsonElement",
        ["TableName"] = "string",
    };
    private static readonly Dictionary<string, string> s_codes = new()
    {
        ["200"] = "Ok",
        ["201"] = "Created",
        ["202"] = "Accepted",
    };

    private readonly JsonObject _schemas = document["components"]!["schemas"]!.AsObject();

    /// <summary>Every file, by its name.</summary>
    internal SortedDictionary<string, string> Files()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (var (name, schema) in _schemas.Where(s => !s_known.ContainsKey(s.Key) && !IsPage(s.Key)))
            files[$"Shapes/{name}.cs"] = Shape(name, schema!.AsObject());
        files["Shapes/Page.cs"] =
            $"{Head}namespace Varve.Client.Shapes;\n\n/// <summary>A part of a list, and where the next one begins.</summary>\n/// <param name=\"Items\">In a stable order.</param>\n/// <param name=\"Next\">The cursor of the next part; null at the end.</param>\npublic sealed record Page<T>(IReadOnlyList<T> Items, string? Next);\n";
        foreach (var tag in Operations().GroupBy(o => (string)o.Operation["tags"]![0]!))
        {
            var text = new StringBuilder(Head).Append(
                "using Varve.Client.Shapes;\n\nnamespace Varve.Client;\n\npublic sealed partial class VarveClient\n{\n"
            );
            text.AppendJoin('\n', tag.Select(o => Method(o.Path, o.Verb, o.Operation)));
            files[$"VarveClient.{Pascal(tag.Key)}.cs"] = text.Append("}\n").ToString();
        }

        return files;
    }

    private IEnumerable<(string Path, string Verb, JsonObject Operation)> Operations() =>
        from path in document["paths"]!.AsObject()
        from verb in path.Value!.AsObject()
        where (string)verb.Value!["operationId"]! != "RunEvents"
        select (path.Key, verb.Key, verb.Value!.AsObject());

    private string Shape(string name, JsonObject schema)
    {
        var text = new StringBuilder(Head);
        var summary = $"/// <summary>{Escape((string?)schema["description"] ?? $"{name} of the API.")}</summary>\n";
        if (schema["enum"] is JsonArray values)
        {
            text.Append("namespace Varve.Client.Shapes;\n\n").Append(summary).Append($"public enum {name}\n{{\n");
            return text.AppendJoin(
                    "\n",
                    values.Select(v => $"    /// <summary><c>{(string)v!}</c> in JSON.</summary>\n    {Pascal((string)v!)},\n")
                )
                .Append("}\n")
                .ToString();
        }

        var required = schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
        var all =
            schema["properties"]
                ?.AsObject()
                .Select(p => (Json: p.Key, Name: Pascal(p.Key), Type: TypeOf(p.Value!.AsObject()), IsRequired: required.Contains(p.Key)))
                .OrderByDescending(p => p.IsRequired)
                .ToList()
            ?? [];
        var parameters = all.Select(p =>
                $"{(p.Name == name ? $"[property: JsonPropertyName(\"{p.Json}\")] " : "")}{(p.IsRequired ? p.Type : Nullable(p.Type))} {(p.Name == name ? $"{p.Name}Value" : p.Name)}{(p.IsRequired ? "" : " = null")}"
            )
            .ToList();
        if (parameters.Exists(p => p.Contains("JsonElement", StringComparison.Ordinal)))
            text.Append("using System.Text.Json;\n");
        if (parameters.Exists(p => p.Contains("JsonPropertyName", StringComparison.Ordinal)))
            text.Append("using System.Text.Json.Serialization;\n");
        if (parameters.Exists(p => p.Contains("Instant", StringComparison.Ordinal)))
            text.Append("using NodaTime;\n");
        text.Append(text.Length > Head.Length ? "\nnamespace Varve.Client.Shapes;\n\n" : "namespace Varve.Client.Shapes;\n\n")
            .Append(summary);
        foreach (var p in all)
            text.Append(
                $"/// <param name=\"{(p.Name == name ? $"{p.Name}Value" : p.Name)}\"><c>{p.Json}</c> in JSON{(p.IsRequired ? "" : "; may be left out")}.</param>\n"
            );
        text.Append($"public sealed record {name}(");
        if (parameters.Count == 0)
            return text.Append(");\n").ToString();
        return text.Append("\n    ").AppendJoin(",\n    ", parameters).Append(");\n").ToString();
    }

    private string Method(string path, string verb, JsonObject operation)
    {
        var given =
            operation["parameters"]
                ?.AsArray()
                .Select(p => p!.AsObject())
                .Select(p =>
                    (Json: (string)p["name"]!, In: (string)p["in"]!, Name: Camel((string)p["name"]!), Type: TypeOf(p["schema"]!.AsObject()))
                )
                .ToList()
            ?? [];
        var body = operation["requestBody"]?["content"]?["application/json"]?["schema"]?.AsObject();
        List<string> parameters = [.. given.Where(p => p.In == "path").Select(p => $"string {p.Name}")];
        if (body is not null)
            parameters.Add($"{TypeOf(body)} body");
        parameters.AddRange(given.Where(p => p.In != "path").Select(p => $"{Nullable(p.Type)} {p.Name} = null"));
        parameters.Add("CancellationToken cancellationToken = default");
        var at =
            $"Path($\"{given.Where(p => p.In == "path").Aggregate(path[1..], (text, p) => text.Replace($"{{{p.Json}}}", $"{{{p.Name}}}", StringComparison.Ordinal))}\")";
        if (given.Exists(p => p.In == "query"))
            at = $"With({at}, {string.Join(", ", given.Where(p => p.In == "query").Select(p => $"(\"{p.Json}\", {p.Name})"))})";
        var headers = string.Join(", ", given.Where(p => p.In == "header").Select(p => $"(\"{p.Json}\", {p.Name})"));
        var call = $"HttpMethod.{Pascal(verb)}, {at}, {(body is null ? "null" : "body")}, [{headers}], cancellationToken";
        var id = (string)operation["operationId"]!;
        var text = new StringBuilder(
            $"    /// <summary>{verb.ToUpperInvariant()} {path}. {Escape((string?)operation["description"] ?? "")}</summary>\n"
        );
        foreach (var p in given.Where(p => p.In == "path"))
            text.Append($"    /// <param name=\"{p.Name}\">Of the path.</param>\n");
        if (body is not null)
            text.Append("    /// <param name=\"body\">What is sent.</param>\n");
        foreach (var p in given.Where(p => p.In != "path"))
            text.Append(
                $"    /// <param name=\"{p.Name}\">{(p.In == "header" ? "The header" : "The parameter")} <c>{p.Json}</c>; null: it is left out.</param>\n"
            );
        text.Append(
            "    /// <param name=\"cancellationToken\">Ends the waiting.</param>\n    /// <exception cref=\"VarveApiException\">The server refused.</exception>\n"
        );
        var answers = operation["responses"]!
            .AsObject()
            .Where(r => r.Key[0] == '2')
            .Select(r => (r.Key, Type: Answer(r.Value!.AsObject(), verb)))
            .ToList();
        var types = answers.Select(a => a.Type).Distinct().ToList();
        if (types.Count > 1)
            return text.Append(Choice(id, parameters, answers, call)).ToString();
        var result = types[0] switch
        {
            null => "Task",
            var type => $"Task<{type}>",
        };
        var sends = types[0] switch
        {
            null => "DoAsync",
            "string" => "TextAsync",
            var type => $"AskAsync<{type}>",
        };
        return text.Append($"    public {result} {id}Async({string.Join(", ", parameters)}) =>\n        {sends}({call});\n").ToString();
    }

    /// <summary>A call whose status says which of several shapes is answered.</summary>
    private static string Choice(
        string id,
        IReadOnlyList<string> parameters,
        IReadOnlyList<(string Code, string? Type)> answers,
        string call
    )
    {
        var tuple = string.Join(", ", answers.Select(a => $"{a.Type}? {s_codes[a.Code]}"));
        var cases = answers.Select(
            (a, i) =>
                $"            {a.Code} => ({string.Join(", ", answers.Select((_, j) => i == j ? $"await ReadAsync<{a.Type}>(answer, cancellationToken)" : "null"))}),\n"
        );
        return $$"""
                public async Task<({{tuple}})> {{id}}Async({{string.Join(", ", parameters)}})
                {
                    using var answer = await SendAsync({{call}});
                    return (int)answer.StatusCode switch
                    {
            {{string.Concat(cases).TrimEnd('\n')}}
                        var other => throw new System.Diagnostics.UnreachableException($"The status {other} is not in the document."),
                    };
                }

            """;
    }

    private string? Answer(JsonObject response, string verb) =>
        response["content"] is JsonObject { Count: > 0 } content ? TypeOf(content.First().Value!["schema"]!.AsObject())
        : verb == "get" ? "string"
        : null;

    private string TypeOf(JsonObject schema)
    {
        if (schema["$ref"] is { } reference)
        {
            var name = ((string)reference!).Split('/')[^1];
            return s_known.GetValueOrDefault(name) ?? (IsPage(name) ? $"Page<{name["PageShapeOf".Length..]}>" : name);
        }

        if (schema["oneOf"] is JsonArray one)
            return Nullable(TypeOf(one.Select(o => o!.AsObject()).Single(o => (string?)(o["type"] as JsonValue) != "null")));
        var types = schema["type"] switch
        {
            JsonArray several => several.Select(t => (string)t!).ToList(),
            JsonValue single => [(string)single!],
            _ => [],
        };
        var type = types.FirstOrDefault(t => t != "null") switch
        {
            "string" when (string?)schema["format"] == "date-time" => "Instant",
            "string" => "string",
            "boolean" => "bool",
            "number" => "double",
            "integer" => (string?)schema["format"] == "int64" ? "long" : "int",
            "array" => $"IReadOnlyList<{(schema["items"] is JsonObject items ? TypeOf(items) : "JsonElement")}>",
            "object" when schema["additionalProperties"] is JsonObject values => $"IReadOnlyDictionary<string, {TypeOf(values)}>",
            _ => "JsonElement",
        };
        return types.Contains("null") ? Nullable(type) : type;
    }

    private static bool IsPage(string schema) => schema.StartsWith("PageShapeOf", StringComparison.Ordinal);

    private static string Nullable(string type) => type.EndsWith('?') ? type : $"{type}?";

    private static string Pascal(string name) => string.Concat(name.Split('-', '_', ' ').Select(p => char.ToUpperInvariant(p[0]) + p[1..]));

    private static string Camel(string name) => Pascal(name) is var pascal ? char.ToLowerInvariant(pascal[0]) + pascal[1..] : name;

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("\n", " ", StringComparison.Ordinal);
}
