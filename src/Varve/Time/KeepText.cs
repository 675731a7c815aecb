namespace Varve.Time;

/// <summary>How durations are spelled.</summary>
internal static class KeepText
{
    private const long Minute = 60;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private const long MostSeconds = 9_999 * 365 * Day;
    private const long MostMonths = 9_999 * 12;

    internal static string Write(long seconds, int months, bool forever) =>
        (seconds, months) switch
        {
            _ when forever => "forever",
            (_, > 0) when months % 12 == 0 => AmountText.Write(months / 12, "y"),
            (_, > 0) => AmountText.Write(months, "mo"),
            (0, _) => "0s",
            _ when seconds % Day == 0 => AmountText.Write(seconds / Day, "d"),
            _ when seconds % Hour == 0 => AmountText.Write(seconds / Hour, "h"),
            _ when seconds % Minute == 0 => AmountText.Write(seconds / Minute, "m"),
            _ => AmountText.Write(seconds, "s"),
        };

    internal static (Keep? Keep, string? Error) Read(string? text)
    {
        if (text == "forever")
        {
            return (Keep.Forever, null);
        }

        if (!AmountText.TrySplit(text, out var number, out var unit))
        {
            return (
                null,
                $"\"{text}\" is not a duration. Write one whole number and one unit, such as 90s, 15m, 36h, 7d, 2w, 18mo, 1q or 2y, or forever."
            );
        }

        return unit switch
        {
            "s" => Exact(text!, number, 1),
            "m" => Exact(text!, number, Minute),
            "h" => Exact(text!, number, Hour),
            "d" => Exact(text!, number, Day),
            "w" => Exact(text!, number, 7 * Day),
            "mo" => Months(text!, number, 1),
            "q" => Months(text!, number, 3),
            "y" => Months(text!, number, 12),
            _ => (null, $"\"{text}\" is not a duration: there is no unit \"{unit}\". Write s, m (minutes), h, d, w, mo (months), q or y."),
        };
    }

    private static (Keep? Keep, string? Error) Exact(string text, long number, long unit) =>
        number <= MostSeconds / unit ? (Keep.OfSeconds(number * unit), null) : TooLong(text);

    private static (Keep? Keep, string? Error) Months(string text, long number, int unit) =>
        number <= MostMonths / unit ? (Keep.OfMonths((int)number * unit), null) : TooLong(text);

    private static (Keep? Keep, string? Error) TooLong(string text) => (null, $"\"{text}\" is longer than 9999 years. Write forever.");
}
