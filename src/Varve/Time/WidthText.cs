namespace Varve.Time;

/// <summary>How widths are spelled.</summary>
internal static class WidthText
{
    internal const string CalendarWidths = "1d, 1w, 1mo, 2mo, 1q, 4mo, 6mo and 1y";

    private const long Second = 1_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    internal static bool IsLegal(CalendarUnit unit, int count) =>
        unit switch
        {
            CalendarUnit.Month => count is 1 or 2 or 4 or 6,
            CalendarUnit.Day or CalendarUnit.Week or CalendarUnit.Quarter or CalendarUnit.Year => count == 1,
            _ => false,
        };

    internal static string Write(Width.Fixed width) =>
        width.Milliseconds switch
        {
            var ms when ms % Hour == 0 => AmountText.Write(ms / Hour, "h"),
            var ms when ms % Minute == 0 => AmountText.Write(ms / Minute, "m"),
            var ms when ms % Second == 0 => AmountText.Write(ms / Second, "s"),
            var ms => AmountText.Write(ms, "ms"),
        };

    internal static string Write(Width.Calendar width) =>
        AmountText.Write(
            width.Count,
            width.Unit switch
            {
                CalendarUnit.Day => "d",
                CalendarUnit.Week => "w",
                CalendarUnit.Month => "mo",
                CalendarUnit.Quarter => "q",
                _ => "y",
            }
        );

    internal static (Width? Width, string? Error) Read(string? text)
    {
        if (!AmountText.TrySplit(text, out var number, out var unit))
        {
            return (
                null,
                $"\"{text}\" is not a bucket width. Write one whole number and one unit: 90s, 15m or 24h for a fixed width in UTC, or one of the calendar widths {CalendarWidths}."
            );
        }

        return unit switch
        {
            "ms" => ReadFixed(text!, number, 1),
            "s" => ReadFixed(text!, number, Second),
            "m" => ReadFixed(text!, number, Minute),
            "h" => ReadFixed(text!, number, Hour),
            "d" => ReadCalendar(text!, number, CalendarUnit.Day),
            "w" => ReadCalendar(text!, number, CalendarUnit.Week),
            "mo" when number is 3 => (new Width.Calendar(CalendarUnit.Quarter, 1), null),
            "mo" when number is 12 => (new Width.Calendar(CalendarUnit.Year, 1), null),
            "mo" => ReadCalendar(text!, number, CalendarUnit.Month),
            "q" => ReadCalendar(text!, number, CalendarUnit.Quarter),
            "y" => ReadCalendar(text!, number, CalendarUnit.Year),
            _ => (
                null,
                $"\"{text}\" is not a bucket width: there is no unit \"{unit}\". Write s, m (minutes) or h for a fixed width, d, w, mo (months), q or y for a calendar width."
            ),
        };
    }

    private static (Width? Width, string? Error) ReadFixed(string text, long number, long unit) =>
        number is 0 || number * (Int128)unit < Width.Fixed.Least ? (null, $"\"{text}\" is too short for a bucket. Write at least 1s.")
        : number * (Int128)unit > Width.Fixed.Most
            ? (null, $"\"{text}\" is too long for a bucket. Write at most 876000h, or a calendar width: {CalendarWidths}.")
        : (new Width.Fixed(number * unit), null);

    private static (Width? Width, string? Error) ReadCalendar(string text, long number, CalendarUnit unit)
    {
        if (number <= int.MaxValue && IsLegal(unit, (int)number))
        {
            return (new Width.Calendar(unit, (int)number), null);
        }

        var instead = (unit, number) switch
        {
            (CalendarUnit.Day, > 1 and <= 36_500) =>
                $", or {AmountText.Write(number * 24, "h")} for a fixed width in UTC, which is not a number of local days",
            (CalendarUnit.Week, > 1 and <= 5_200) =>
                $", or {AmountText.Write(number * 168, "h")} for a fixed width in UTC, which is not a number of local weeks",
            _ => "",
        };
        return (null, $"\"{text}\" is not a bucket width. Write one of the calendar widths {CalendarWidths}{instead}.");
    }
}
