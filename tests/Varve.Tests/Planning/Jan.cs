using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Planning;

/// <summary>Instants of 2025 as short text: <c>3</c> is the start of the third of January, <c>3T05</c> five hours later.</summary>
internal static class Jan
{
    private static readonly Instant First = Instant.FromUtc(2025, 1, 1, 0, 0);

    internal static Instant At(string text)
    {
        if (text == "-inf")
            return Instant.MinValue;
        if (text == "+inf")
            return Instant.MaxValue;
        var parts = text.Split('T', ':').Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        return First
            + Duration.FromDays(parts[0] - 1)
            + Duration.FromHours(parts.ElementAtOrDefault(1))
            + Duration.FromMinutes(parts.ElementAtOrDefault(2));
    }

    internal static TimeRange Range(string text) =>
        text.Split("..") is [var from, var to] ? new(At(from), At(to)) : throw new FormatException(text);

    internal static RangeSet Set(string text) => RangeSet.Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Range));

    internal static string Text(RangeSet set) => string.Join(' ', set.Select(Text));

    internal static string Text(TimeRange range) => $"{Text(range.From)}..{Text(range.To)}";

    internal static string Text(Instant at)
    {
        if (at == Instant.MinValue)
            return "-inf";
        if (at == Instant.MaxValue)
            return "+inf";
        var since = at - First;
        var day = Math.Floor(since.TotalDays);
        var rest = since - Duration.FromDays(day);
        var label = (day + 1).ToString(CultureInfo.InvariantCulture);
        return rest == Duration.Zero ? label
            : rest.Minutes == 0 ? FormattableString.Invariant($"{label}T{rest.Hours:00}")
            : FormattableString.Invariant($"{label}T{rest.Hours:00}:{rest.Minutes:00}");
    }
}
