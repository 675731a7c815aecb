using System.Globalization;
using NodaTime;

namespace Varve.Policies;

/// <summary>How lengths of time are shown in messages: <c>31d 1h</c>.</summary>
internal static class DurationText
{
    internal static string Text(Duration length)
    {
        List<string> parts = [];
        Add(length.Days, "d");
        Add(length.Hours, "h");
        Add(length.Minutes, "m");
        Add(length.Seconds, "s");
        Add(length.Milliseconds, "ms");
        return parts.Count == 0 ? "0s" : string.Join(' ', parts);

        void Add(long number, string unit)
        {
            if (number != 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{number}{unit}"));
        }
    }

    /// <summary>A keep as written, and how short it can be where that differs: <c>1mo, which can be as short as 28d</c>.</summary>
    internal static string Text(Time.Keep keep) =>
        keep.IsForever || keep.Shortest == keep.Longest ? keep.Text : $"{keep.Text} (as short as {Text(keep.Shortest)})";
}
