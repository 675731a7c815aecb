using System.Numerics;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using NodaTime;
using Varve.Time;

namespace Varve.DuckDb;

/// <summary>
/// Values of an answer. Timestamps are NodaTime's instants (infinities are <see cref="Instant.MinValue"/> and
/// <see cref="Instant.MaxValue"/>, as are those beyond the years that an instant has), dates its local dates, decimals that do
/// not fit into .NET's are big integers, or text with all digits where they have a fraction, blobs are byte arrays; the rest is as the
/// driver gives it.
/// </summary>
internal static class DuckDbValues
{
    public static object? Read(DuckDBDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
            return null;
        return reader.GetDataTypeName(column) switch
        {
            nameof(DuckDBType.Timestamp)
            or nameof(DuckDBType.TimestampS)
            or nameof(DuckDBType.TimestampMs)
            or nameof(DuckDBType.TimestampNs)
            or nameof(DuckDBType.TimestampTz) => At(reader.GetFieldValue<DuckDBTimestamp>(column)),
            nameof(DuckDBType.Date) => On(reader.GetFieldValue<DuckDBDateOnly>(column)),
            nameof(DuckDBType.Decimal) => Number(reader.GetFieldValue<DuckDBDecimal>(column)),
            nameof(DuckDBType.Blob) => Bytes(reader, column),
            _ => reader.GetValue(column),
        };
    }

    private static Instant At(DuckDBTimestamp value)
    {
        if (value.IsInfinity)
            return value.IsPositiveInfinity ? Instant.MaxValue : Instant.MinValue;
        var year = value.Date.Year;
        if (year is < -9998 or > 9999)
            return year > 0 ? Instant.MaxValue : Instant.MinValue;
        return Micros.ToInstant(value.ToDuckDBTimestampStruct().Micros);
    }

    private static LocalDate On(DuckDBDateOnly value)
    {
        if (value.IsInfinity)
            return value.IsPositiveInfinity ? LocalDate.MaxIsoValue : LocalDate.MinIsoValue;
        return value.Year is < -9998 or > 9999
            ? value.Year > 0
                ? LocalDate.MaxIsoValue
                : LocalDate.MinIsoValue
            : new(value.Year, value.Month, value.Day);
    }

    private static object Number(DuckDBDecimal value)
    {
        var digits = value.Value.ToBigInteger();
        if (value.Scale <= 28 && BigInteger.Abs(digits) <= s_widest)
        {
            var magnitude = (decimal)BigInteger.Abs(digits);
            var bits = decimal.GetBits(magnitude);
            return new decimal(bits[0], bits[1], bits[2], digits.Sign < 0, value.Scale);
        }

        if (value.Scale == 0)
            return digits;
        var text = BigInteger.Abs(digits).ToString("D" + (value.Scale + 1), System.Globalization.CultureInfo.InvariantCulture);
        var sign = digits.Sign < 0 ? "-" : "";
        return $"{sign}{text[..^value.Scale]}.{text[^value.Scale..]}";
    }

    private static byte[] Bytes(DuckDBDataReader reader, int column)
    {
        using var stream = reader.GetStream(column);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static readonly BigInteger s_widest = (BigInteger)decimal.MaxValue;
}
