using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Reading;

/// <summary>What is read for a question: parts that are, with the ranges that are named as missing, all of what was asked for.</summary>
internal sealed record AnswerPlan
{
    /// <summary>An answer whose parts add up.</summary>
    /// <exception cref="InvalidOperationException">A range is read twice, or is neither read nor named.</exception>
    public AnswerPlan(TimeRange asked, IReadOnlyList<QuerySegment> parts, RangeSet missing, IReadOnlyList<string> notes)
    {
        (Parts, Missing, Notes) = (parts, missing, notes);
        List<TimeRange> read = [.. parts.SelectMany(p => p.Pieces).Select(p => p.Range).OrderBy(r => r.From)];
        for (var i = 1; i < read.Count; i++)
            if (read[i].From < read[i - 1].To)
                throw new InvalidOperationException($"{read[i - 1]} and {read[i]} of one answer overlap.");
        var all = RangeSet.Of(read);
        if (
            missing.FirstOrDefault(m => all.Overlaps(m) || !notes.Any(n => n.Contains(m.ToString(), StringComparison.Ordinal))) is { } wrong
        )
            throw new InvalidOperationException($"{wrong} is said to be missing in an answer that has it, or is not named.");
        if (!all.Union(missing).Covers(asked))
            throw new InvalidOperationException($"An answer to {asked} has {all} and misses {missing}.");
    }

    /// <summary>In the order of time; each is read by itself.</summary>
    public IReadOnlyList<QuerySegment> Parts { get; }

    /// <summary>What was asked for and is in no part.</summary>
    public RangeSet Missing { get; }

    /// <summary>What a reader must know; each missing range is in one of them.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>From the start of the first bucket to the end of the last one; null for none.</summary>
    public TimeRange? Range =>
        Parts.Count == 0
            ? null
            : new(Parts.Min(p => p.Shown.Grid.Floor(p.Pieces[0].Range.From)), Parts.Max(p => p.Shown.Grid.Ceiling(p.Pieces[^1].Range.To)));

    /// <summary>What keeps the answer from being whole as of an instant, the worst first; none where it is.</summary>
    public IEnumerable<string> Lacks(Instant asOf)
    {
        foreach (var note in Notes)
            yield return note;
        foreach (var part in Parts.Where(p => !p.IsComplete))
            yield return $"a part of the bucket {part.Shown.Grid.BucketOf(part.Pieces[0].Range.From)} is not there";
        if (Range is { } range && range.To > asOf)
            yield return $"the last bucket ends {InstantText.Format(range.To)}, after {InstantText.Format(asOf)}";
    }

    /// <summary>Pieces as parts: whole buckets of one relation stay together, a bucket that several share is merged.</summary>
    public static IReadOnlyList<QuerySegment> Composed(IReadOnlyList<AnswerPiece> pieces)
    {
        List<QuerySegment> parts = [];
        List<AnswerPiece> shared = [];
        foreach (var piece in pieces)
        {
            if (piece.Relation == piece.Shown.Id)
            {
                parts.Add(new([piece], IsComplete: true));
                continue;
            }

            var whole = piece.Shown.WholeBuckets(RangeSet.Of(piece.Range));
            parts.AddRange(whole.Select(range => new QuerySegment([piece with { Range = range }], IsComplete: true)));
            shared.AddRange(
                from rest in RangeSet.Of(piece.Range).Except(whole)
                from bucket in piece.Shown.Grid.Buckets(rest)
                select piece with
                {
                    Range = rest.Intersect(bucket),
                }
            );
        }

        parts.AddRange(
            from piece in shared
            group piece by (piece.Shown.Id, Bucket: piece.Shown.Grid.Floor(piece.Range.From)) into bucket
            select new QuerySegment(
                [.. bucket],
                RangeSet.Of(bucket.Select(p => p.Range)).Covers(bucket.First().Shown.Grid.BucketOf(bucket.Key.Bucket))
            )
        );
        return [.. parts.OrderBy(p => p.Pieces[0].Range.From)];
    }

    /// <summary>Who answered which range, neighbours of one relation together.</summary>
    public IReadOnlyList<QueryPart> Answered()
    {
        List<QueryPart> answered = [];
        foreach (var piece in Parts.SelectMany(p => p.Pieces).OrderBy(p => p.Range.From))
        {
            if (answered is [.., var last] && last.Relation == piece.Relation && last.Range.To == piece.Range.From)
                answered[^1] = last with { Range = new(last.Range.From, piece.Range.To) };
            else
                answered.Add(new(piece.Relation, piece.Range));
        }

        return answered;
    }
}
