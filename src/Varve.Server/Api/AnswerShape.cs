using System.Numerics;
using NodaTime;
using NodaTime.Text;
using Varve.Reading;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>A range of source and tiers as rows.</summary>
internal sealed record AnswerShape(
    string Zone,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<object?>> Rows,
    IReadOnlyList<AnswerPart> Parts,
    IReadOnlyList<TimeRange> Missing,
    IReadOnlyList<string> Notes,
    IReadOnlyList<AnswerKind> Kinds,
    TimeRange? Range,
    IReadOnlyList<Instant>? Starts
)
{
    internal static AnswerShape Of(QueryAnswer a) =>
        new(
            a.Zone,
            a.Columns,
            [.. a.Rows.Select(r => (IReadOnlyList<object?>)[.. r.Select(Value)])],
            [.. a.Parts.Select(p => new AnswerPart(p.Relation.Text, p.Range))],
            a.Missing,
            a.Notes,
            [.. a.Columns.Select((_, i) => Kind(a.Rows.Select(r => r[i]).FirstOrDefault(v => v is not null)))],
            a.Range,
            // An instant says itself when its bucket starts.
            a.Rows
                is [[Instant, ..], ..]
                ? null
                : a.Starts
        );

    private static AnswerKind Kind(object? value) =>
        value switch
        {
            null => AnswerKind.Empty,
            Instant => AnswerKind.Instant,
            LocalDate => AnswerKind.Date,
            bool => AnswerKind.Truth,
            double or float => AnswerKind.Number,
            decimal => AnswerKind.Decimal,
            BigInteger or long or int or short or sbyte or byte or ushort or uint or ulong => AnswerKind.Integer,
            _ => AnswerKind.Text,
        };

    // JSON has no such numbers, instants and dates: they are text, as the command line writes them.
    private static object? Value(object? value) =>
        value switch
        {
            Instant at => InstantText.Format(at),
            LocalDate date => LocalDatePattern.Iso.Format(date),
            BigInteger big => big.ToString(System.Globalization.CultureInfo.InvariantCulture),
            double d when !double.IsFinite(d) => d.ToString(System.Globalization.CultureInfo.InvariantCulture),
            float f when !float.IsFinite(f) => f.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => value,
        };
}

internal sealed record AnswerPart(string Relation, TimeRange Range);
