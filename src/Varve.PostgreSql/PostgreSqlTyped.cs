using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// Texts as values of a column. PostgreSQL ends the statement where a cast fails, so that what a text says is read here,
/// and what a type would have to round is no value.
/// </summary>
internal static partial class PostgreSqlTyped
{
    private static readonly OffsetDateTimePattern[] s_zoned =
    [
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFFFFFo<Z+HH:mm>"),
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>"),
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm':'ss;FFFFFFFFFo<Z+HH:mm>"),
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm':'ss;FFFFFFFFFo<+HH>"),
    ];

    private static readonly LocalDateTimePattern[] s_plain =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFFFFF"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm':'ss;FFFFFFFFF"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd' 'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd"),
    ];

    private static readonly LocalTimePattern s_time = LocalTimePattern.CreateWithInvariantCulture("H':'mm':'ss;FFFFFF");

    /// <summary>The value that a text says, of the column's type; NULL where it is none.</summary>
    public static SqlText Value(Column column, string text) =>
        column.Type switch
        {
            ColumnType.Text when IsEnum(column) =>
                $"(SELECT varve_label.enumlabel FROM pg_enum varve_label WHERE varve_label.enumtypid = CAST({column.TypeName} AS regtype) AND varve_label.enumlabel = {text})",
            ColumnType.Text => $"CAST({text} AS TEXT)",
            ColumnType.Integer => Integer(column, text.Trim()),
            ColumnType.Decimal(var scale) => Decimal(scale, text.Trim()),
            ColumnType.Float => Float(text.Trim()),
            ColumnType.Bool => Truth(text.Trim()),
            ColumnType.Timestamp => At(text.Trim(), $"TIMESTAMP", takesOffsets: false),
            ColumnType.TimestampTz => At(text.Trim(), $"TIMESTAMPTZ", takesOffsets: true),
            ColumnType.Date => Day(text.Trim()),
            _ => Other(column, text),
        };

    /// <summary>Labels are compared as text: a text that is no label of the type would end the statement.</summary>
    public static bool IsEnum(Column column) => column.Type is ColumnType.Text && !PostgreSqlTypes.IsCollated(column);

    private static SqlText Integer(Column column, string text)
    {
        var (least, greatest) = column.TypeName switch
        {
            "smallint" => (short.MinValue, short.MaxValue),
            "integer" => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        var number =
            Number().IsMatch(text)
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && exact == decimal.Truncate(exact)
            && exact >= least
            && exact <= greatest
                ? (long)exact
                : (long?)null;
        if (number is { } value)
            return $"{value}";
        return $"CAST(NULL AS BIGINT)";
    }

    private static SqlText Decimal(int scale, string text)
    {
        if (!Number().IsMatch(text) || !BigDecimal(text, out var digits, out var places))
            return $"CAST(NULL AS NUMERIC)";
        while (places > 0 && digits % 10 == 0)
            (digits, places) = (digits / 10, places - 1);
        if (scale >= 0 && places > scale)
            return $"CAST(NULL AS NUMERIC)";
        return $"CAST({text} AS NUMERIC)";
    }

    private static bool BigDecimal(string text, out BigInteger digits, out int places)
    {
        var mantissa = text;
        places = 0;
        if (text.IndexOfAny(['e', 'E']) is >= 0 and var e)
        {
            mantissa = text[..e];
            if (
                !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                || Math.Abs(exponent) > 1000
            )
            {
                digits = default;
                return false;
            }

            places = -exponent;
        }

        if (mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point)
            places += mantissa.Length - point - 1;
        return BigInteger.TryParse(
            mantissa.Replace(".", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out digits
        );
    }

    private static SqlText Float(string text)
    {
        if (text.ToLowerInvariant() is "nan" or "infinity" or "-infinity" or "inf" or "-inf")
            return $"CAST({text} AS DOUBLE PRECISION)";
        if (
            Number().IsMatch(text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
            return $"CAST({text} AS DOUBLE PRECISION)";
        return $"CAST(NULL AS DOUBLE PRECISION)";
    }

    private static SqlText Truth(string text) =>
        text.ToLowerInvariant() switch
        {
            "true" or "t" or "1" or "yes" or "on" => $"TRUE",
            "false" or "f" or "0" or "no" or "off" => $"FALSE",
            _ => $"CAST(NULL AS BOOLEAN)",
        };

    private static SqlText At(string text, SqlText type, bool takesOffsets)
    {
        if (text.ToLowerInvariant() is "infinity" or "-infinity")
            return $"CAST({text} AS {type})";
        if (Instant(text, takesOffsets) is not { } at || Micro(at) is not { } whole)
            return $"CAST(NULL AS {type})";
        return $"CAST({PostgreSqlLiteral.Timestamp(whole) + "+00"} AS {type})";
    }

    private static SqlText Day(string text)
    {
        if (text.ToLowerInvariant() is "infinity" or "-infinity")
            return $"CAST({text} AS DATE)";
        if (Instant(text, takesOffsets: false)?.InUtc().LocalDateTime is { } local && local.TimeOfDay == LocalTime.Midnight)
            return $"CAST({PostgreSqlLiteral.Date(local.Date)} AS DATE)";
        return $"CAST(NULL AS DATE)";
    }

    /// <summary>A column without a zone has no place for an offset: what is written with one is another instant than it says.</summary>
    private static Instant? Instant(string text, bool takesOffsets)
    {
        foreach (var pattern in s_zoned)
            if (pattern.Parse(text) is { Success: true, Value: var at })
                return takesOffsets || at.Offset == Offset.Zero ? at.ToInstant() : null;
        foreach (var pattern in s_plain)
            if (pattern.Parse(text) is { Success: true, Value: var at })
                return at.InUtc().ToInstant();
        return null;
    }

    /// <summary>Null where it has a part of a microsecond.</summary>
    private static Instant? Micro(Instant at) => Varve.Time.Micros.ToInstant(Varve.Time.Micros.From(at)) == at ? at : null;

    private static SqlText Other(Column column, string text) =>
        column.TypeName switch
        {
            "uuid" when Guid.TryParseExact(text.Trim(), "D", out var id) => $"CAST({id.ToString("D")} AS UUID)",
            "time without time zone" when s_time.Parse(text.Trim()) is { Success: true } => $"CAST({text.Trim()} AS TIME)",
            "inet" or "cidr" when System.Net.IPAddress.TryParse(text.Trim(), out var address) => $"CAST({address.ToString()} AS INET)",
            _ => $"NULL",
        };

    [GeneratedRegex(@"\A[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
