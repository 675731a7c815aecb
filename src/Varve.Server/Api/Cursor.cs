using System.Buffers.Text;
using System.Text;

namespace Varve.Server.Api;

/// <summary>Where a list goes on, as text that only the server reads.</summary>
internal static class Cursor
{
    internal const int DefaultLimit = 50;

    private const int MostLimit = 500;

    /// <summary>A limit that was asked for, or the usual one.</summary>
    /// <exception cref="PolicyException">It is none.</exception>
    internal static int Limit(int? asked) =>
        asked is null ? DefaultLimit
        : asked is >= 1 and <= MostLimit ? asked.Value
        : throw new PolicyException(ServerCodes.BadRequest, $"limit is from 1 to {MostLimit}.");

    internal static string Write(params IEnumerable<string> parts) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', parts)));

    /// <summary>The parts of a cursor; null without one.</summary>
    /// <exception cref="PolicyException">It is none of this list.</exception>
    internal static string[]? Read(string? text, int parts)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (
            Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('\n') is var read
            && read.Length == parts
        )
            return read;
        throw new PolicyException(ServerCodes.BadRequest, "after is no cursor of this list. Send what `next` of the part before it said.");
    }

    /// <summary>A part of a list that is ordered by a key.</summary>
    internal static PageShape<T> Page<T>(IEnumerable<T> ordered, Func<T, string> key, string? after, int? limit)
    {
        var count = Limit(limit);
        var from = Read(after, 1) is [var last] ? ordered.Where(i => string.CompareOrdinal(key(i), last) > 0) : ordered;
        var items = from.Take(count + 1).ToList();
        return new([.. items.Take(count)], items.Count > count ? Write(key(items[count - 1])) : null);
    }
}
