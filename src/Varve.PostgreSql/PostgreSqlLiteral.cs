using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>Values written out. Sessions of Varve have standard_conforming_strings on, so that a backslash is one.</summary>
internal static class PostgreSqlLiteral
{
    private static readonly LocalDateTimePattern s_timestamp = LocalDateTimePattern.CreateWithInvariantCulture(
        "yyyy'-'MM'-'dd' 'HH':'mm':'ss;FFFFFF"
    );
    private static readonly LocalDatePattern s_date = LocalDatePattern.CreateWithInvariantCulture("yyyy'-'MM'-'dd");

    /// <summary>Text between quotes.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>An integer; a negative one in brackets, so that no minus before it makes a comment.</summary>
    public static string Integer(long number)
    {
        // The least one is no literal: PostgreSQL reads the digits without the sign.
        if (number == long.MinValue)
            return $"CAST('{number.ToString(CultureInfo.InvariantCulture)}' AS BIGINT)";
        var text = number.ToString(CultureInfo.InvariantCulture);
        return number < 0 ? $"({text})" : text;
    }

    /// <summary>A double to its last bit.</summary>
    public static string Real(double number) => $"CAST('{Name(number)}' AS DOUBLE PRECISION)";

    /// <summary>A decimal with all of its digits.</summary>
    public static string Exact(decimal number) =>
        string.Create(CultureInfo.InvariantCulture, $"CAST('{number}' AS NUMERIC(38, {number.Scale}))");

    /// <summary>The text of a timestamp in UTC to the microsecond, cut towards the past.</summary>
    public static string Timestamp(Instant at)
    {
        if (at == Instant.MinValue)
            return "-infinity";
        if (at == Instant.MaxValue)
            return "infinity";
        var local = Micros.ToInstant(Micros.From(at)).InUtc().LocalDateTime;
        return $"{s_timestamp.Format(local)}{Era(local.Date)}";
    }

    /// <summary>The text of a date.</summary>
    public static string Date(LocalDate date) => $"{s_date.Format(date)}{Era(date)}";

    private static string Era(LocalDate date) => date.Era == NodaTime.Calendars.Era.BeforeCommon ? " BC" : "";

    private static string Name(double number) =>
        number switch
        {
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            double.NaN => "NaN",
            _ => number.ToString("R", CultureInfo.InvariantCulture),
        };
}
