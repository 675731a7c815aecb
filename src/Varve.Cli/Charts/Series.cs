using NodaTime;
using Varve.Cli.Render;
using Varve.Reading;

namespace Varve.Cli.Charts;

/// <summary>One bucket of a picture: its extremes and its middle.</summary>
internal sealed record Point(Instant From, Instant To, double? Low, double? High, double? Middle);

/// <summary>A range and who answered it.</summary>
internal sealed record Stretch(string Relation, Instant From, Instant To);

/// <summary>What a chart draws: points in the order of time, the tiers behind them, and what to write on it.</summary>
internal sealed record Series(string Title, string Measure, string MiddleName, IReadOnlyList<Point> Points, IReadOnlyList<Stretch> Stretches, IReadOnlyList<string> Notes)
{
    // An axis from there to its negative is still as long as a number can be.
    private const double Most = 4e307;

    /// <summary>
    /// Several series of one bucket become one point: the least minimum, the greatest maximum, and the mean weighted by
    /// the number of values (of rows where the policy keeps no count).
    /// </summary>
    internal static Series Of(string title, string measure, string middle, QueryAnswer answer)
    {
        var index = answer.Columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        int? low = Column($"{measure}_min"), high = Column($"{measure}_max"), mid = Column($"{measure}_{middle}"), count = Column($"{measure}_count") ?? Column("varve_rows"), seconds = Column("varve_seconds");
        List<Point> points = [];
        foreach (var bucket in answer.Rows.Zip(answer.Starts).GroupBy(r => r.Second, r => r.First))
        {
            var length = bucket.Select(r => Number(r, seconds)).FirstOrDefault(s => s > 0) ?? 0;
            points.Add(new(
                bucket.Key,
                bucket.Key + Duration.FromSeconds(length),
                bucket.Min(r => Number(r, low)),
                bucket.Max(r => Number(r, high)),
                Mean([.. bucket.Select(r => (Number(r, mid), Number(r, count) ?? 1))])));
        }

        return new(title, measure, middle, [.. points.OrderBy(p => p.From)], Merged(answer.Parts), answer.Notes);

        int? Column(string name) => index.TryGetValue(name, out var i) ? i : null;
    }

    /// <summary>The least and the greatest value that is drawn; 0 to 1 where there is none.</summary>
    internal (double Low, double High) Extremes()
    {
        var all = Points.SelectMany(p => new[] { p.Low, p.High, p.Middle }).OfType<double>().ToList();
        if (all.Count == 0) return (0, 1);
        var (low, high) = (Math.Clamp(all.Min(), -Most, Most), Math.Clamp(all.Max(), -Most, Most));

        // Values that differ by less than a double can tell, or not at all, lie in the middle.
        var margin = Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9;
        return high - low > Math.Max(margin, 1e-300) ? (low, high) : (low - Math.Max(1, margin), high + Math.Max(1, margin));
    }

    private static double? Number(IReadOnlyList<object?> row, int? column) => column is { } i ? AnswerScreen.Number(row[i]) : null;

    private static double? Mean(IReadOnlyList<(double? Value, double Weight)> parts)
    {
        var known = parts.Where(p => p.Value is not null && p.Weight > 0).ToList();
        return known.Count == 0 ? null : known.Sum(p => p.Value!.Value * p.Weight) / known.Sum(p => p.Weight);
    }

    private static List<Stretch> Merged(IReadOnlyList<QueryPart> parts)
    {
        List<Stretch> merged = [];
        // The zone of a tier says nothing about its place in a picture.
        foreach (var part in parts.OrderBy(p => p.Range.From).Select(p => p with { Relation = p.Relation.Split('@')[0] }))
        {
            if (merged is [.., var last] && last.Relation == part.Relation && last.To == part.Range.From) merged[^1] = last with { To = part.Range.To };
            else merged.Add(new(part.Relation, part.Range.From, part.Range.To));
        }

        return merged;
    }
}
