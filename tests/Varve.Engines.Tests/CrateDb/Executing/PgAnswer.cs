using System.Text;
using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Rows of PostgreSQL as an answer of CrateDB.</summary>
internal static class PgAnswer
{
    internal static Reply Of(PgRows rows, long? count = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("cols");
            foreach (var (name, _) in rows.Columns)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("col_types");
            foreach (var (_, type) in rows.Columns)
                Type(json, type);
            json.WriteEndArray();
            json.WriteStartArray("rows");
            foreach (var row in rows.Rows)
            {
                json.WriteStartArray();
                for (var i = 0; i < row.Length; i++)
                    Value(json, row[i], rows.Columns[i].Type);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteNumber("rowcount", count ?? rows.Rows.Count);
            json.WriteNumber("duration", 0.5);
            json.WriteEndObject();
        }

        return new(200, Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>The type as CrateDB's catalogs write it.</summary>
    internal static string Display(string type) =>
        type.EndsWith("[]", StringComparison.Ordinal)
            ? $"{Display(type[..^2])}_array"
            : Plain(type) switch
            {
                "crate.tstz" or "tstz" => "timestamp with time zone",
                "crate.ts" or "ts" => "timestamp without time zone",
                "jsonb" => "object",
                "unknown" or "name" or "character varying" => "text",
                var plain => plain,
            };

    private static void Type(Utf8JsonWriter json, string type)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            json.WriteStartArray();
            json.WriteNumberValue(100);
            Type(json, type[..^2]);
            json.WriteEndArray();
            return;
        }

        json.WriteNumberValue(
            Display(type) switch
            {
                "boolean" => 3,
                "double precision" => 6,
                "real" => 7,
                "smallint" => 8,
                "integer" => 9,
                "bigint" => 10,
                "timestamp with time zone" => 11,
                "object" => 12,
                "timestamp without time zone" => 15,
                "interval" => 17,
                "numeric" => 22,
                "uuid" => 29,
                _ => 4,
            }
        );
    }

    private static void Value(Utf8JsonWriter json, string? value, string type)
    {
        if (value is null)
            json.WriteNullValue();
        else if (type.EndsWith("[]", StringComparison.Ordinal))
            Array(json, value, type[..^2]);
        else if (type is "boolean")
            json.WriteBooleanValue(value == "t");
        else if (type is "jsonb" || (IsNumber(type) && value is not ("NaN" or "Infinity" or "-Infinity")))
            json.WriteRawValue(value);
        else
            json.WriteStringValue(value);
    }

    private static bool IsNumber(string type) =>
        Plain(type)
            is "smallint"
                or "integer"
                or "bigint"
                or "real"
                or "double precision"
                or "numeric"
                or "crate.tstz"
                or "crate.ts"
                or "tstz"
                or "ts";

    private static string Plain(string type) => type.Split('(')[0];

    /// <summary>{1,NULL,"a b"}, one inside of another for arrays of arrays.</summary>
    private static void Array(Utf8JsonWriter json, string text, string type)
    {
        var at = 0;
        Array(json, text, type, ref at);
    }

    private static void Array(Utf8JsonWriter json, string text, string type, ref int at)
    {
        json.WriteStartArray();
        at++;
        while (text[at] != '}')
        {
            if (text[at] == ',')
                at++;
            else if (text[at] == '{')
                Array(json, text, type, ref at);
            else
                Element(json, text, type, ref at);
        }

        at++;
        json.WriteEndArray();
    }

    private static void Element(Utf8JsonWriter json, string text, string type, ref int at)
    {
        var value = new StringBuilder();
        var isQuoted = text[at] == '"';
        if (isQuoted)
            at++;
        for (; isQuoted ? text[at] != '"' : text[at] is not (',' or '}'); at++)
        {
            if (text[at] == '\\')
                at++;
            value.Append(text[at]);
        }

        if (isQuoted)
            at++;
        Value(json, !isQuoted && value.ToString() == "NULL" ? null : value.ToString(), type);
    }
}
