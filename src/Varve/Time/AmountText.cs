using System.Globalization;
using System.Text.RegularExpressions;

namespace Varve.Time;

/// <summary>The shape that widths and durations share: a whole number and a unit, <c>15m</c>.</summary>
internal static partial class AmountText
{
    internal static bool TrySplit(string? text, out long number, out string unit)
    {
        var match = Shape().Match(text ?? "");
        unit = match.Groups["unit"].Value;
        return long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    internal static string Write(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    [GeneratedRegex(@"\A(?<number>[0-9]{1,15})(?<unit>[a-z]{1,2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
