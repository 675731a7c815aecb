using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Json;

/// <summary>
/// The JSON Schema of everything that <c>--output json</c> and <c>run --output ndjson</c> print: <c>varve help --json</c>,
/// and docs/output.schema.json.
/// </summary>
internal static class OutputSchema
{
    private static readonly JsonSerializerOptions s_written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Write()
    {
        var forms = new JsonObject
        {
            ["instant"] = JsonNode.Parse("""{ "type": "string", "format": "date-time", "description": "ISO 8601 in UTC" }"""),
            ["range"] = JsonNode.Parse(
                """{ "type": "object", "required": ["from", "to"], "properties": { "from": { "type": ["string", "null"] }, "to": { "type": ["string", "null"] } }, "description": "Half open; an end that is open is null" }"""
            ),
        };
        var documents = new JsonArray();
        foreach (var (shape, name) in DocumentFormats.All)
            Add(name, Of(CliJson.Default.Options, shape, isWhole: true));
        Add("answer", Hand(Answer));
        Add("plan", Hand(Plan));
        Add("run-event", Of(LineJson.Default.Options, typeof(RunEventShape), isWhole: false));
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "What varve prints with --output json",
            ["oneOf"] = documents,
            ["$defs"] = forms,
        }.ToJsonString(s_written) + "\n";

        void Add(string name, JsonObject schema)
        {
            ((JsonObject)schema["properties"]!).Insert(0, "format", new JsonObject { ["const"] = $"varve-{name}/1" });
            ((JsonArray)schema["required"]!).Insert(0, "format");
            Settle(schema, name);
            forms[name] = schema;
            documents.Add(new JsonObject { ["$ref"] = $"#/$defs/{name}" });
        }
    }

    // What is described once and named again is found from the root of the file.
    private static void Settle(JsonNode? node, string name)
    {
        if (node is JsonArray several)
        {
            foreach (var one in several)
                Settle(one, name);
        }

        if (node is not JsonObject schema)
            return;
        if (schema["$ref"] is JsonValue at && at.GetValue<string>() is ['#', '/', 'p' or 'i', ..] pointer)
            schema["$ref"] = $"#/$defs/{name}{pointer[1..]}";
        foreach (var (_, inner) in schema.ToList())
            Settle(inner, name);
    }

    // What is always written is required; of an event only what every event has.
    private static JsonObject Of(JsonSerializerOptions options, Type shape, bool isWhole)
    {
        var schema = (JsonObject)
            JsonSchemaExporter.GetJsonSchemaAsNode(
                options,
                shape,
                new()
                {
                    TreatNullObliviousAsNonNullable = true,
                    TransformSchemaNode = (context, node) =>
                        Form(context.TypeInfo.Type) is { } form
                            ? IsNullable(context)
                                ? new JsonObject { ["anyOf"] = new JsonArray(form, JsonNode.Parse("""{ "type": "null" }""")) }
                                : form
                            : Required(node, isWhole),
                }
            );
        if (!isWhole)
            schema["required"] = new JsonArray("event", "at");
        return schema;
    }

    private static bool IsNullable(JsonSchemaExporterContext context) =>
        Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null || context.PropertyInfo?.IsGetNullable == true;

    private static JsonNode? Form(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(Instant) => new JsonObject { ["$ref"] = "#/$defs/instant" },
            var t when t == typeof(TimeRange) => new JsonObject { ["$ref"] = "#/$defs/range" },
            var t when t == typeof(Duration) => new JsonObject { ["type"] = "number", ["description"] = "seconds" },
            var t when t == typeof(TableName) => new JsonObject { ["type"] = "string", ["description"] = "schema.table" },
            var t when t == typeof(RelationId) => new JsonObject { ["type"] = "string" },
            _ => null,
        };

    private static JsonNode Required(JsonNode node, bool isWhole)
    {
        if (node is not JsonObject schema || schema["properties"] is not JsonObject properties)
            return node;
        if (isWhole)
            schema["required"] = new JsonArray([.. properties.Select(p => JsonValue.Create(p.Key))]);
        else
            schema.Remove("required");
        return node;
    }

    private static JsonObject Hand(string text) => (JsonObject)JsonNode.Parse(text)!;

    private const string Answer = """
        {
          "type": "object",
          "required": ["zone", "columns", "rows", "parts", "missing", "notes"],
          "properties": {
            "zone": { "type": ["string", "null"] },
            "columns": { "type": "array", "items": { "type": "string" } },
            "rows": { "type": "array", "items": { "type": "object" } },
            "parts": { "type": "array", "items": { "type": "object", "required": ["relation", "from", "to"] } },
            "range": { "$ref": "#/$defs/range" },
            "missing": { "type": "array", "items": { "$ref": "#/$defs/range" } },
            "notes": { "type": "array", "items": { "type": "string" } }
          }
        }
        """;

    private const string Plan = """
        {
          "type": "object",
          "required": ["plans"],
          "properties": {
            "plans": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["policy", "revision", "policyHash", "asOf", "zoneVersion", "steps", "waits", "notes"],
                "properties": {
                  "policy": { "type": "string" },
                  "revision": { "type": "integer" },
                  "policyHash": { "type": "string" },
                  "asOf": { "$ref": "#/$defs/instant" },
                  "zoneVersion": { "type": "string" },
                  "steps": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["kind", "relation", "reason", "rows", "bytes"],
                      "properties": {
                        "kind": { "enum": ["create", "reshape", "publish", "mark", "rollup", "archive", "expire", "relocate", "merge", "discard"] },
                        "relation": { "type": "string" },
                        "reason": { "type": "string" },
                        "rows": { "type": "integer" },
                        "bytes": { "type": "integer" },
                        "range": { "$ref": "#/$defs/range" },
                        "ranges": { "type": "array", "items": { "$ref": "#/$defs/range" } }
                      }
                    }
                  },
                  "waits": { "type": "array", "items": { "type": "object", "required": ["relation", "range", "reason", "needsPerson"], "properties": { "range": { "$ref": "#/$defs/range" } } } },
                  "notes": { "type": "array", "items": { "type": "object", "required": ["code", "message", "isWarning"] } },
                  "brake": { "type": "object", "required": ["hash", "reason", "rows"] },
                  "failure": { "type": "object", "required": ["code", "message"] }
                }
              }
            }
          }
        }
        """;
}
