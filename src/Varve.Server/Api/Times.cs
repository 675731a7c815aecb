using NodaTime;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>Times of a request.</summary>
internal static class Times
{
    internal static Instant? Instant(string? text, string name) =>
        string.IsNullOrEmpty(text) ? null
        : InstantText.TryParse(text, out var at, out var error) ? at
        : throw new PolicyException(ServerCodes.BadRequest, $"{name}: {error}");

    internal static Keep? Length(string? text, string name) =>
        string.IsNullOrEmpty(text) ? null
        : Keep.TryParse(text, out var length, out var error) && !length.IsForever ? length
        : throw new PolicyException(
            ServerCodes.BadRequest,
            $"{name}: {error ?? "it cannot be forever. Write a length of time such as 10m or 30d."}"
        );

    /// <summary>A range; a missing end is open.</summary>
    internal static TimeRange Range(string? from, string? to)
    {
        var (start, end) = (Instant(from, "from") ?? NodaTime.Instant.MinValue, Instant(to, "to") ?? NodaTime.Instant.MaxValue);
        return start < end ? new(start, end) : throw new PolicyException(ServerCodes.BadRequest, $"from {from} is not before to {to}.");
    }
}
