using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Varve.Policies;

/// <summary>The JSON Schema of policy files, which editors use for completion and checks while one types.</summary>
public static class PolicySchema
{
    private const string Duration = @"^[0-9]{1,12}(s|m|h|d|w|mo|q|y)$";
    private const string Keep = @"^([0-9]{1,12}(s|m|h|d|w|mo|q|y)|forever)$";
    private const string Width = @"^([0-9]{1,12}(ms|s|m|h)|1d|1w|1mo|2mo|3mo|4mo|6mo|12mo|1q|1y)$";
    private const string Instant =
        @"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$";

    /// <summary>JSON Schema, draft 2020-12; every key with its default and its meaning. Ends with a newline.</summary>
    public static string Json { get; } =
        Make()
            .ToJsonString(
                new()
                {
                    WriteIndented = true,
                    NewLine = "\n",
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            ) + "\n";

    private static JsonObject Make() =>
        new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Varve policies",
            ["description"] = "One policy, or a list of them. Several policies in one file may also be separated by ---.",
            ["anyOf"] = new JsonArray(
                Ref("policy"),
                new JsonObject
                {
                    ["type"] = "array",
                    ["minItems"] = 1,
                    ["items"] = Ref("policy"),
                }
            ),
            ["$defs"] = new JsonObject { ["policy"] = Policy() },
        };

    private static JsonObject Policy()
    {
        var policy = Keys("");
        policy["anyOf"] = new JsonArray([
            .. new[] { "keep", "source", "tiers", "preset", "graphite", "relocate" }.Select(k =>
                (JsonNode)new JsonObject { ["required"] = new JsonArray(k) }
            ),
        ]);
        policy["allOf"] = new JsonArray(NotBoth("tiers", "preset"), NotBoth("tiers", "graphite"), NotBoth("preset", "graphite"));
        return policy;
    }

    private static JsonObject Keys(string parent)
    {
        var keys = PolicyKeys.Under(parent).Where(k => !k.IsLater).ToList();
        var made = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)Described(k)))),
            ["additionalProperties"] = false,
        };
        if (keys.Where(k => k.IsRequired).Select(k => (JsonNode)k.Name).ToArray() is { Length: > 0 } required)
            made["required"] = new JsonArray(required);
        return made;
    }

    private static JsonObject Described(PolicyKey key)
    {
        var made = Value(key);
        made["description"] = key.Default.Length > 0 && !key.IsRequired ? $"{key.Meaning} Default: {key.Default}." : key.Meaning;
        return made;
    }

    private static JsonObject Value(PolicyKey key) =>
        key.Kind switch
        {
            KeyKind.Name or KeyKind.Table or KeyKind.Zone or KeyKind.Text => new() { ["type"] = "string", ["minLength"] = 1 },
            KeyKind.Tables => new()
            {
                ["anyOf"] = new JsonArray(
                    List(new() { ["type"] = "string", ["minLength"] = 1 }, atLeast: 0),
                    new JsonObject { ["type"] = "string", ["minLength"] = 1 }
                ),
            },
            KeyKind.Duration => Pattern(Duration),
            KeyKind.Keep => Pattern(Keep),
            KeyKind.Width => Pattern(Width),
            KeyKind.Instant => Pattern(Instant),
            KeyKind.Share => new()
            {
                ["type"] = "number",
                ["minimum"] = 0,
                ["maximum"] = 1,
            },
            KeyKind.Count => new()
            {
                ["type"] = "integer",
                ["minimum"] = 1,
                ["maximum"] = 1000,
            },
            KeyKind.Truth => new() { ["type"] = "boolean" },
            KeyKind.Choice => OneOf(key),
            KeyKind.Choices => new() { ["anyOf"] = new JsonArray(List(OneOf(key), atLeast: 1), OneOf(key)) },
            KeyKind.Names or KeyKind.Words => List(new() { ["type"] = "string", ["minLength"] = 1 }, atLeast: 0),
            KeyKind.Keys when key.Word is { } word => new() { ["anyOf"] = new JsonArray(Constant(word), Keys(key.Path)) },
            KeyKind.Keys when key.Short is { } part => new()
            {
                ["anyOf"] = new JsonArray(Value(PolicyKeys.Of($"{key.Path}.{part}")), Keys(key.Path)),
            },
            KeyKind.Keys => Keys(key.Path),
            KeyKind.Place => new()
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = "string", ["minLength"] = 1 },
                    new JsonObject
                    {
                        ["type"] = "object",
                        ["minProperties"] = 1,
                        ["maxProperties"] = 1,
                        ["additionalProperties"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 },
                    }
                ),
            },
            KeyKind.ListOfKeys when key.MayBeOne => new()
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["items"] = Keys($"{key.Path}[]") }, Keys($"{key.Path}[]")),
            },
            KeyKind.ListOfKeys => new() { ["type"] = "array", ["items"] = Keys($"{key.Path}[]") },
            KeyKind.MapOfKeys => new()
            {
                ["anyOf"] = new JsonArray(
                    Constant(key.Word!),
                    new JsonObject { ["type"] = "object", ["additionalProperties"] = Described(PolicyKeys.Of($"{key.Path}.*")) }
                ),
            },
            _ => throw new InvalidOperationException($"The kind {key.Kind} has no schema."),
        };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject OneOf(PolicyKey key) => new() { ["enum"] = new JsonArray([.. key.Choices.Select(c => (JsonNode)c)]) };

    private static JsonObject List(JsonObject items, int atLeast)
    {
        var list = new JsonObject
        {
            ["type"] = "array",
            ["items"] = items,
            ["uniqueItems"] = true,
        };
        if (atLeast > 0)
            list["minItems"] = atLeast;
        return list;
    }

    private static JsonObject Constant(string word) => new() { ["const"] = word };

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonObject NotBoth(string one, string other) =>
        new() { ["not"] = new JsonObject { ["required"] = new JsonArray(one, other) } };
}
