using Varve.Time;

namespace Varve.Planning;

/// <summary>Commands that a person can paste where a range waits for a word.</summary>
internal static class WayOut
{
    /// <summary>Lets the rows of a range go; the tiers stay as they were built.</summary>
    public static string Accept(string policy, TimeRange range) => $"varve verify {Word(policy)} --accept{Within(range)}";

    /// <summary>Builds the buckets of a range again from what is there now.</summary>
    public static string Rebuild(string policy, TimeRange range) =>
        $"varve invalidate {Word(policy)}{Within(range)} && varve run {Word(policy)}";

    /// <summary>A name as a shell takes it for one word.</summary>
    public static string Word(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '@' or '/')
            ? name
            : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Within(TimeRange range) =>
        (range.FromStart ? "" : $" --from {InstantText.Format(range.From)}") + (range.ToEnd ? "" : $" --to {InstantText.Format(range.To)}");
}
