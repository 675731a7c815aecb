using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using NodaTime;

namespace Varve.CrateDb.Http;

/// <summary>
/// Values of an answer by their type: integers of any width are 64-bit integers, timestamps are NodaTime's instants, dates
/// its local dates, NUMERIC is a decimal, where it does not fit a big integer, or text with all digits where it has a
/// fraction. Arrays are arrays, objects are dictionaries, whose numbers are integers or doubles as they are written.
/// </summary>
internal static class AnswerValues
{
    /// <summary>Reads the value that the reader stands on, and leaves it at the value's end.</summary>
    public static object? Read(ref Utf8JsonReader json, AnswerType type)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null;
        return type.Id switch
        {
            AnswerType.Array => Array(ref json, type.Of!),
            AnswerType.Byte or AnswerType.Short or AnswerType.Int or AnswerType.Long => json.GetInt64(),
            AnswerType.Double or AnswerType.Real => Real(ref json),
            AnswerType.TimestampTz or AnswerType.Timestamp => CrateDbTime.At(json.GetInt64()),
            AnswerType.Date => CrateDbTime.At(json.GetInt64()).InUtc().Date,
            AnswerType.Numeric => Exact(Raw(ref json)),
            AnswerType.GeoPoint or AnswerType.FloatVector => Array(ref json, new(AnswerType.Double)),
            _ => Any(ref json),
        };
    }

    /// <summary>As it is written: what has no type of its own, and what is inside of objects.</summary>
    private static object? Any(ref Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => json.GetString(),
            JsonTokenType.Number => json.TryGetInt64(out var integer) ? integer : Number(Raw(ref json)),
            JsonTokenType.StartArray => Array(ref json, new(AnswerType.Null)),
            JsonTokenType.StartObject => Object(ref json),
            _ => throw new JsonException($"a value begins with {json.TokenType}"),
        };

    private static object?[] Array(ref Utf8JsonReader json, AnswerType of)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw new JsonException($"an array begins with {json.TokenType}");
        List<object?> values = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            values.Add(Read(ref json, of));
        return [.. values];
    }

    private static Dictionary<string, object?> Object(ref Utf8JsonReader json)
    {
        Dictionary<string, object?> values = new(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            values[name] = Any(ref json);
        }

        return values;
    }

    private static double Real(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            return json.GetDouble();
        var text = json.GetString();
        return text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw new JsonException("a number is text"),
        };
    }

    /// <summary>The digits as they were sent: a JSON number may be longer than any type of .NET.</summary>
    private static string Raw(ref Utf8JsonReader json) =>
        json.TokenType is JsonTokenType.Number or JsonTokenType.String
            ? json.HasValueSequence
                ? Encoding.ASCII.GetString(json.ValueSequence.ToArray())
                : Encoding.ASCII.GetString(json.ValueSpan)
            : throw new JsonException($"a number begins with {json.TokenType}");

    private static object Number(string text) =>
        text.AsSpan().IndexOfAny('.', 'e', 'E') < 0
            ? BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static object Exact(string text)
    {
        var (digits, scale) = Digits(text);
        var magnitude = BigInteger.Abs(digits);
        if (scale <= 28 && magnitude <= (BigInteger)decimal.MaxValue)
        {
            var bits = decimal.GetBits((decimal)magnitude);
            return new decimal(bits[0], bits[1], bits[2], digits.Sign < 0, (byte)scale);
        }

        if (scale == 0)
            return digits;
        var written = magnitude.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(digits.Sign < 0 ? "-" : "")}{written[..^scale]}.{written[^scale..]}";
    }

    /// <summary>1.20 is 120 with two decimals, 1.2E+3 is 1200 with none.</summary>
    private static (BigInteger Digits, int Scale) Digits(string text)
    {
        var mark = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var plain = mark < 0 ? text : text[..mark];
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var digits = BigInteger.Parse(
            plain.Replace(".", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture
        );
        var scale = (point < 0 ? 0 : plain.Length - point - 1) - exponent;
        if (scale is < -1_000 or > 1_000)
            throw new JsonException("a decimal has a thousand digits");
        return scale >= 0 ? (digits, scale) : (digits * BigInteger.Pow(10, -scale), 0);
    }
}
