using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Reading;

/// <summary>
/// The parts of an answer some buckets at a time, so that the rows of one slice come before those of the next. How many
/// series a bucket has is not known before it was read: slices grow and shrink with what the one before them held.
/// </summary>
internal sealed class AnswerSlices
{
    private const long FirstBuckets = 128;
    private const long MostBuckets = 1L << 40;
    private const int Growth = 4;

    private readonly Queue<QuerySegment> _parts;
    private readonly long _cells;
    private long _buckets = FirstBuckets;

    /// <summary>Slices of about so many values.</summary>
    public AnswerSlices(IEnumerable<QuerySegment> parts, long cells) => (_parts, _cells) = (new(parts.OrderBy(From)), cells);

    /// <summary>The next parts; null where none is left.</summary>
    public IReadOnlyList<QuerySegment>? Next()
    {
        if (_parts.Count == 0)
            return null;
        List<QuerySegment> slice = [];
        var (left, end) = (_buckets, Instant.MinValue);

        // A part that begins before the end of another one shares labels with it: their rows are put in order together.
        while (_parts.TryPeek(out var next) && (left > 0 || From(next) < end))
        {
            if (left <= 0 || From(next) < end || Cut(next, left) is not var (head, others))
            {
                slice.Add(_parts.Dequeue());
                left -= Buckets(next);
                end = Instant.Max(end, To(next));
                continue;
            }

            slice.Add(head);
            Replace(others);
            break;
        }

        return slice;
    }

    /// <summary>What the slice held; the next ones are made as long as fits.</summary>
    public void Held(long cells) =>
        _buckets =
            cells > _cells ? Math.Max(1, _buckets * _cells / cells)
            : cells < _cells / Growth ? Math.Min(MostBuckets, _buckets * Growth)
            : _buckets;

    private void Replace(QuerySegment first)
    {
        _parts.Dequeue();
        List<QuerySegment> behind = [.. _parts];
        _parts.Clear();
        foreach (var part in behind.Prepend(first))
            _parts.Enqueue(part);
    }

    /// <summary>The first buckets of a part, and the others; null where there are not so many, or another part begins among them.</summary>
    private (QuerySegment Head, QuerySegment Others)? Cut(QuerySegment part, long buckets)
    {
        if (part is not { Pieces: [var piece], IsComplete: true } || buckets >= Buckets(part))
            return null;
        if (_parts.Skip(1).Any(p => From(p) < To(part)))
            return null;
        var at = part.Shown.Grid.Ceiling(piece.Range.From + (buckets * Longest(part)));
        if (at >= piece.Range.To)
            return null;
        return (
            part with
            {
                Pieces = [piece with { Range = new(piece.Range.From, at) }],
            },
            part with
            {
                Pieces = [piece with { Range = new(at, piece.Range.To) }],
            }
        );
    }

    private static Duration Longest(QuerySegment part) => part.Shown.Grid.Width.Longest;

    /// <summary>About how many buckets a part has.</summary>
    private static long Buckets(QuerySegment part) => (long)Math.Ceiling((To(part) - From(part)) / Longest(part));

    private static Instant From(QuerySegment part) => part.Shown.Grid.Floor(part.Pieces[0].Range.From);

    private static Instant To(QuerySegment part) => part.Pieces[^1].Range.To;
}
