using System.Globalization;
using System.Numerics;
using NodaTime;
using NodaTime.Text;

namespace Varve.PostgreSql;

/// <summary>
/// Values of an answer, from the text that PostgreSQL writes: no type is then unknown to a driver, and none loses a digit.
/// Timestamps are instants (infinities are <see cref="Instant.MinValue"/> and <see cref="Instant.MaxValue"/>, as are those
/// beyond the years that an instant has), dates local dates; numerics that do not fit into a decimal are big integers, or text
/// with all digits where they have a fraction; what is not told apart stays text.
/// </summary>
internal static class PostgreSqlValues
{
    private const int MostDigits = 28;

    private static readonly LocalDateTimePattern s_timestamp = LocalDateTimePattern.CreateWithInvariantCulture(
        "yyyy'-'MM'-'dd' 'HH':'mm':'ss;FFFFFF"
    );
    private static readonly LocalDatePattern s_date = LocalDatePattern.CreateWithInvariantCulture("yyyy'-'MM'-'dd");

    /// <param name="type">The name of its type without schema and modifier.</param>
    /// <param name="text">What PostgreSQL wrote.</param>
    public static object Read(string type, string text) =>
        type switch
        {
            "smallint" => short.Parse(text, CultureInfo.InvariantCulture),
            "integer" => int.Parse(text, CultureInfo.InvariantCulture),
            "bigint" or "oid" => long.Parse(text, CultureInfo.InvariantCulture),
            "real" => float.Parse(text, CultureInfo.InvariantCulture),
            "double precision" => double.Parse(text, CultureInfo.InvariantCulture),
            "numeric" => Number(text),
            "boolean" => text == "t",
            "timestamp without time zone" => At(text),
            // Sessions of Varve are in UTC; the era stands behind the offset.
            "timestamp with time zone" => At(text.Replace("+00", "", StringComparison.Ordinal)),
            "date" => On(text),
            "uuid" => Guid.Parse(text),
            "bytea" => Convert.FromHexString(text.AsSpan(2)),
            _ => text,
        };

    private static object Number(string text)
    {
        if (text is "NaN")
            return double.NaN;
        if (text is "Infinity")
            return double.PositiveInfinity;
        if (text is "-Infinity")
            return double.NegativeInfinity;
        if (text.Count(char.IsAsciiDigit) <= MostDigits)
            return decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text : BigInteger.Parse(text, CultureInfo.InvariantCulture);
    }

    private static Instant At(string text)
    {
        if (text.Contains("infinity", StringComparison.Ordinal))
            return text[0] == '-' ? Instant.MinValue : Instant.MaxValue;
        var isBefore = text.EndsWith(" BC", StringComparison.Ordinal);
        var plain = isBefore ? text[..^3] : text;
        if (plain.IndexOf('-', StringComparison.Ordinal) > 4)
            return Instant.MaxValue;
        return Local(s_timestamp.Parse(plain).GetValueOrThrow(), isBefore).InUtc().ToInstant();
    }

    private static LocalDate On(string text)
    {
        if (text.Contains("infinity", StringComparison.Ordinal))
            return text[0] == '-' ? LocalDate.MinIsoValue : LocalDate.MaxIsoValue;
        var isBefore = text.EndsWith(" BC", StringComparison.Ordinal);
        var plain = isBefore ? text[..^3] : text;
        if (plain.IndexOf('-', StringComparison.Ordinal) > 4)
            return LocalDate.MaxIsoValue;
        return Local(s_date.Parse(plain).GetValueOrThrow().AtMidnight(), isBefore).Date;
    }

    private static LocalDateTime Local(LocalDateTime local, bool isBefore) =>
        isBefore ? new LocalDate(1 - local.Year, local.Month, local.Day) + local.TimeOfDay : local;
}
