using System.Globalization;
using System.Numerics;
using System.Text.Json;
using NodaTime.Text;
using Varve.Client.Shapes;
using Varve.Reading;
using Varve.Time;
using QueryAnswer = Varve.Reading.QueryAnswer;

namespace Varve.Cli.Backends;

/// <summary>The rows of a server as the values that a database gives: JSON has fewer kinds, and the answer says which they were.</summary>
internal static class AnswerValues
{
    internal static QueryAnswer Of(AnswerShape told)
    {
        IReadOnlyList<IReadOnlyList<object?>> rows =
        [
            .. told.Rows.Select(row => (IReadOnlyList<object?>)[.. row.Select((value, i) => Value(value, told.Kinds[i]))]),
        ];
        return new(told.Columns, rows, ServerCall.Shape<IReadOnlyList<QueryPart>>(told.Parts), told.Notes)
        {
            Zone = told.Zone,
            Range = told.Range is null ? null : ServerCall.Shape<Time.TimeRange>(told.Range),
            Missing = ServerCall.Shape<IReadOnlyList<Time.TimeRange>>(told.Missing),
            Starts = told.Starts is { } starts
                ? ServerCall.Shape<IReadOnlyList<NodaTime.Instant>>(starts)
                : [.. rows.Select(row => row[0]).OfType<NodaTime.Instant>()],
        };
    }

    private static object? Value(JsonElement value, AnswerKind kind) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when kind == AnswerKind.Integer => value.TryGetInt64(out var whole)
                ? whole
                : BigInteger.Parse(value.GetRawText(), CultureInfo.InvariantCulture),
            JsonValueKind.Number when kind == AnswerKind.Decimal => value.GetDecimal(),
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => Text(value.GetString()!, kind),
            _ => value.GetRawText(),
        };

    private static object Text(string text, AnswerKind kind) =>
        kind switch
        {
            AnswerKind.Instant => InstantText.Parse(text),
            AnswerKind.Date => LocalDatePattern.Iso.Parse(text).Value,
            AnswerKind.Integer => BigInteger.Parse(text, CultureInfo.InvariantCulture),
            AnswerKind.Number => double.Parse(text, CultureInfo.InvariantCulture),
            _ => text,
        };
}
