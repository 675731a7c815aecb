using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Varve.Time;

namespace Varve.DuckDb;

/// <summary>Values written out.</summary>
internal static class DuckDbLiteral
{
    private static readonly InstantPattern s_timestamp = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm':'ss;FFFFFF");
    private static readonly Instant s_year1 = Instant.FromUtc(1, 1, 1, 0, 0);

    /// <summary>Text between quotes; a NUL character, which ends a statement, is made by <c>chr</c>.</summary>
    public static string Text(string text)
    {
        var parts = text.Split('\0').Select(part => $"'{part.Replace("'", "''", StringComparison.Ordinal)}'").ToList();
        return parts.Count == 1 ? parts[0] : $"({string.Join(" || chr(0) || ", parts)})";
    }

    /// <summary>An integer; a negative one in brackets, so that no minus before it makes a comment.</summary>
    public static string Integer(long number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return number < 0 ? $"({text})" : text;
    }

    /// <summary>A double to its last bit.</summary>
    public static string Real(double number) => $"CAST('{Name(number)}' AS DOUBLE)";

    /// <summary>A decimal with all of its digits.</summary>
    public static string Exact(decimal number) =>
        string.Create(CultureInfo.InvariantCulture, $"CAST('{number}' AS DECIMAL(38, {number.Scale}))");

    /// <summary>
    /// A timestamp to the microsecond, cut towards the past; years before 1, whose spelling differs between versions, by their
    /// number.
    /// </summary>
    public static string Timestamp(Instant at)
    {
        if (at == Instant.MinValue)
            return "TIMESTAMP '-infinity'";
        if (at == Instant.MaxValue)
            return "TIMESTAMP 'infinity'";
        var micros = Micros.From(at);
        return at < s_year1
            ? string.Create(CultureInfo.InvariantCulture, $"make_timestamp({micros})")
            : $"TIMESTAMP '{s_timestamp.Format(Micros.ToInstant(micros))}'";
    }

    private static string Name(double number) =>
        number switch
        {
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            double.NaN => "NaN",
            _ => number.ToString("R", CultureInfo.InvariantCulture),
        };
}
