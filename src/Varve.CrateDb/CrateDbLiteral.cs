using System.Diagnostics;
using System.Globalization;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>Values written out.</summary>
internal static class CrateDbLiteral
{
    public static string Of(SqlValue value) =>
        value switch
        {
            SqlValue.Nothing => "NULL",
            SqlValue.Text(var text) => Text(text),
            SqlValue.Integer(var number) => Integer(number),
            SqlValue.Real(var number) => Real(number),
            SqlValue.Exact(var number) => string.Create(CultureInfo.InvariantCulture, $"'{number}'::NUMERIC(38, {number.Scale})"),
            SqlValue.Truth(var truth) => truth ? "TRUE" : "FALSE",
            SqlValue.Time(var at) => $"{Integer(CrateDbTime.Milliseconds(at))}::BIGINT::TIMESTAMP WITH TIME ZONE",
            _ => throw new UnreachableException(),
        };

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// A negative number in brackets: -1::TIMESTAMP is minus a timestamp, which fails. A BIGINT column refuses the least and
    /// the greatest number that 64 bits hold, which stand for −∞ and +∞: those next to them do instead.
    /// </summary>
    private static string Integer(long number)
    {
        number = Math.Clamp(number, CrateDbTime.Least, CrateDbTime.Greatest);
        var text = number.ToString(CultureInfo.InvariantCulture);
        return number < 0 ? $"({text})" : text;
    }

    /// <summary>A double to its last bit; what is none by its spelling gets a point.</summary>
    private static string Real(double number)
    {
        if (double.IsNaN(number))
            return "'NaN'::DOUBLE PRECISION";
        if (double.IsInfinity(number))
            return number > 0 ? "'Infinity'::DOUBLE PRECISION" : "'-Infinity'::DOUBLE PRECISION";
        var text = number.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e');
        if (!text.AsSpan().ContainsAny('.', 'e'))
            text += ".0";
        return double.IsNegative(number) ? $"({text})" : text;
    }
}
