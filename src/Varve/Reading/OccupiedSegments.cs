using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Reading;

/// <summary>
/// Boundaries of calendar buckets stand in the statement that reads them, so that a few rows thousands of years apart would
/// make it megabytes long. Where there would be many, it is looked at on which days there are rows, and only these are read.
/// </summary>
internal sealed class OccupiedSegments(PolicyLayout blueprint, IStatements statements, Dialect dialect)
{
    /// <summary>So many runs of equally long buckets are read without a look: 150 years of months.</summary>
    private const int MostRuns = 2_000;

    /// <summary>Each range is a SELECT of its own; rows that are scattered more than that are read as a whole.</summary>
    private const int MostRanges = 100;

    /// <summary>The same answer: what is left out has no row.</summary>
    public async Task<IReadOnlyList<QuerySegment>> OfAsync(IReadOnlyList<QuerySegment> parts, CancellationToken cancellationToken)
    {
        List<QuerySegment> occupied = [];
        foreach (var part in parts)
            occupied.AddRange(await OfAsync(part, cancellationToken));
        return occupied;
    }

    private async Task<IReadOnlyList<QuerySegment>> OfAsync(QuerySegment part, CancellationToken cancellationToken)
    {
        if (part is not { Pieces: [var piece], IsComplete: true } || part.Shown.Grid.Runs(piece.Range).Count <= MostRuns)
            return [part];
        var table = piece.Relation == RelationId.Source ? blueprint.Source : blueprint.Tier(piece.Relation).States;
        var days = await statements.QueryAsync(
            RowsSql.Days(dialect, blueprint.TimeOf(piece.Relation), table, RangeSet.Of(piece.Range)),
            cancellationToken
        );
        var ranges = part
            .Shown.BucketsTouching(RangeSet.Of(days.Select(d => Slices.UtcDay.BucketOf(Micros.ToInstant(d.Long(0))))))
            .Intersect(piece.Range);
        return ranges.Count > MostRanges ? [part] : [.. ranges.Select(range => part with { Pieces = [piece with { Range = range }] })];
    }
}
