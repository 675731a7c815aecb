using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Some rows of a relation, evenly spread over a range that is not empty.</summary>
/// <param name="Range">Where they lie.</param>
/// <param name="Rows">How many.</param>
internal sealed record RowSegment(TimeRange Range, double Rows)
{
    /// <summary>Those of them that lie in a set.</summary>
    public double In(RangeSet set)
    {
        var length = Range.To - Range.From;
        return Rows * set.Sum(r => Math.Max(0, (Instant.Min(r.To, Range.To) - Instant.Max(r.From, Range.From)) / length));
    }
}

/// <summary>How many rows of a tier a bucket has.</summary>
/// <param name="Window">Where they were counted.</param>
/// <param name="Rows">Rows, or pairs of bucket and series.</param>
/// <param name="Buckets">Buckets of the window.</param>
internal sealed record RowsPerBucket(TimeRange Window, double Rows, double Buckets)
{
    /// <summary>Rows of one bucket.</summary>
    public double PerBucket => Buckets <= 0 ? 0 : Rows / Buckets;
}

/// <summary>What was measured of a table for its forecast, besides its state.</summary>
internal sealed record MeasuredLoad
{
    /// <summary>The recent window in which rows of the source were counted; empty where nothing could be.</summary>
    public required TimeRange Window { get; init; }

    /// <summary>Rows of the source in the window.</summary>
    public required long Rows { get; init; }

    /// <summary>By relation: where its rows lie. Of the source those before the planning instant that have not expired.</summary>
    public required IReadOnlyDictionary<RelationId, IReadOnlyList<RowSegment>> Strata { get; init; }

    /// <summary>By tier without rows: what it would have had, counted in the source.</summary>
    public IReadOnlyDictionary<RelationId, RowsPerBucket> Sampled { get; init; } = new Dictionary<RelationId, RowsPerBucket>();

    /// <summary>Rows that parts of the archive hold, at the location that the policy names.</summary>
    public long ArchivedRows { get; init; }

    /// <summary>Their bytes.</summary>
    public long ArchivedBytes { get; init; }

    /// <summary>Rows of the source in a day.</summary>
    public double PerDay => Window.IsEmpty ? 0 : Rows / (Window.To - Window.From).TotalDays;
}
