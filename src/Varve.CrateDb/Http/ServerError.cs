using System.Text.Json;

namespace Varve.CrateDb.Http;

/// <summary>What a server says instead of an answer.</summary>
/// <param name="Code">CrateDB's code: 4043, 5002; null where what answered is not CrateDB, or a proxy before it.</param>
/// <param name="Kind">The name of its exception, as RelationUnknown; empty where it says none.</param>
/// <param name="Text">The rest of its message.</param>
internal sealed record ServerError(int? Code, string Kind, string Text)
{
    /// <summary>Reads <c>{"error": {"message": "Kind[text]", "code": 4043}}</c>; anything else is text without a code.</summary>
    public static ServerError Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var message)
                && error.TryGetProperty("code", out var code)
                && code.TryGetInt32(out var number)
            )
            {
                return Of(number, message.GetString() ?? "");
            }
        }
        catch (JsonException)
        {
            // Plain text is what a login that failed gives, and a page what a proxy gives.
        }

        return new(null, "", body);
    }

    /// <summary>A code with a message, as each row of a bulk statement has them.</summary>
    public static ServerError Of(int code, string message)
    {
        var bracket = message.IndexOf('[', StringComparison.Ordinal);
        return bracket > 0 && message.EndsWith(']') && message.AsSpan(0, bracket).IndexOfAnyExcept(s_letters) < 0
            ? new(code, message[..bracket], message[(bracket + 1)..^1])
            : new(code, "", message);
    }

    private static readonly System.Buffers.SearchValues<char> s_letters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    );
}
