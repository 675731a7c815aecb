using System.Text.Json;
using System.Text.Json.Nodes;

namespace Varve.Server.Tests.Fuzz;

/// <summary>
/// Values for a schema: mostly such as fit it, some that nearly do, and some that nobody would send in good faith. The same
/// seed gives the same ones.
/// </summary>
internal sealed class Samples(Random random, JsonElement components)
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "cpu",
        "sensor1",
        "metrics",
        "secret",
        "source",
        "1h",
        "6h",
        "host",
        "host=web1",
        "main.cpu",
        "sum",
        "2026-01-01",
        "2026-01-02T03:00Z",
        "9999-12-31T23:59:59Z",
        "-9999-01-01",
        "0000-00-00",
        "-inf",
        "1d",
        "5y",
        "forever",
        "999999999999y",
        "-1d",
        "0",
        "-1",
        "1e309",
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        "..",
        "../../etc/passwd",
        "%00",
        "\u0000",
        "'",
        "\"",
        "' OR 1=1 --",
        "; DROP TABLE cpu",
        "{from}",
        "<script>",
        "ÄÖÜ",
        "\U0001F980",
        "\uFFFF",
        "a\nb",
        "*",
        "a.b.c.d",
        "Europe/Berlin",
        "UTC",
        "varve_AAAA",
        "duckdb::memory:",
        "postgresql://nobody@127.0.0.1:1/x",
        "ftp://x",
        "policy: cpu\ntable: cpu\ntime: ts\nkeep: 30d\n",
        "policy: [",
        "query: q\nsql: SELECT 1\n",
        "&a [*a]",
        "a: &a {b: *a}",
        "---\n---\n",
        "removes-more",
        "[a]\npattern = ^a\nretentions = 60s:90d,999999999999999999999s:1\n",
        "[a]\nretentions = 0:0,-1s:1d,1:99999999999999999999\n",
        "step = 99999999999999999999\nrra[0].rows = 1\n",
        "step = 300\nds[a].type = \"GAUGE\"\nrra[0].cf = \"AVERAGE\"\nrra[0].rows = 9223372036854775807\nrra[0].pdp_per_row = 9223372036854775807\n",
        "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><rrd><step>&e;</step></rrd>",
        "parent_table,control,partition_interval,retention\npublic.m,ts,99999999999999999999 years,1e9 days\n",
        "[{\"strategy\":\"delete\",\"table_name\":\"raw\",\"partition_column\":\"day\",\"retention_period\":9223372036854775807}]",
        "{\"cols\":[\"a\"],\"rows\":[[1,2],3]}",
    ];

    private static readonly string[] Numbers =
    [
        "0",
        "1",
        "-1",
        "2147483647",
        "2147483648",
        "-9223372036854775808",
        "9223372036854775808",
        "1e400",
        "0.5",
        "1e-7",
        "50",
        "500",
        "501",
        "10000",
    ];

    /// <summary>A text for a part of a path or of a query.</summary>
    public string Text() => random.Next(40) == 0 ? new string('x', 5_000) : Texts[random.Next(Texts.Length)];

    public bool Chance(int of) => random.Next(of) == 0;

    public string Number() => Numbers[random.Next(Numbers.Length)];

    public T One<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>A body by its schema, as text; now and then no JSON at all.</summary>
    public string Body(JsonElement schema) =>
        random.Next(25) switch
        {
            0 => "",
            1 => "{",
            2 => "[[[[[[[[[[[[[[[[",
            3 => new string('[', 3_000),
            4 => "\u0000\u0001",
            5 => "{\"a\":1,\"a\":2}",
            _ => Value(schema, 0)?.ToJsonString() ?? "null",
        };

    private JsonNode? Value(JsonElement schema, int depth)
    {
        if (depth > 6 || Chance(12))
            return Odd();
        if (schema.TryGetProperty("$ref", out var reference))
            return Value(components.GetProperty(reference.GetString()!.Split('/')[^1]), depth + 1);
        foreach (var choice in new[] { "oneOf", "anyOf", "allOf" })
            if (schema.TryGetProperty(choice, out var of))
                return Value(of[random.Next(of.GetArrayLength())], depth + 1);
        if (schema.TryGetProperty("enum", out var values) && !Chance(6))
            return JsonNode.Parse(values[random.Next(values.GetArrayLength())].GetRawText());
        return Type(schema) switch
        {
            "object" => Object(schema, depth),
            "array" => new JsonArray([
                .. Enumerable
                    .Range(0, random.Next(4))
                    .Select(_ => schema.TryGetProperty("items", out var items) ? Value(items, depth + 1) : Odd()),
            ]),
            "boolean" => JsonValue.Create(Chance(2)),
            "integer" or "number" => Chance(3) ? Odd() : JsonValue.Create(random.Next(-2, 600)),
            "null" => null,
            _ => JsonValue.Create(Text()),
        };
    }

    private JsonObject Object(JsonElement schema, int depth)
    {
        JsonObject made = [];
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject().Where(_ => !Chance(4)))
                made[property.Name] = Value(property.Value, depth + 1);
        }

        if (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
            made[Text()] = Value(others, depth + 1);
        if (Chance(20))
            made["unknown"] = Odd();
        return made;
    }

    private string Type(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return "string";
        return type.ValueKind == JsonValueKind.Array ? type[random.Next(type.GetArrayLength())].GetString()! : type.GetString()!;
    }

    private JsonNode? Odd() =>
        random.Next(6) switch
        {
            0 => null,
            1 => JsonValue.Create(Text()),
            2 => JsonNode.Parse(Numbers.Where(n => n is not "1e400").ElementAt(random.Next(Numbers.Length - 1))),
            3 => new JsonArray(JsonValue.Create(Text())),
            4 => new JsonObject { [Text()] = JsonValue.Create(Text()) },
            _ => JsonValue.Create(Chance(2)),
        };
}
