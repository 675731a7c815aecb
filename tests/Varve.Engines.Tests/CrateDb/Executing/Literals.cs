using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Values written out for PostgreSQL.</summary>
internal static partial class Literals
{
    /// <summary>
    /// Text has no type until something asks for one, as in CrateDB. What looks like a time is text at once, because only
    /// text becomes a timestamp by a function.
    /// </summary>
    internal static string Text(string text) => IsTime().IsMatch(text) ? $"{PgName.Literal(text)}::text" : PgName.Literal(text);

    /// <summary>With a point or an exponent it is a double, without it a whole number.</summary>
    internal static string Number(string text) =>
        text.AsSpan().ContainsAny('.', 'e', 'E') ? $"'{text}'::float8"
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text
        : text == "9223372036854775808" ? text
        : throw CrateError.Parse("Cannot detect the type of a number");

    /// <summary>A value of a request.</summary>
    internal static string Json(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => "NULL",
            JsonValueKind.True => "TRUE",
            JsonValueKind.False => "FALSE",
            JsonValueKind.String => Text(value.GetString()!),
            JsonValueKind.Number => value.GetRawText() is ['-', ..] negative ? $"(-{Number(negative[1..])})" : Number(value.GetRawText()),
            JsonValueKind.Array when value.GetArrayLength() == 0 => "'{}'",
            JsonValueKind.Array => $"ARRAY[{string.Join(", ", value.EnumerateArray().Select(Json))}]",
            _ => $"{PgName.Literal(value.GetRawText())}::jsonb",
        };

    [GeneratedRegex(@"\A[+-]?\d{4,}-\d\d-\d\d([T ]\d\d:\d\d.*)?\z")]
    private static partial Regex IsTime();
}
