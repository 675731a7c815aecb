using System.Globalization;
using System.Numerics;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;

namespace Varve.Archiving;

/// <summary>What rows add up to: their number, the sum of their hashes, and totals of each column.</summary>
internal sealed record PartContent(long Rows, string RowHash, string HashedBy, IReadOnlyList<ColumnTotals> Columns)
{
    private const double Tolerance = 1e-9;

    /// <summary>Each addition rounds: a sum of more numbers than these can be wrong by more than the tolerance.</summary>
    private const double Many = 1e7;

    /// <summary>The answer of <see cref="ArchiveSql.Summary"/>.</summary>
    public static PartContent Read(Row row, IReadOnlyList<Column> columns, string hashedBy) =>
        new(row.Long(0), row.Text(1), hashedBy, [.. columns.Select((column, i) => Totals(row, 2 + (i * ArchiveSql.PerColumn), column))]);

    /// <summary>How other rows differ from these, in a few words; null where they agree. Hashes of other algorithms are left out.</summary>
    public string? DifferenceTo(PartContent other)
    {
        if (Rows != other.Rows)
            return FormattableString.Invariant($"{Rows:N0} rows against {other.Rows:N0}");
        if (Columns.Count != other.Columns.Count)
            return FormattableString.Invariant($"{Columns.Count} columns against {other.Columns.Count}");
        foreach (var (mine, its) in Columns.Zip(other.Columns))
        {
            if (mine.Name != its.Name || mine.Type != its.Type)
                return $"column {mine.Name} {mine.Type} against {its.Name} {its.Type}";
            if (mine.Count != its.Count)
                return FormattableString.Invariant($"{mine.Count:N0} values of {mine.Name} against {its.Count:N0}");
            if (Unsigned(mine.Min) != Unsigned(its.Min) || Unsigned(mine.Max) != Unsigned(its.Max))
                return $"the least or the greatest {mine.Name}";
            if (mine.Sum != its.Sum || !Near(mine, its))
                return $"the sum of {mine.Name}";
        }

        return HashedBy == other.HashedBy && RowHash != other.RowHash ? "the hash of all rows" : null;
    }

    /// <summary>The sum of hashes, which adds up over parts.</summary>
    public static string Add(IEnumerable<string> hashes) =>
        hashes
            .Aggregate(BigInteger.Zero, (sum, hash) => sum + BigInteger.Parse(hash, CultureInfo.InvariantCulture))
            .ToString(CultureInfo.InvariantCulture);

    private static bool Near(ColumnTotals mine, ColumnTotals its) =>
        (mine.Total, its.Total) switch
        {
            (null, null) => true,
            ({ } a, { } b) => a.Equals(b)
                || Math.Abs(a - b) <= Tolerance * Math.Max(1, mine.Count / Many) * Math.Max(mine.Magnitude ?? 0, its.Magnitude ?? 0),
            _ => false,
        };

    // NaN has two signs, which say nothing, and machines do not agree on them.
    private static string? Unsigned(string? value) => value == "-nan" ? "nan" : value;

    private static ColumnTotals Totals(Row row, int at, Column column)
    {
        var exact = column.Type is ColumnType.Integer;
        var sum = row[at + 3];
        return new(
            column.Name,
            column.TypeName,
            row.Long(at),
            row.TextOrNull(at + 1),
            row.TextOrNull(at + 2),
            exact ? (string?)sum : null,
            Finite(exact ? null : sum),
            Finite(row[at + 4])
        );
    }

    // A sum that left the range of doubles says nothing, and JSON has no word for it.
    private static double? Finite(object? value) => value is double number && double.IsFinite(number) ? number : null;
}
