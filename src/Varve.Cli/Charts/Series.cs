using System.Globalization;
using NodaTime;
using Varve.Cli.Render;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Charts;

/// <summary>A range and who answered it.</summary>
internal sealed record Stretch(string Relation, Instant From, Instant To);

/// <summary>What a chart is asked to show.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Measure">The measure.</param>
/// <param name="Middle">The function of the line.</param>
/// <param name="Unit">What its numbers count.</param>
/// <param name="Zone">The zone of the axis.</param>
/// <param name="Range">The time that was asked for.</param>
/// <param name="SeriesColumns">How many columns name a series.</param>
/// <param name="Together">Whether all series are one line.</param>
/// <param name="Scale">How the ends of the axis are chosen.</param>
/// <param name="Thresholds">Lines across it, with their names.</param>
internal sealed record ChartRequest(
    string Title,
    string Measure,
    string Middle,
    Unit Unit,
    DateTimeZone Zone,
    TimeRange Range,
    int SeriesColumns,
    bool Together,
    string Scale,
    IReadOnlyList<(double Value, string Name)> Thresholds
);

/// <summary>What a chart draws: lines in the order of the answer, the tiers behind them, and what to write on it.</summary>
internal sealed record Series(ChartRequest Asked, IReadOnlyList<Curve> Curves, IReadOnlyList<Stretch> Stretches)
{
    /// <summary>What a reader must know, in full.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What nothing has any more.</summary>
    internal IReadOnlyList<TimeRange> Missing { get; init; } = [];

    internal Unit Unit => Asked.Unit;

    internal Instant From => Curves.Min(c => c.Points[0].From);

    internal Instant To => Curves.Max(c => c.Points[^1].To);

    /// <summary>One line has a band of its extremes; those of several would cover one another.</summary>
    internal bool HasBand => Curves.Count == 1 && Curves[0].Points.Any(p => p is { Low: not null, High: not null });

    /// <summary>A line for each series of the answer that has values.</summary>
    /// <exception cref="PolicyException">There is nothing to draw.</exception>
    internal static Series Of(ChartRequest asked, QueryAnswer answer)
    {
        var index = answer.Columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        int? low = Column($"{asked.Measure}_min"),
            high = Column($"{asked.Measure}_max"),
            mid = Column($"{asked.Measure}_{asked.Middle}");
        int? count = Column($"{asked.Measure}_count") ?? Column("varve_rows"),
            seconds = Column("varve_seconds");
        var named = Enumerable
            .Range(1, asked.SeriesColumns)
            .Where(i => !asked.Together && answer.Rows.Select(r => r[i]).Distinct().Skip(1).Any())
            .ToList();
        List<Curve> curves = [];
        foreach (var rows in answer.Rows.Zip(answer.Starts).GroupBy(r => string.Join('\u001f', named.Select(i => Text(r.First[i])))))
        {
            List<Point> points = [];
            foreach (var bucket in rows.GroupBy(r => r.Second, r => r.First))
            {
                var length = bucket.Select(r => Number(r, seconds)).FirstOrDefault(s => s > 0) ?? 0;
                var middle = Mean([.. bucket.Select(r => (Number(r, mid), Number(r, count) ?? 1))]);
                var weight = asked.Middle == "avg" ? bucket.Sum(r => Number(r, count) ?? 1) : length;
                var (least, most) = (bucket.Min(r => Number(r, low)), bucket.Max(r => Number(r, high)));
                var point = new Point(bucket.Key, bucket.Key + Duration.FromSeconds(length), least, most, middle, weight);
                if (point.Least is not null)
                    points.Add(point);
            }

            if (points.Count == 0)
                continue;
            var name = rows.Key.Replace("\0", "", StringComparison.Ordinal).Replace('\u001f', ' ');
            curves.Add(new(named.Count == 0 ? asked.Measure : name, [.. points.OrderBy(p => p.From)]));
        }

        if (curves.Count == 0)
            throw Nothing(asked, answer, [.. new[] { mid, low, high }.OfType<int>()]);
        return new(asked, curves, Merged(answer.Parts)) { Notes = answer.Notes, Missing = answer.Missing };

        int? Column(string name) => index.TryGetValue(name, out var i) ? i : null;
    }

    /// <summary>
    /// At most so many lines, those with the greatest average; the others as one band from the least to the greatest of them.
    /// </summary>
    internal (IReadOnlyList<Curve> Lines, Curve? Band, int Others) Drawn(int most)
    {
        if (Curves.Count <= most)
            return (Curves, null, 0);
        List<Curve> ordered = [.. Curves.OrderByDescending(c => c.Mean ?? double.MinValue)];
        List<Point> rest =
        [
            .. from point in ordered.Skip(most).SelectMany(c => c.Points)
            group point by point.From into bucket
            orderby bucket.Key
            select new Point(bucket.Key, bucket.Max(p => p.To), bucket.Min(p => p.Middle), bucket.Max(p => p.Middle), null, 1),
        ];
        return (
            [.. ordered.Take(most)],
            new(string.Create(CultureInfo.InvariantCulture, $"{Curves.Count - most:#,0} more"), rest),
            Curves.Count - most
        );
    }

    /// <summary>The least and the greatest value of each bucket as it is drawn.</summary>
    internal Scale ScaleOf(int most, int parts)
    {
        var (lines, rest, _) = Drawn(most);
        List<(double, double)> drawn =
        [
            .. from point in lines.SelectMany(c => c.Points).Concat(rest?.Points ?? [])
            let isBand = HasBand || point.Middle is null
            let low = isBand ? point.Least : point.Middle
            let high = isBand ? point.Most : point.Middle
            where low is not null && high is not null
            select (low.Value, high.Value),
        ];
        return Scale.Of(Asked.Scale, drawn, [.. Asked.Thresholds.Select(t => t.Value)], Unit, parts);
    }

    private static PolicyException Nothing(ChartRequest asked, QueryAnswer answer, IReadOnlyList<int> columns)
    {
        var isText = answer.Rows.Any(r =>
            columns.Any(c => r[c] is { } value && AnswerScreen.Number(value) is null && value is not double and not float)
        );
        return new(
            WorkCodes.NothingToDraw,
            isText
                ? $"{asked.Measure} holds values that are no numbers, so that there is nothing to draw: varve query --columns {answer.Columns[columns[0]]} shows them."
                : $"There is nothing to draw: {asked.Measure} has no values in {HumanText.Range(asked.Range)}{(answer.Rows.Count > 0 ? ", only rows without one" : "")}. Ask for another range or series; varve status says what is there."
        );
    }

    private static string Text(object? value) => value is null ? "\0NULL" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static double? Number(IReadOnlyList<object?> row, int? column) => column is { } i ? AnswerScreen.Number(row[i]) : null;

    private static double? Mean(IReadOnlyList<(double? Value, double Weight)> parts)
    {
        var known = parts.Where(p => p.Value is not null && p.Weight > 0).ToList();
        if (known.Count <= 1)
            return known.Count == 0 ? null : known[0].Value;
        var all = known.Sum(p => p.Weight);
        return known.Sum(p => p.Value!.Value * (p.Weight / all));
    }

    private static List<Stretch> Merged(IReadOnlyList<QueryPart> parts)
    {
        List<Stretch> merged = [];
        // The zone of a tier says nothing about its place in a picture.
        foreach (var part in parts.OrderBy(p => p.Range.From).Select(p => (Relation: p.Relation.WithoutZone, p.Range)))
        {
            if (merged is [.., var last] && last.Relation == part.Relation && last.To == part.Range.From)
                merged[^1] = last with { To = part.Range.To };
            else
                merged.Add(new(part.Relation, part.Range.From, part.Range.To));
        }

        return merged;
    }
}
