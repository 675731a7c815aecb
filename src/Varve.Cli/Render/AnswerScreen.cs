using System.Globalization;
using System.Numerics;
using NodaTime;
using NodaTime.Text;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Render;

/// <summary>Answers as a table, as CSV (RFC 4180) and as JSON; the tier of each row is always disclosed.</summary>
internal static class AnswerScreen
{
    private const string Complete = "varve_complete";

    // What stands behind the names of parts begins where the text of a note does.
    private const int LeastName = 8;

    private static readonly string[] s_leastImportant = ["varve_coverage", "varve_seconds", "varve_rows"];

    internal static void Table(Screen screen, QueryAnswer answer, bool headers, bool discloses = true)
    {
        answer = LocalColumn.With(WithoutTrue(answer));
        var numeric = Enumerable
            .Range(0, answer.Columns.Count)
            .Select(i => answer.Rows.Any(r => IsNumber(r[i])) && answer.Rows.All(r => r[i] is null || IsNumber(r[i])))
            .ToList();
        var columns = new Columns([.. answer.Columns.Select((c, i) => numeric[i] ? $">{c}" : c)])
        {
            LeastImportant = s_leastImportant,
            Kept = answer.Columns.Count > 1 && answer.Columns[1] == LocalColumn.Name ? 3 : 2,
            HasHead = headers,
        };
        foreach (var row in answer.Rows)
            columns.Add([.. row.Select((v, i) => Cell(v, answer.Columns[i]))]);
        columns.Write(screen, "");
        if (discloses)
            Disclose(screen, answer);
    }

    /// <summary>A block for each row with a line for each column: for answers that are wider than any screen.</summary>
    internal static void Lines(Screen screen, QueryAnswer answer, bool discloses = true)
    {
        answer = LocalColumn.With(WithoutTrue(answer));
        var width = answer.Columns.Max(c => c.Length);
        for (var row = 0; row < answer.Rows.Count; row++)
        {
            screen.Line(new Span($"{(row == 0 ? "" : "\n")}row {HumanText.Number(row + 1)}", Palette.Bold));
            for (var i = 0; i < answer.Columns.Count; i++)
                screen.Line(new($"  {answer.Columns[i].PadRight(width)}  ", Palette.Dim), Cell(answer.Rows[row][i], answer.Columns[i]));
        }

        if (discloses)
            Disclose(screen, answer);
    }

    /// <summary>People need no column that says of every row that it is complete.</summary>
    private static QueryAnswer WithoutTrue(QueryAnswer answer) =>
        answer.Columns[^1] == Complete && answer.Rows.All(r => r[^1] is true)
            ? answer with
            {
                Columns = [.. answer.Columns.SkipLast(1)],
                Rows = [.. answer.Rows.Select(r => (IReadOnlyList<object?>)[.. r.SkipLast(1)])],
            }
            : answer;

    internal static void Disclose(Screen screen, QueryAnswer answer)
    {
        if (answer.Rows.Count == 0)
            screen.Line(new Span("No rows in this range.", Palette.Dim));
        screen.Line();
        var zone = LocalColumn.ZoneOf(answer);
        var width = answer.Parts.Select(p => p.Relation.Text.Length).Append(LeastName).Max();
        foreach (var part in answer.Parts)
            screen.Line(new Span($"{part.Relation.Text.PadRight(width)} {HumanText.Range(part.Range, zone)}", Palette.Dim));
        foreach (var note in answer.Notes)
            screen.Line(new("note     ", Palette.Warn), note);
    }

    internal static double? Number(object? value) =>
        value switch
        {
            null => null,
            double d => double.IsFinite(d) ? d : null,
            float f => float.IsFinite(f) ? f : null,
            BigInteger big => (double)big,
            decimal or long or int or short or sbyte or byte or ushort or uint or ulong => Convert.ToDouble(
                value,
                CultureInfo.InvariantCulture
            ),
            bool truth => truth ? 1 : 0,
            _ => null,
        };

    private static bool IsNumber(object? value) =>
        value is double or float or decimal or BigInteger or long or int or short or sbyte or byte or ushort or uint or ulong;

    /// <summary>What Varve counted has separators; an integer of a table is a key as often as an amount, and is shown as it is.</summary>
    private static Span Cell(object? value, string column)
    {
        var own = column.StartsWith("varve_", StringComparison.Ordinal);
        return new(
            value switch
            {
                null => HumanText.None,
                Instant at => HumanText.At(at),
                _ when own && Number(value) is { } number && IsNumber(value) => number == Math.Floor(number)
                    ? number.ToString("#,0", CultureInfo.InvariantCulture)
                    : Rounded(number),
                double number when double.IsFinite(number) => Rounded(number),
                float number when float.IsFinite(number) => Rounded(number),
                _ => Exact(value),
            },
            value is null || own ? Palette.Dim : Palette.Plain
        );
    }

    // Six significant digits are what a column can hold; csv and json have them all.
    private static string Rounded(double value) =>
        Math.Abs(value) switch
        {
            0 => "0",
            < 0.001 or >= 1e12 => value.ToString("G4", CultureInfo.InvariantCulture),
            < 1 => value.ToString("0.0000", CultureInfo.InvariantCulture),
            _ => value.ToString("#,0.00", CultureInfo.InvariantCulture),
        };

    /// <summary>With all digits, for programs.</summary>
    internal static string Exact(object value) =>
        value switch
        {
            Instant at => InstantText.Format(at),
            LocalDate date => LocalDatePattern.Iso.Format(date),
            bool truth => truth ? "true" : "false",
            double.NaN or float.NaN => "nan",
            double.PositiveInfinity or float.PositiveInfinity => "inf",
            double.NegativeInfinity or float.NegativeInfinity => "-inf",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
}
